import { inspectTable } from '../../csv/inspect.ts';
import type { CsvRow } from '../../csv/rows.ts';
import type { Table } from '../../csv/table.ts';
import { describeFile } from './describe-file.ts';

const ROWS = 8;
/** Cells and images shown of a row, and characters of each. */
const CELLS = 200;
const IMAGES = 20;
const CHARACTERS = 200;

/** What an upload of the table would find, with its first rows. */
export const previewTable = async (table: Table, onInvalidRow: 'reject' | 'skip') => {
  const rows: CsvRow[] = [];
  const inspection = await inspectTable(table, onInvalidRow, (row) => {
    if (rows.length < ROWS) rows.push(row);
  });
  const { dialect, header, errors, errorCount, errorKinds } = inspection;
  const imageColumns = (dialect?.columns.images ?? []).map((index) => header[index] ?? '');
  // Without an image column there are no rows, only the records in the place of the first ones.
  const sample = inspection.sample.slice(0, ROWS).map(({ line, cells }, index) => ({
    line,
    cells: cells.slice(0, CELLS).map(cut),
    ...productOf(rows[index], imageColumns),
  }));
  return { file: describeFile(inspection), sheets: table.sheets ?? [], header, sample, errors, errorCount, errorKinds };
};

export type TablePreview = Awaited<ReturnType<typeof previewTable>>;

const productOf = (row: CsvRow | undefined, imageColumns: readonly string[]) => ({
  serialNumber: cut(row?.serialNumber ?? ''),
  productName: cut(row?.productName ?? ''),
  images: (row?.images ?? [])
    .slice(0, IMAGES)
    .map(({ url, column }) => ({ url: cut(url), column: imageColumns[column] ?? '' })),
});

/** Not within a surrogate pair, half of which is no text. */
const cut = (text: string): string =>
  text.length > CHARACTERS ? `${text.slice(0, CHARACTERS - 1).replace(/[\uD800-\uDBFF]$/, '')}…` : text;
