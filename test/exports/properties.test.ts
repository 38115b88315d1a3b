import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import Papa from 'papaparse';
import { inspectTable } from '../../src/csv/inspect.ts';
import { openCsv } from '../../src/csv/read.ts';
import type { CsvRow } from '../../src/csv/rows.ts';
import { inspectFile } from '../../src/web/csv/inspect.ts';
import { fileOf, LIMITS } from '../csv/sources.ts';

/**
 * Random tables, written by other libraries in every encoding and with every delimiter: all image URLs come back in order,
 * with their columns, from the server's reader and the page's.
 */

const IMAGE_NAMES = [
  ...[
    'Image Src',
    'Variant Image',
    'Images',
    'Picture',
    'image_link',
    'additional_image_link',
    'base_image',
    'Image 1',
  ],
  ...['Image 2', 'Main Image URL', 'Image URLs (x,y,z...)', 'Bild-URL', 'Foto 3', 'Input Image Urls', 'g:image_link'],
  ...['Product Image URL - 2', 'Lien de l’image', 'Zusätzlicher Bildlink', '“Photo”'],
];
const SERIAL_NAMES = ['S. No.', 'SKU', 'id', 'Handle', 'Artikelnummer', '#', 'Custom label (SKU)'];
const PRODUCT_NAMES = ['Product Name', 'Title', 'Bezeichnung', 'Désignation', 'name'];
const OTHER_NAMES = [
  'Body (HTML)',
  'Price, gross',
  'Größe; Farbe',
  'Image Alt Text',
  'image_label',
  'Tags|Labels',
  '',
  'Link',
];

/** Also in Windows-1252, where letters of several words in a row never look like UTF-8. */
const word = fc.constantFrom(
  'Größe',
  'Café',
  '12 €',
  '– “x”',
  'plain',
  '13" Laptop',
  'a,b',
  'c;d',
  'e|f',
  'g\th',
  'i\nj',
  "it's",
);
const rareWord = fc.constantFrom('茶碗', 'Ελλάδα', '🙂', '\u200f', 'ﬁ', '\r\n', '\uFEFF');
const textOf = (words: fc.Arbitrary<string>) => fc.array(words, { maxLength: 4 }).map((all) => all.join(' ').trim());

const SEPARATORS = [',', ', ', ';', '; ', '|', ' | ', ' ', '\n', '，', '；', ' ,\n'];
const ASCII_SEPARATORS = SEPARATORS.filter((separator) => /^[ -~\n]+$/.test(separator));

interface Column {
  readonly kind: 'image' | 'serial' | 'product' | 'other';
  readonly name: string;
}

const columns = fc
  .record({
    images: fc.uniqueArray(fc.constantFrom(...IMAGE_NAMES), { minLength: 1, maxLength: 4 }),
    serial: fc.option(fc.constantFrom(...SERIAL_NAMES)),
    product: fc.option(fc.constantFrom(...PRODUCT_NAMES)),
    others: fc.array(fc.constantFrom(...OTHER_NAMES), { maxLength: 4 }),
  })
  .map(({ images, serial, product, others }): Column[] => [
    ...images.map((name) => ({ kind: 'image', name }) as const),
    ...(serial === null ? [] : [{ kind: 'serial', name: serial } as const]),
    ...(product === null ? [] : [{ kind: 'product', name: product } as const]),
    ...others.map((name) => ({ kind: 'other', name }) as const),
    { kind: 'other', name: 'Status' },
  ])
  .chain((all) => fc.shuffledSubarray(all, { minLength: all.length }));

const url = fc
  .tuple(
    fc.constantFrom('', 'w_300,c_fill/', 'a%20b/', 'ä/', 'x;y/'),
    fc.nat(999),
    fc.constantFrom('.jpg', '.png?v=1&s=2', ''),
  )
  .map(([folder, number, end]) => `https://cdn.test/${folder}${number}${end}`);

interface Cell {
  readonly text: string;
  readonly urls: readonly string[];
}

const imageCell = (separators: readonly string[]): fc.Arbitrary<Cell> =>
  fc.oneof(
    fc.constantFrom('', 'N/A', '-').map((text) => ({ text, urls: [] })),
    fc
      .tuple(fc.array(url, { minLength: 1, maxLength: 3 }), fc.constantFrom(...separators))
      .map(([urls, separator]) => ({ text: urls.join(separator), urls })),
  );

