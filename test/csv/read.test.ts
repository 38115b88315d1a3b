import { Readable } from 'node:stream';
import { inspectTable } from '../../src/csv/inspect.ts';
import { openCsv, rowsOf as rowsOfTable } from '../../src/csv/read.ts';
import { AppError } from '../../src/errors.ts';
import { errorsOf, fileOf, HEADER, inspect, LIMITS, rowsOf } from './sources.ts';

const URL_1 = 'https://a.test/1.jpg';
const URL_2 = 'https://a.test/2.jpg';

describe('a valid file', () => {
  test('is reported with its header, delimiter and counts', async () => {
    expect(await inspect(`\uFEFF${HEADER}1,Lamp,"${URL_1},${URL_2}"\r\n2,Chair,${URL_1}`)).toMatchObject({
      dialect: {
        header: ['S. No.', 'Product Name', 'Input Image Urls'],
        headerLine: 1,
        columns: { serialNumber: 0, productName: 1, images: [2] },
        ignored: [],
        preamble: [],
        delimiter: ',',
        separatorLine: false,
        encoding: 'utf-8',
        bom: true,
      },
      rows: 2,
      rowsWithoutImages: 0,
      urls: 3,
      notes: [],
      errors: [],
      errorCount: 0,
      errorKinds: [],
    });
  });

  test.each([
    [';', '\r\n'],
    ['\t', '\n'],
    [',', '\r'],
  ])('may have %j between cells and %j between rows', async (delimiter, newline) => {
    const lines = [
      ['S. No.', 'Name', 'Images'],
      ['1', 'Lamp', URL_1],
      ['2', '"a\r\nb"', URL_2],
    ];
    const rows = await rowsOf(lines.map((cells) => cells.join(delimiter)).join(newline));
    expect(rows.map(({ line, productName, urls }) => [line, productName, urls])).toEqual([
      [2, 'Lamp', [URL_1]],
      [3, 'a\r\nb', [URL_2]],
    ]);
  });

  test('keeps its line numbers after blank lines, blank rows and newlines within cells', async () => {
    const content = `\n,,\n${HEADER}\r\n1,"a\nb",${URL_1}\n , ,\n\n2,c,"${URL_1}\n${URL_2}"\n3,d,${URL_1}\n,,\n,,,,\n`;
    const rows = await rowsOf(content);
    expect(rows.map(({ index, line, serialNumber }) => [index, line, serialNumber])).toEqual([
      [0, 5, '1'],
      [1, 9, '2'],
      [2, 11, '3'],
    ]);
    expect(rows[1]?.urls).toEqual([URL_1, URL_2]);
  });

  test('may have two products with the same name and serial number, which stay separate', async () => {
    const rows = await rowsOf(`${HEADER}1,Lamp,${URL_1}\n1,Lamp,${URL_1}\n`);
    expect(rows.map(({ index, serialNumber, productName }) => [index, serialNumber, productName])).toEqual([
      [0, '1', 'Lamp'],
      [1, '1', 'Lamp'],
    ]);
  });

  test('may have unquoted URLs, commas in URLs, and a header row padded with empty cells', async () => {
    const rows = await rowsOf(
      `S. No.,Name,Images,,\n1,Lamp,${URL_1},${URL_2},\n2,Chair,https://a.test/w_3,c_fill/x.jpg, ${URL_1}\n`,
    );
    expect(rows.map(({ urls }) => urls)).toEqual([
      [URL_1, URL_2],
      ['https://a.test/w_3,c_fill/x.jpg', URL_1],
    ]);
    expect(rows[0]?.cells).toEqual(['1', 'Lamp', URL_1, URL_2]);
  });

  test('may have inch marks, and spaces before quotes', async () => {
    const rows = await rowsOf(`${HEADER}1,5" pipe,${URL_1}\n2, "a, b", "${URL_1}, ${URL_2}"\n`);
    expect(rows.map(({ productName, urls }) => [productName, urls.length])).toEqual([
      ['5" pipe', 1],
      ['a, b', 2],
    ]);
  });

  test('may be a text stream with a chunk larger than what is parsed at once', async () => {
    const content = HEADER + `1,Lamp,${URL_1}\n`.repeat(9000);
    const limits = { ...LIMITS, maxRows: 9000, maxUrls: 9000 };
    const table = await openCsv(() => Readable.from([Buffer.from(content)]), limits);
    expect(await inspectTable(table, 'reject')).toMatchObject({ rows: 9000, errorCount: 0 });
  });

  test('can be read twice from the same memory', async () => {
    const table = await openCsv(fileOf(`${HEADER}1,"a ""quoted"" name",${URL_1}\n`), LIMITS);
    for (let time = 0; time < 2; time += 1) {
      for await (const row of rowsOfTable(table)) expect(row.productName).toBe('a "quoted" name');
    }
  });
});

