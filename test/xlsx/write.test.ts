import fc from 'fast-check';
import { unzipSync } from 'fflate';
import readExcelFile from 'read-excel-file/node';
import { zip } from '../../src/results/zip.ts';
import { escapeText, unescapeText } from '../../src/xlsx/cell-text.ts';
import { workbookEntries } from '../../src/xlsx/write-workbook.ts';
import { read } from './workbooks.ts';

const MODIFIED = new Date('2026-02-03T04:05:06Z');

async function* each<T>(values: Iterable<T>): AsyncGenerator<T> {
  yield* values;
}

const write = async (
  rows: Iterable<readonly string[]>,
  options: { sheetName?: string; maxRows?: number } = {},
): Promise<Buffer> => {
  const chunks: Uint8Array[] = [];
  const entries = workbookEntries(each(rows), { sheetName: 'Output', modified: MODIFIED, ...options });
  for await (const chunk of zip(entries)) chunks.push(chunk);
  return Buffer.concat(chunks);
};

const sheetXml = async (rows: Iterable<readonly string[]>): Promise<string> =>
  Buffer.from(unzipSync(await write(rows))['xl/worksheets/sheet1.xml'] ?? []).toString();

test('another library reads the rows, and numbers as numbers', async () => {
  const rows = [
    ['SKU', 'Name', 'Price', 'Image'],
    ['00042', 'Tasse <grün> & "blau"\nzwei', '12.5', 'https://a.test/1.jpg'],
    ['4006381333931', '', '-3', ''],
  ];
  const data = [
    ['SKU', 'Name', 'Price', 'Image'],
    ['00042', 'Tasse <grün> & "blau"\nzwei', 12.5, 'https://a.test/1.jpg'],
    ['4006381333931', null, -3, null],
  ];
  expect(await readExcelFile(await write(rows))).toEqual([{ sheet: 'Output', data }]);
});

test('no cell is a formula', async () => {
  const xml = await sheetXml([['=1+1', '+cmd|calc', '@SUM(A1)', '-40 % Sale']]);
  expect(xml).not.toContain('<f');
  expect(xml.match(/t="inlineStr"/g)).toHaveLength(4);
});

test.each(['007', '1.50', '1e5', '+5', '-0', '.5', '5.', '123456789012', ' 5', '0x10', 'Infinity', '-'])(
  'the text %j stays a text',
  async (text) => {
    expect(await sheetXml([[text]])).toContain('t="inlineStr"');
  },
);

test('texts that XML cannot hold come back unchanged', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: fc.constantFrom('_', 'x', '0', 'D', '\r', '\0', '<', '&') }),
      ),
      (text) => {
        const escaped = escapeText(text);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be left
        expect(escaped).not.toMatch(/[\u0000-\u0008\u000b-\u001f\ufffe\uffff<>]/);
        const plain = escaped.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
        expect(unescapeText(plain)).toBe(text);
      },
    ),
    // The escape of what follows would end what looks like one.
    { examples: [['_x0DD0\0'], ['_x0041_x0042\uffff']] },
  );
});

test('what is written is read back, cell by cell', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }).filter((each) => Buffer.from(each).toString() === each),
    fc.string({ unit: fc.constantFrom('_', 'x', '0', '\r', '\n', '\t', ' ', '=', '"', '&', '\uFEFF') }),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.nat().map(String),
  );
  const cell = text.filter((each) => each === '' || each.trim() !== '');
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 }), async (rows) => {
      const table = [['Note', 'Text', 'Image URL'], ...rows.map((cells) => [...cells, 'https://a.test/1.jpg'])];
      const { header, cells, errors } = await read(await write(table));
      expect({ header, cells, errors }).toEqual({ header: table[0], cells: table.slice(1), errors: [] });
    }),
    { numRuns: 60 },
  );
});

test('rows beyond the limit of a sheet continue on the next one', async () => {
  const rows = Array.from({ length: 5 }, (_, at) => [`row ${at}`]);
  const book = await write(rows, { maxRows: 2, sheetName: 'A very long name of a sheet: [out]' });
  const sheets = await readExcelFile(book);
  expect(sheets).toEqual([
    { sheet: 'A very long name of a sheet   o', data: [['row 0'], ['row 1']] },
    { sheet: 'A very long name of a sheet (2)', data: [['row 2'], ['row 3']] },
    { sheet: 'A very long name of a sheet (3)', data: [['row 4']] },
  ]);
});

test('100,000 rows are written and read in pieces: none waits for the rest', async () => {
  let asked = 0;
  let most = 0;
  let bytes = 0;
  const rows = function* () {
    yield ['Name', 'Image URL'];
    for (; asked < 100_000; asked += 1)
      yield [`Mug ${asked} ${Math.sin(asked)}`, `https://a.test/${Math.cos(asked)}.jpg`];
  };
  const chunks: Buffer[] = [];
  let before = 0;
  for await (const chunk of zip(workbookEntries(each(rows()), { sheetName: 'Output', modified: MODIFIED }))) {
    chunks.push(chunk);
    bytes += chunk.length;
    // The first 4 MiB of an entry are buffered for its header.
    if (bytes > 5 * 1024 * 1024) most = Math.max(most, asked - before);
    before = asked;
  }
  expect(most).toBeLessThan(10_000);
  const { cells } = await read(Buffer.concat(chunks));
  expect(cells).toHaveLength(100_000);
  expect(cells.at(-1)?.[1]).toBe(`https://a.test/${Math.cos(99_999)}.jpg`);
});

test('a reader that leaves ends the source', async () => {
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const rows = async function* () {
    try {
      for (;;) yield ['x'.repeat(1_000), String(Math.random())];
    } finally {
      end();
    }
  };
  for await (const chunk of zip(
    workbookEntries(rows(), { sheetName: 'Output', modified: MODIFIED, maxRows: 20_000 }),
  )) {
    if (chunk.length > 1_000) break;
  }
  await ended;
});

test('an error of the source reaches the reader', async () => {
  const rows = async function* () {
    yield ['a'];
    throw new Error('chunk is missing');
  };
  const drain = async () => {
    for await (const _ of zip(workbookEntries(rows(), { sheetName: 'Output', modified: MODIFIED })));
  };
  await expect(drain()).rejects.toThrow('chunk is missing');
});