const cellOf = (
  { kind, name }: Column,
  words: fc.Arbitrary<string>,
  separators: readonly string[],
): fc.Arbitrary<Cell> => {
  if (kind === 'image') return imageCell(separators);
  if (name === 'Status') return fc.constant({ text: 'geprüft', urls: [] });
  if (name === 'Link') return fc.constant({ text: 'https://shop.test/p/1', urls: [] });
  return textOf(words).map((text) => ({ text, urls: [] }));
};

const ENCODINGS = [
  { name: 'utf-8', addBOM: false },
  { name: 'utf-8', addBOM: true },
  { name: 'utf-16le', addBOM: true },
  { name: 'utf-16be', addBOM: true },
  { name: 'windows-1252', addBOM: false },
] as const;
const DELIMITERS = [',', ';', '\t', '|'] as const;

const table = fc
  .tuple(columns, fc.constantFrom(...ENCODINGS))
  .chain(([header, encoding]) => {
    const narrow = encoding.name === 'windows-1252';
    const words = narrow ? word : fc.oneof(word, rareWord);
    const separators = narrow ? ASCII_SEPARATORS : SEPARATORS;
    const row = fc.tuple(...header.map((column) => cellOf(column, words, separators)));
    return fc.record({
      header: fc.constant(header),
      encoding: fc.constant(encoding),
      rows: fc.array(row, { minLength: 1, maxLength: 8 }),
      delimiter: fc.constantFrom(...DELIMITERS),
      newline: fc.constantFrom('\n', '\r\n'),
      library: fc.constantFrom('csv-stringify', 'papaparse'),
      quoted: fc.boolean(),
    });
  })
  .filter(({ rows }) => rows.some((cells) => cells.some(({ urls }) => urls.length > 0)));

type RandomTable = typeof table extends fc.Arbitrary<infer T> ? T : never;

const written = ({ header, rows, delimiter, newline, library, quoted, encoding }: RandomTable): Buffer => {
  const cells = [header.map(({ name }) => name), ...rows.map((row) => row.map(({ text }) => text))];
  const text =
    library === 'papaparse'
      ? Papa.unparse(cells, { delimiter, newline, quotes: quoted })
      : stringify(cells, { delimiter, record_delimiter: newline, quoted, quoted_match: /[\r\n]/ });
  return iconv.encode(text, encoding.name, { addBOM: encoding.addBOM });
};

const urlsOf = (header: readonly Column[], cells: readonly Cell[]) =>
  header
    .flatMap(({ kind }, index) => (kind === 'image' ? [index] : []))
    .flatMap((index, column) => (cells[index]?.urls ?? []).map((each) => ({ url: each, column })));

const textAt = (header: readonly Column[], cells: readonly Cell[], kind: Column['kind']): string =>
  cells[header.findIndex((column) => column.kind === kind)]?.text.trim() ?? '';

const found = (row: CsvRow) => ({ serial: row.serialNumber, product: row.productName, images: row.images });

const expectedRows = ({ header, rows }: RandomTable) =>
  rows.map((cells) => ({
    serial: textAt(header, cells, 'serial'),
    product: textAt(header, cells, 'product'),
    images: urlsOf(header, cells),
  }));

const withoutBlankEnd = (cells: readonly string[]): readonly string[] =>
  cells.slice(0, cells.findLastIndex((cell) => cell.trim() !== '') + 1);

test('the server reads every URL of a random table in order, in every encoding and with every delimiter', async () => {
  await fc.assert(
    fc.asyncProperty(table, fc.integer({ min: 1, max: 400 }), async (random, chunkBytes) => {
      const rows: CsvRow[] = [];
      const opened = await openCsv(fileOf(written(random), chunkBytes), LIMITS);
      const { dialect, errors } = await inspectTable(opened, 'reject', (row) => rows.push(row));
      expect(errors).toEqual([]);
      expect(dialect).toMatchObject({
        ...{ encoding: random.encoding.name, bom: random.encoding.addBOM, headerLine: 1 },
      });
      expect(rows.map(found)).toEqual(expectedRows(random));
      expect(rows.map(({ cells }) => withoutBlankEnd(cells))).toEqual(
        random.rows.map((cells) => withoutBlankEnd(cells.map(({ text }) => text))),
      );
    }),
    { numRuns: 400 },
  );
});

test('the page reads every URL of a random table in order', async () => {
  await fc.assert(
    fc.asyncProperty(table, async (random) => {
      const preview = await inspectFile(new Blob([written(random)]), LIMITS, 'reject');
      expect(preview.errors).toEqual([]);
      expect(preview.firstRows.map(found)).toEqual(expectedRows(random));
    }),
    { numRuns: 150 },
  );
});
