import fc from 'fast-check';
import { outputTable } from '../../src/csv/output.ts';
import { parseRecord } from '../../src/csv/record.ts';
import { csvLine } from '../../src/csv/write.ts';
import { HEADER, inspect, rowsOf } from './sources.ts';

const COLUMNS = ['S. No.', 'Product Name', 'Note', 'Input Image Urls'];
const DELIMITERS = [',', ';', '\t'] as const;

const trickyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('"', ',', ';', '\t', '\r', '\n', ' ', 'a', 'é', '🙂', "'", '\uFEFF') }),
);
/** Text that csvLine writes unchanged: no formulas, and no characters invalid in a text file. */
const plainCell = trickyText.filter(
  (text) =>
    !/^\s*[=+\-@＝＋－＠]|^[\t\r\n]/.test(text) && !text.includes('\0') && Buffer.from(text).toString() === text,
);
const url = fc.nat(999).map((number) => `https://a.test/w_3,c/${number}.jpg`);
/** The reader drops unquoted trailing blanks, and parseRecord does not report which cells were quoted. */
const withoutBlankEnd = (cells: readonly string[]): readonly string[] =>
  cells.slice(0, cells.findLastIndex((cell) => /[^ \t]/.test(cell)) + 1);
const chunkBytes = fc.integer({ min: 1, max: 40 });

test('all rows written by csvLine are read back unchanged', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(plainCell, plainCell, plainCell, fc.array(url, { minLength: 1, maxLength: 3 })), {
        maxLength: 5,
      }),
      fc.constantFrom(...DELIMITERS),
      chunkBytes,
      async (rows, delimiter, size) => {
        fc.pre(rows.length > 0);
        const table = rows.map(([serial, name, note, urls]) => [serial, name, note, urls.join(', ')]);
        const content = [COLUMNS, ...table].map((cells) => csvLine(cells, delimiter)).join('');
        const read = await rowsOf(content, size);
        expect(read.map(({ cells }) => cells)).toEqual(table);
        expect(read.map(({ urls }) => urls)).toEqual(rows.map(([, , , urls]) => urls));
      },
    ),
  );
});

test('the output CSV can be read as an input again, with its columns in the same positions', async () => {
  await fc.assert(
    fc.asyncProperty(
      plainCell,
      fc.array(url, { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      fc.constantFrom(...DELIMITERS),
      async (name, urls, quoted, delimiter) => {
        const cells = ['1', name, 'x', ...(quoted ? [urls.join(',')] : urls.flatMap((one) => one.split(delimiter)))];
        const outputs = urls.map((_, index) => (index % 2 === 0 ? `http://out.test/${index}` : ''));
        const columns = { serialNumber: 0, productName: 1, images: [3] };
        const table = outputTable({ header: COLUMNS, columns, delimiter }, { output: 'add', details: false });
        const images = outputs.map((outputUrl) => ({ column: 0, outputUrl }));
        const written = csvLine(table.header, delimiter) + csvLine(table.row(cells, images), delimiter);
        const [row] = await rowsOf(written);
        expect(row?.cells).toEqual(['1', name, 'x', urls.join(','), outputs.join(',')]);
        expect(row?.urls).toEqual(urls);
      },
    ),
  );
});

test('inspecting never throws, and reading rows throws only csv_invalid', async () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
    trickyText.map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.concat([Buffer.from(HEADER), array])),
    trickyText.map((text) => Buffer.from(HEADER + text)),
  );
  await fc.assert(
    fc.asyncProperty(
      bytes,
      chunkBytes,
      fc.constantFrom('reject' as const, 'skip' as const),
      async (content, size, onInvalidRow) => {
        const whole = await inspect(content, { onInvalidRow });
        const inChunks = await inspect(content, { onInvalidRow, chunkBytes: size });
        expect(inChunks).toEqual(whole);
        expect(whole.errors).toHaveLength(Math.min(whole.errorCount, 100));
        if (whole.errorCount === 0) expect(whole.urls).toBeGreaterThan(0);
        const error = await rowsOf(content, size).then(
          () => null,
          (reason: unknown) => reason,
        );
        if (error !== null) expect(error).toMatchObject({ name: 'AppError', code: 'csv_invalid' });
      },
    ),
    { numRuns: 500 },
  );
});

test('the reader splits non-RFC text as parseRecord does', async () => {
  const loose = fc.string({ unit: fc.constantFrom('"', ',', '\r', '\n', ' ', '\t', 'a', 'é'), maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(loose, chunkBytes, async (text, size) => {
      const content = `S. No.,Images,Name\n0,https://a.test/x.jpg,0\n${text}`;
      const { errors } = await inspect(content);
      fc.pre(errors.every(({ code }) => code !== 'csv_unclosed_quote'));
      const expected: (readonly string[])[] = [];
      for (let at = 0; at < text.length; ) {
        const { cells, end } = parseRecord(text, at, ',');
        if (cells.some((cell) => cell.trim() !== '')) expected.push(withoutBlankEnd(cells));
        at = end;
      }
      const rows = (await rowsOf(content, size)).slice(1);
      expect(rows.map(({ cells }) => withoutBlankEnd(cells))).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});
