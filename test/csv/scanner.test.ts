import { RecordScanner } from '../../src/csv/scanner.ts';

const scan = (
  content: string | Buffer,
  chunkBytes = 1000,
  options: { maxRowBytes?: number; maxCells?: number; skipBytes?: number } = {},
) => {
  const scanner = new RecordScanner({ delimiter: ',', maxRowBytes: 1000, maxCells: 1_000, skipBytes: 0, ...options });
  const bytes = Buffer.from(content);
  let text = '';
  const lines: number[] = [];
  for (let at = 0; at <= bytes.length && !scanner.stopped; at += chunkBytes) {
    const isLast = at + chunkBytes > bytes.length;
    for (const records of [
      scanner.push(bytes.subarray(at, at + chunkBytes)),
      ...(isLast && !scanner.stopped ? [scanner.end()] : []),
    ]) {
      text += records.bytes.toString();
      lines.push(...records.lines);
    }
  }
  return { text, lines, errors: scanner.errors.map(({ line, code }) => `${line} ${code}`), scanner };
};

const chunkings = [1, 2, 3, 7, 1000];

test.each(chunkings)('LF, CRLF and CR end a record, in chunks of %i', (chunkBytes) => {
  const { text, lines } = scan('a\nb\r\nc\rd\n\n\r\n\r\re', chunkBytes);
  expect(text).toBe('a\nb\nc\nd\ne\n');
  expect(lines).toEqual([1, 2, 3, 4, 9]);
});

test.each(chunkings)(
  'newlines inside quotes count as lines and do not end the record, in chunks of %i',
  (chunkBytes) => {
    const { text, lines } = scan('"a\nb\r\nc\rd",e\n"x""\n",y\r\nz', chunkBytes);
    expect(text).toBe('"a\nb\r\nc\rd",e\n"x""\n",y\nz\n');
    expect(lines).toEqual([1, 5, 7]);
  },
);

test.each(chunkings)('a record that deviates from RFC 4180 is rewritten, in chunks of %i', (chunkBytes) => {
  const { text, errors } = scan('5" a, "b,c" ,"d"e\nx,y\n "q" "r"\n', chunkBytes);
  expect(text).toBe('"5"" a","b,c","de"\nx,y\n"q ""r"""\n');
  expect(errors).toEqual([]);
});

test('the byte order mark is skipped, even byte by byte', () => {
  expect(scan('\uFEFF"a,b"\n', 1, { skipBytes: 3 }).text).toBe('"a,b"\n');
});

test('the input buffer is neither changed nor retained', () => {
  const scanner = new RecordScanner({ delimiter: ',', maxRowBytes: 1000, maxCells: 1_000, skipBytes: 0 });
  const chunk = Buffer.from('a\n"b""');
  const { bytes } = scanner.push(chunk);
  chunk.fill('#');
  expect(bytes.toString()).toBe('a\n');
  expect(scanner.push(Buffer.from('"\n')).bytes.toString()).toBe('"b"""\n');
});

test('an unclosed quote is reported at its line', () => {
  const { text, errors, scanner } = scan('a\nb,\n"c",\n"d\ne,"');
  expect(errors).toEqual([]);
  expect(text).toContain('"d\ne,"');
  expect(scanner.stopped).toBe(false);
  const open = scan('a\n"x\ny",b\nc,"d\ne\nf');
  expect(open.errors).toEqual(['4 csv_unclosed_quote']);
  expect(open.text).toBe('a\n"x\ny",b\n');
});

test.each(chunkings)(
  'a quote closed by the opening quote of a later row is reported, in chunks of %i',
  (chunkBytes) => {
    const { errors, text, scanner } = scan('a\n1,"Lamp,u\n2,"Chair",u\n3,"Desk",u\n', chunkBytes);
    expect(errors).toEqual(['2 csv_unclosed_quote']);
    expect(scanner.errors[0]?.message).toContain('not closed before line 3');
    expect(text).toBe('a\n');
  },
);

test.each(chunkings)('a row over the byte limit stops reading, in chunks of %i', (chunkBytes) => {
  const limit = { maxRowBytes: 10 };
  expect(scan('0123456789\n0123456789', chunkBytes, limit).errors).toEqual([]);
  expect(scan('a\n\n01234567890\nb', chunkBytes, limit).errors).toEqual(['3 csv_row_too_long']);
  expect(scan('a\n01234567890', chunkBytes, limit).errors).toEqual(['2 csv_row_too_long']);
});

test('the error of a row that is too long because of an open quote names the line of the quote', () => {
  const { scanner } = scan('a\n"\n012345678901234567890', 1000, { maxRowBytes: 10 });
  expect(scanner.errors[0]?.message).toContain('The quote opened on line 2 may be unclosed.');
});

test('an endless row is read no further than its limit', () => {
  const scanner = new RecordScanner({ delimiter: ',', maxRowBytes: 1_000_000, maxCells: 1_000, skipBytes: 0 });
  const chunk = Buffer.alloc(65_536, 'x');
  let pushed = 0;
  while (!scanner.stopped) {
    scanner.push(chunk);
    pushed += chunk.length;
  }
  expect(pushed).toBeLessThanOrEqual(1_000_000 + chunk.length);
});

test.each(chunkings)('bytes that are not UTF-8 are reported once, at their line, in chunks of %i', (chunkBytes) => {
  const latin1 = Buffer.from('ok\n"a\r\nb\rcaf\u00e9",x\n\u00e9\n', 'latin1');
  const { errors, lines, scanner } = scan(latin1, chunkBytes);
  expect(errors).toEqual(['4 csv_invalid_encoding']);
  expect(scanner.errors[0]?.message).toContain('"caf\uFFFD');
  expect(lines).toEqual([1, 2, 5]);
});

test.each(chunkings)('multi-byte characters are reassembled, in chunks of %i', (chunkBytes) => {
  const { text, errors } = scan('é,世界,🙂\n"🙂"\n', chunkBytes);
  expect(text).toBe('é,世界,🙂\n"🙂"\n');
  expect(errors).toEqual([]);
});

test.each(chunkings)('a NUL byte stops at its line, in chunks of %i', (chunkBytes) => {
  const { errors, text } = scan('a\nb\nc\u0000\nd\u0000', chunkBytes);
  expect(errors).toEqual(['3 csv_not_text']);
  expect(text).toBe('a\nb\n');
});

test('the scanner reports the error that stopped it first', () => {
  expect(scan('0123456789012\n\u0000', 1000, { maxRowBytes: 10 }).errors).toEqual(['1 csv_row_too_long']);
  expect(scan('"a\n"b\n\u0000', 1000).errors).toEqual(['1 csv_unclosed_quote']);
});

test.each(chunkings)(
  'empty cells at the end of a row are dropped, and those between are kept, in chunks of %i',
  (chunkBytes) => {
    const { text, lines, errors } = scan('a,,b,,,\n,,,\n"x,","" , ,\nc , ,\n', chunkBytes);
    expect(text).toBe('a,,b\n"x,",""\nc \n');
    expect(lines).toEqual([1, 3, 4]);
    expect(errors).toEqual([]);
  },
);

test('a row with too many cells stops reading, even if they are empty', () => {
  const { lines, errors, scanner } = scan('a,b,c\na,b,c,,,,\na,,,d\ne\n', 1000, { maxCells: 3 });
  expect(lines).toEqual([1, 2]);
  expect(errors).toEqual(['3 csv_too_many_columns']);
  expect(scanner.errors[0]?.message).toContain('more than 3 cells');
});
