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
  return { text, lines, faults: scanner.faults.map(({ line, code }) => `${line} ${code}`), scanner };
};

const chunkings = [1, 2, 3, 7, 1000];

test.each(chunkings)('LF, CRLF and CR end a record, in chunks of %i', (chunkBytes) => {
  const { text, lines } = scan('a\nb\r\nc\rd\n\n\r\n\r\re', chunkBytes);
  expect(text).toBe('a\nb\nc\nd\ne\n');
  expect(lines).toEqual([1, 2, 3, 4, 9]);
});

test.each(chunkings)('newlines inside of quotes count as lines and end nothing, in chunks of %i', (chunkBytes) => {
  const { text, lines } = scan('"a\nb\r\nc\rd",e\n"x""\n",y\r\nz', chunkBytes);
  expect(text).toBe('"a\nb\r\nc\rd",e\n"x""\n",y\nz\n');
  expect(lines).toEqual([1, 5, 7]);
});

test.each(chunkings)('a record that strays from RFC 4180 is rewritten, in chunks of %i', (chunkBytes) => {
  const { text, faults } = scan('5" a, "b,c" ,"d"e\nx,y\n "q" "r"\n', chunkBytes);
  expect(text).toBe('"5"" a","b,c","de"\nx,y\n"q ""r"""\n');
  expect(faults).toEqual([]);
});

test('the byte order mark is left out, even when it comes byte by byte', () => {
  expect(scan('\uFEFF"a,b"\n', 1, { skipBytes: 3 }).text).toBe('"a,b"\n');
});

test('the bytes given are neither changed nor kept in use', () => {
  const scanner = new RecordScanner({ delimiter: ',', maxRowBytes: 1000, maxCells: 1_000, skipBytes: 0 });
  const chunk = Buffer.from('a\n"b""');
  const { bytes } = scanner.push(chunk);
  chunk.fill('#');
  expect(bytes.toString()).toBe('a\n');
  expect(scanner.push(Buffer.from('"\n')).bytes.toString()).toBe('"b"""\n');
});

test('a quote that is never closed is told at its line', () => {
  const { text, faults, scanner } = scan('a\nb,\n"c",\n"d\ne,"');
  expect(faults).toEqual([]);
  expect(text).toContain('"d\ne,"');
  expect(scanner.stopped).toBe(false);
  const open = scan('a\n"x\ny",b\nc,"d\ne\nf');
  expect(open.faults).toEqual(['4 csv_unclosed_quote']);
  expect(open.text).toBe('a\n"x\ny",b\n');
});

test.each(chunkings)('a quote closed by the opening one of a later row is told, in chunks of %i', (chunkBytes) => {
  const { faults, text, scanner } = scan('a\n1,"Lamp,u\n2,"Chair",u\n3,"Desk",u\n', chunkBytes);
  expect(faults).toEqual(['2 csv_unclosed_quote']);
  expect(scanner.faults[0]?.message).toContain('not closed before line 3');
  expect(text).toBe('a\n');
});

test.each(chunkings)('a row is stopped at its byte limit, in chunks of %i', (chunkBytes) => {
  const limit = { maxRowBytes: 10 };
  expect(scan('0123456789\n0123456789', chunkBytes, limit).faults).toEqual([]);
  expect(scan('a\n\n01234567890\nb', chunkBytes, limit).faults).toEqual(['3 csv_row_too_long']);
  expect(scan('a\n01234567890', chunkBytes, limit).faults).toEqual(['2 csv_row_too_long']);
});

test('a row that is too long because of an open quote says where the quote is', () => {
  const { scanner } = scan('a\n"\n012345678901234567890', 1000, { maxRowBytes: 10 });
  expect(scanner.faults[0]?.message).toContain('A quote opened in line 2 may lack its partner.');
});

test('an endless row takes no more memory than its limit', () => {
  const scanner = new RecordScanner({ delimiter: ',', maxRowBytes: 1_000_000, maxCells: 1_000, skipBytes: 0 });
  const chunk = Buffer.alloc(65_536, 'x');
  let pushed = 0;
  while (!scanner.stopped) {
    scanner.push(chunk);
    pushed += chunk.length;
  }
  expect(pushed).toBeLessThanOrEqual(1_000_000 + chunk.length);
});

test.each(chunkings)('a byte that is not UTF-8 is told once, at its line, in chunks of %i', (chunkBytes) => {
  const latin1 = Buffer.from('ok\n"a\r\nb\rcaf\u00e9",x\n\u00e9\n', 'latin1');
  const { faults, lines, scanner } = scan(latin1, chunkBytes);
  expect(faults).toEqual(['4 csv_invalid_encoding']);
  expect(scanner.faults[0]?.message).toContain('"caf\uFFFD');
  expect(lines).toEqual([1, 2, 5]);
});

test.each(chunkings)('characters of several bytes are whole again, in chunks of %i', (chunkBytes) => {
  const { text, faults } = scan('é,世界,🙂\n"🙂"\n', chunkBytes);
  expect(text).toBe('é,世界,🙂\n"🙂"\n');
  expect(faults).toEqual([]);
});

test.each(chunkings)('a NUL byte stops at its line, in chunks of %i', (chunkBytes) => {
  const { faults, text } = scan('a\nb\nc\u0000\nd\u0000', chunkBytes);
  expect(faults).toEqual(['3 csv_not_text']);
  expect(text).toBe('a\nb\n');
});

test('what stopped the scanner first is what it tells', () => {
  expect(scan('0123456789012\n\u0000', 1000, { maxRowBytes: 10 }).faults).toEqual(['1 csv_row_too_long']);
  expect(scan('"a\n"b\n\u0000', 1000).faults).toEqual(['1 csv_unclosed_quote']);
});

test.each(chunkings)(
  'empty cells at the end of a row are left out, and those between stay, in chunks of %i',
  (chunkBytes) => {
    const { text, lines, faults } = scan('a,,b,,,\n,,,\n"x,","" , ,\nc , ,\n', chunkBytes);
    expect(text).toBe('a,,b\n"x,",""\nc \n');
    expect(lines).toEqual([1, 3, 4]);
    expect(faults).toEqual([]);
  },
);

test('more cells than are allowed stop the reading at their row, however little they hold', () => {
  const { lines, faults, scanner } = scan('a,b,c\na,b,c,,,,\na,,,d\ne\n', 1000, { maxCells: 3 });
  expect(lines).toEqual([1, 2]);
  expect(faults).toEqual(['3 csv_too_many_columns']);
  expect(scanner.faults[0]?.message).toContain('more than 3 cells');
});
