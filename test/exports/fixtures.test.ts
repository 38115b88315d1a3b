import { inspectTable } from '../../src/csv/inspect.ts';
import { openCsv } from '../../src/csv/read.ts';
import type { CsvRow } from '../../src/csv/rows.ts';
import { inspectFile } from '../../src/web/csv/inspect.ts';
import { fileOf, LIMITS } from '../csv/sources.ts';
import { bytesOf, EXPORTS, parseRows, urlsOf } from './exports.ts';

const LIMITS_OF_EXPORTS = { ...LIMITS, maxColumns: 200 };

/** Rows of the reader end at the last cell that is not empty. */
const padded = (cells: readonly string[], width: number): string[] =>
  Array.from({ length: Math.max(width, cells.length) }, (_, index) => cells[index] ?? '');

describe.each(EXPORTS)('$file', (given) => {
  const bytes = bytesOf(given);

  test('is read as it is, every cell and every image URL in order', async () => {
    const rows: CsvRow[] = [];
    const table = await openCsv(fileOf(bytes), LIMITS_OF_EXPORTS);
    const { dialect, ...found } = await inspectTable(table, 'reject', (row) => rows.push(row));
    expect(found.errors).toEqual([]);
    const { header = [], columns } = dialect ?? {};
    const nameOf = (index: number | null | undefined) => (index == null ? null : header[index]);
    expect({
      ...{ delimiter: dialect?.delimiter, encoding: dialect?.encoding, bom: dialect?.bom },
      ...{ headerLine: dialect?.headerLine, preamble: dialect?.preamble.length, ignored: dialect?.ignored },
      serialNumber: nameOf(columns?.serialNumber),
      productName: nameOf(columns?.productName),
      images: columns?.images.map(nameOf),
      ...{ rows: found.rows, rowsWithoutImages: found.rowsWithoutImages, urls: found.urls },
    }).toEqual({ ...given, file: undefined });

    const expected = parseRows(bytes, given);
    expect(header).toEqual(expected.header);
    expect(rows.map(({ cells }) => padded(cells, header.length))).toEqual(expected.rows);
    expect(rows.map(({ images }) => images)).toEqual(
      expected.rows.map((row) => urlsOf(row, expected.header, given.images)),
    );
  });

  test('is read the same on the page', async () => {
    const preview = await inspectFile(new Blob([bytes]), LIMITS_OF_EXPORTS, 'reject');
    expect(preview).toMatchObject({
      ...{ rows: given.rows, rowsWithoutImages: given.rowsWithoutImages, urls: given.urls, errors: [] },
      dialect: { delimiter: given.delimiter, encoding: given.encoding, bom: given.bom, headerLine: given.headerLine },
    });
    const { header = [], columns } = preview.dialect ?? {};
    expect(columns?.images.map((index) => header[index])).toEqual(given.images);
  });
});