describe('each error has its line and code', () => {
  test.each([
    ['nothing', '', ['1 csv_empty']],
    ['a byte order mark only', '\uFEFF', ['1 csv_empty']],
    ['blank lines only', '\n \r\n,,\n', ['1 csv_empty']],
    ['a page', '<!doctype html><p>Log in</p>', ['1 csv_html']],
    ['a workbook', 'PK\u0003\u0004xl/', ['1 csv_spreadsheet']],
    ['NUL bytes', `${HEADER}1,\u0000,${URL_1}\n`, ['2 csv_not_text']],
    ['no header row', `\n1,Lamp,${URL_1}\n`, ['2 csv_missing_column']],
    ['no image column', `S. No.,Price\n1,2\n`, ['1 csv_missing_column']],
    ['no image URL', `${HEADER}1,a,\n2,b,N/A\n`, ['1 csv_no_urls']],
    ['a quote escaped by a backslash', `${HEADER}1,"13\\" Laptop",${URL_1}\n`, ['2 csv_unclosed_quote']],
    ['a header row only', HEADER, ['1 csv_no_rows']],
    ['an open quote', `${HEADER}1,a,${URL_1}\n2,"b,${URL_1}\n`, ['3 csv_unclosed_quote']],
    ['an open quote in the header row', `"${HEADER}1,a,${URL_1}\n`, ['1 csv_unclosed_quote']],
    [
      'URLs that are none',
      `${HEADER}1,a,x.jpg\n2,b,"ftp://a,http://"\n`,
      ['2 csv_invalid_url', '3 csv_invalid_url', '3 csv_invalid_url'],
    ],
    [
      'a column name that is too long',
      `S. No.,Name,Images,${'c'.repeat(501)}\n1,a,${URL_1}\n`,
      ['1 csv_value_too_long'],
    ],
    ['a product name that is too long', `${HEADER}1,${'a'.repeat(501)},${URL_1}\n`, ['2 csv_value_too_long']],
    ['a row wider than the header', `Images,S. No.,Name\n${URL_1},${URL_2},1,a\n`, ['2 csv_too_many_columns']],
  ])('%s', async (_, content, errors) => {
    expect(await errorsOf(content)).toEqual(errors);
  });

  test('a row longer than the limit stops reading', async () => {
    const content = `${HEADER}1,a,x\n2,${'b'.repeat(500)},${URL_1}\n3,c,y\n`;
    expect(await errorsOf(content, { limits: { maxRowBytes: 200 } })).toEqual([
      '2 csv_invalid_url',
      '3 csv_row_too_long',
    ]);
  });

  test('too many columns stop reading', async () => {
    const { errors, rows, dialect } = await inspect(`${HEADER.trim()},a,b\n1,a,${URL_1}\n`, {
      limits: { maxColumns: 4 },
    });
    expect(errors).toEqual([
      {
        line: 1,
        column: null,
        code: 'csv_too_many_columns',
        message: "The header row has 5 columns; at most 4 are allowed. Remove the columns you don't need.",
      },
    ]);
    expect(rows).toBe(0);
    expect(dialect).toBeNull();
  });

  test('too many rows are one error with the limit, and stop reading', async () => {
    const content = HEADER + `1,a,${URL_1}\n`.repeat(5);
    expect((await inspect(content, { limits: { maxRows: 5 } })).errorCount).toBe(0);
    const { errors, errorCount } = await inspect(content, { limits: { maxRows: 3 } });
    expect(errorCount).toBe(1);
    expect(errors).toMatchObject([{ line: 5, column: null, code: 'csv_too_many_rows' }]);
    expect(errors[0]?.message).toContain('more than 3 rows');
  });

  test('too many URLs are one error with the limit, and stop reading', async () => {
    const content = HEADER + `1,a,"${URL_1},${URL_2}"\n`.repeat(3);
    expect((await inspect(content, { limits: { maxUrls: 6 } })).errorCount).toBe(0);
    const { errors } = await inspect(content, { limits: { maxUrls: 3 } });
    expect(errors).toMatchObject([{ line: 3, code: 'csv_too_many_urls' }]);
    expect(errors[0]?.message).toContain('more than 3 image URLs');
  });
});

test('all errors are counted, and the first 100 are listed by line', async () => {
  const { errors, errorCount, errorKinds } = await inspect(
    Buffer.concat([
      Buffer.from(HEADER + '1,ä,x\n'.repeat(50)),
      Buffer.from('\u00e9,a,x\n', 'latin1'),
      Buffer.from('1,a,x\n'.repeat(200)),
    ]),
  );
  expect(errorCount).toBe(252);
  expect(errorKinds).toEqual([
    { code: 'csv_invalid_url', count: 251 },
    { code: 'csv_invalid_encoding', count: 1 },
  ]);
  expect(errors).toHaveLength(100);
  expect(errors.filter(({ code }) => code === 'csv_invalid_encoding').map(({ line }) => line)).toEqual([52]);
  expect(errors.map(({ line }) => line)).toEqual(errors.map(({ line }) => line).sort((a, b) => a - b));
  expect(errors.at(-1)?.line).toBe(100);
});

