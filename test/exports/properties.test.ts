import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import Papa from 'papaparse';
import { inspectTable } from '../../src/csv/inspect.ts';
import { outputTable } from '../../src/csv/output.ts';
import { openCsv } from '../../src/csv/read.ts';
import type { CsvRow } from '../../src/csv/rows.ts';
import { csvLine } from '../../src/csv/write.ts';
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
/** Found by their content only. */
const PLAIN_NAMES = ['Datei', 'x'];
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
    images: fc.uniqueArray(fc.constantFrom(...IMAGE_NAMES, ...PLAIN_NAMES), { minLength: 1, maxLength: 4 }),
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

const imageCell = (urls: fc.Arbitrary<string>, separators: readonly string[]): fc.Arbitrary<Cell> =>
  fc.oneof(
    fc.constantFrom('', 'N/A', '-').map((text) => ({ text, urls: [] })),
    fc
      .tuple(fc.array(urls, { minLength: 1, maxLength: 3 }), fc.constantFrom(...separators))
      .map(([all, separator]) => ({ text: all.join(separator), urls: all })),
  );

const cellOf = (
  { kind, name }: Column,
  words: fc.Arbitrary<string>,
  separators: readonly string[],
): fc.Arbitrary<Cell> => {
  if (kind === 'image') {
    const named = PLAIN_NAMES.includes(name) ? url.map((each) => `${each}.jpg`) : url;
    return imageCell(named, separators);
  }
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

const TITLES = ['Spring catalogue, 2026', 'Product photos', 'https://shop.test', 'Titel | Größe; Bilder', '"quoted"'];

const table = fc
  .tuple(columns, fc.constantFrom(...ENCODINGS))
  .chain(([header, encoding]) => {
    const narrow = encoding.name === 'windows-1252';
    const words = narrow ? word : fc.oneof(word, rareWord);
    const separators = narrow ? ASCII_SEPARATORS : SEPARATORS;
    const row = fc.tuple(...header.map((column) => cellOf(column, words, separators)));
    return fc.record({
      titles: fc.array(fc.constantFrom(...TITLES), { maxLength: 3 }),
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

const written = ({ titles, header, rows, delimiter, newline, library, quoted, encoding }: RandomTable): Buffer => {
  const cells = [
    ...titles.map((title) => [title]),
    header.map(({ name }) => name),
    ...rows.map((row) => row.map(({ text }) => text)),
  ];
  const text =
    library === 'papaparse'
      ? Papa.unparse(cells, { delimiter, newline, quotes: quoted })
      : stringify(cells, { delimiter, record_delimiter: newline, quoted, quoted_match: /[\r\n]/ });
  return iconv.encode(text, encoding.name, { addBOM: encoding.addBOM });
};

/** Positions of the image columns; one without a known name needs a URL. */
const imageColumns = ({ header, rows }: RandomTable): number[] =>
  header.flatMap(({ kind, name }, index) =>
    kind === 'image' && (!PLAIN_NAMES.includes(name) || rows.some((cells) => cells[index]?.urls.length)) ? [index] : [],
  );

const textAt = (header: readonly Column[], cells: readonly Cell[], kind: Column['kind']): string =>
  cells[header.findIndex((column) => column.kind === kind)]?.text.trim() ?? '';

const found = (row: CsvRow) => ({ serial: row.serialNumber, product: row.productName, images: row.images });

const expectedRows = (random: RandomTable) =>
  random.rows.map((cells) => ({
    serial: textAt(random.header, cells, 'serial'),
    product: textAt(random.header, cells, 'product'),
    images: imageColumns(random).flatMap((index, column) =>
      (cells[index]?.urls ?? []).map((each) => ({ url: each, column })),
    ),
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
        ...{ encoding: random.encoding.name, bom: random.encoding.addBOM, headerLine: random.titles.length + 1 },
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

test('an output has the new URLs in order, in place of the old ones or in columns that a second upload keeps', async () => {
  await fc.assert(
    fc.asyncProperty(table, async (random) => {
      const rows: CsvRow[] = [];
      const { dialect } = await inspectTable(await openCsv(fileOf(written(random)), LIMITS), 'reject', (row) =>
        rows.push(row),
      );
      if (dialect === null) throw new Error('no header row');
      const outputOf = (output: 'add' | 'replace') => {
        const { header, row } = outputTable(dialect, { output, details: false });
        const images = (own: CsvRow['images']) =>
          own.map(({ column, url }) => ({ column, outputUrl: url.replace('cdn', 'new') }));
        return { header, rows: rows.map(({ cells, images: own }) => row(cells, images(own))) };
      };

      const replaced = outputOf('replace');
      expect(replaced.header).toEqual(dialect.header);
      expect(replaced.rows.map(withoutBlankEnd)).toEqual(
        random.rows.map((cells) =>
          withoutBlankEnd(cells.map(({ text }) => text.replaceAll('//cdn.test/', '//new.test/'))),
        ),
      );

      const added = outputOf('add');
      const text = [added.header, ...added.rows].map((cells) => csvLine(cells, dialect.delimiter, 'keep')).join('');
      const again = await inspectTable(await openCsv(fileOf(text), LIMITS), 'reject');
      expect(again.errors).toEqual([]);
      expect(again.dialect?.columns).toEqual(dialect.columns);
      expect(again.dialect && outputTable(again.dialect, { output: 'add', details: false }).header).toEqual(
        added.header,
      );
    }),
    { numRuns: 200 },
  );
});

test('columns are found behind descriptions of tens of kilobytes', async () => {
  const description = `<p>${'Soft, "warm"; light | long<br>\n'.repeat(1500)}</p>`;
  const cells = Array.from({ length: 6 }, (_, number) => [
    ...[`mug-${number}`, description, number < 3 ? '' : `https://cdn.test/${number}.jpg`],
  ]);
  for (const delimiter of DELIMITERS) {
    const text = stringify([['Handle', 'Body (HTML)', 'File'], ...cells], { delimiter, quoted_match: /\n/ });
    const { dialect, errors, urls } = await inspectTable(await openCsv(fileOf(text), LIMITS), 'reject');
    expect({ errors, urls, images: dialect?.columns.images }).toEqual({ errors: [], urls: 3, images: [2] });
  }
});

test('byte order marks at the start are dropped, even two, and kept in cells, by both readers', async () => {
  const bytes = Buffer.from('\uFEFF\uFEFFSKU,Image\n\uFEFFa,https://cdn.test/1.jpg\n');
  const rows: CsvRow[] = [];
  const { header } = await inspectTable(await openCsv(fileOf(bytes, 1), LIMITS), 'reject', (row) => rows.push(row));
  expect({ header, cell: rows[0]?.cells[0] }).toEqual({ header: ['SKU', 'Image'], cell: '\uFEFFa' });
  const preview = await inspectFile(new Blob([bytes]), LIMITS, 'reject');
  expect({ header: preview.header, cell: preview.firstRows[0]?.cells[0] }).toEqual({ header, cell: '\uFEFFa' });
});
