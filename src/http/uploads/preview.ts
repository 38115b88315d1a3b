import { inspectTable } from '../../csv/inspect.ts';
import type { CsvRow } from '../../csv/rows.ts';
import type { Table, TableDialect } from '../../csv/table.ts';
import { describeFile } from './describe-file.ts';

const ROWS = 8;
/** Cells and images shown of a row, and characters of each. */
const CELLS = 200;
const IMAGES = 20;
const CHARACTERS = 200;

/** What an upload of the table would find, with its first rows; the content of a cell is cut to 200 characters. */
export const previewTable = async (table: Table, onInvalidRow: 'reject' | 'skip') => {
  const rows: CsvRow[] = [];
  const inspection = await inspectTable(table, onInvalidRow, (row) => {
    if (rows.length < ROWS) rows.push(row);
  });
  const { dialect, unmapped, errors, errorCount, errorKinds } = inspection;
  const header = dialect?.header ?? unmapped?.header ?? [];
  return {
    file: describeFile(inspection),
    header,
    sample:
      dialect === null
        ? (unmapped?.rows ?? []).slice(0, ROWS).map((cells) => ({ ...NO_MEANING, cells: cutCells(cells) }))
        : rows.map((row) => shownRow(row, dialect)),
    ...{ errors, errorCount, errorKinds },
  };
};

const NO_MEANING = { line: null, serialNumber: '', productName: '', images: [] };

/** Not within a surrogate pair, half of which is no text. */
const cut = (text: string): string =>
  text.length > CHARACTERS ? `${text.slice(0, CHARACTERS - 1).replace(/[\uD800-\uDBFF]$/, '')}…` : text;

const cutCells = (cells: readonly string[]): string[] => cells.slice(0, CELLS).map(cut);

const shownRow = (row: CsvRow, { header, columns }: TableDialect) => ({
  line: row.line,
  cells: cutCells(row.cells),
  serialNumber: cut(row.serialNumber),
  productName: cut(row.productName),
  images: row.images.slice(0, IMAGES).map(({ url, column }) => ({
    url: cut(url),
    column: header[columns.images[column] ?? -1] ?? '',
  })),
});