describe('with onInvalidRow: skip', () => {
  const skip = { onInvalidRow: 'skip' } as const;

  test('invalid URLs are ignored if one URL is valid', async () => {
    const result = await inspect(`${HEADER}1,a,\n2,b,x.jpg\n3,c,"ftp://x,${URL_1}"\n`, skip);
    expect(result).toMatchObject({ rows: 3, urls: 3, errors: [], errorCount: 0 });
  });

  test('they are reported if no URL is valid', async () => {
    expect(await errorsOf(`${HEADER}1,a,\n2,b,x.jpg\n`, skip)).toEqual(['3 csv_invalid_url']);
  });

  test('errors of the file are still reported', async () => {
    expect(await errorsOf(`${HEADER}1,a,x\n2,b,${URL_1}\n3,"c\n`, skip)).toEqual(['4 csv_unclosed_quote']);
    expect(await errorsOf(HEADER, skip)).toEqual(['1 csv_no_rows']);
    expect(await errorsOf(`Images,S. No.,Name\n${URL_1},${URL_2},1,a\n`, skip)).toEqual(['2 csv_too_many_columns']);
  });

  test('the rows keep the invalid URLs in their positions', async () => {
    const rows = await rowsOf(`${HEADER}1,a,\n2,b,"ftp://x,${URL_1}"\n`);
    expect(rows.map(({ urls }) => urls)).toEqual([[], ['ftp://x', URL_1]]);
  });
});

test('reading the rows of an invalid file throws csv_invalid with the error', async () => {
  const error = await rowsOf(`${HEADER}1,"a\n`).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(AppError);
  expect(error).toMatchObject({
    code: 'csv_invalid',
    details: { errorCount: 1, errors: [{ line: 2, code: 'csv_unclosed_quote' }] },
  });
});

test('only a failing stream throws', async () => {
  const open = () =>
    new Readable({
      read() {
        this.destroy(new Error('disk gone'));
      },
    });
  await expect(openCsv(open, LIMITS)).rejects.toThrow('disk gone');
});

test('every stream is closed, also if the reader or an error stops reading early', async () => {
  const opened: Readable[] = [];
  const long = () => {
    const stream = Readable.from(
      (function* () {
        yield Buffer.from(HEADER);
        for (let n = 0; n < 100; n += 1) yield Buffer.from(`1,a,${URL_1}\n`.repeat(100));
      })(),
    );
    opened.push(stream);
    return stream;
  };
  const table = await openCsv(long, LIMITS);
  expect((await inspectTable(table, 'reject')).errors).toMatchObject([{ code: 'csv_too_many_rows' }]);
  for await (const row of rowsOfTable(table)) {
    if (row.index === 2) break;
  }
  expect(opened).toHaveLength(4);
  expect(opened.map((stream) => stream.destroyed)).toEqual([true, true, true, true]);
});

test('notes name what was repaired and which columns were left alone, with counts and the first line', async () => {
  const { notes } = await inspect(
    `Name,Picture,Image 1\na,mug.jpg,${URL_1}\nb,,“${URL_1}”\nc,,'${URL_1}'\nd,,${URL_1}?a&amp;b\n`,
  );
  expect(notes).toMatchObject([
    { code: 'quotes', count: 2, line: 3 },
    { code: 'html_entities', count: 1, line: 5 },
    { code: 'column_without_urls', count: 1, line: 1, message: expect.stringContaining('"Picture"') },
  ]);
});

test('title lines and a separator line are kept apart from the table', async () => {
  const { dialect, rows } = await inspect(`sep=;\r\nStock of May\r\nSKU;Image\r\n1;${URL_1}\r\n`);
  expect(dialect).toMatchObject({
    ...{ header: ['SKU', 'Image'], headerLine: 3, preamble: [['Stock of May']] },
    ...{ delimiter: ';', separatorLine: true },
  });
  expect(rows).toBe(1);
});

test('rows of quoted empty cells count as rows, and every invalid URL is counted', async () => {
  const blank = await inspect(`${HEADER}${'"",""\n'.repeat(20)}1,a,${URL_1}\n`, { limits: { maxRows: 10 } });
  expect(blank.errors).toMatchObject([{ line: 12, code: 'csv_too_many_rows' }]);
  const bad = await inspect(`${HEADER}1,a,"${'ftp://x,'.repeat(300)}"\n2,b,${URL_1}\n`);
  expect([bad.errors.length, bad.errorCount]).toEqual([100, 300]);
});

test('the result does not depend on the chunk size', async () => {
  const content = Buffer.from('é\n"\r"é');
  const whole = await inspect(content);
  expect(await inspect(content, { chunkBytes: 1 })).toEqual(whole);
  expect(whole.errors.map(({ code }) => code)).toEqual(['csv_missing_column']);
});
