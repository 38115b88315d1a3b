import type { Columns } from './columns.ts';
import { type CsvError, MAX_LISTED_ERRORS, MAX_VALUE_CHARACTERS, shown, tooLong } from './csv-errors.ts';
import type { Delimiter } from './record.ts';
import { joinUrlCells, sourceError, splitUrls } from './urls.ts';

/** One product of the upload. */
export interface CsvRow {
  /** Position among the data rows, from 0; blank rows are not counted. */
  readonly index: number;
  /** Physical line where the row starts, from 1. */
  readonly line: number;
  /** As read, including cells beyond the header's width. */
  readonly cells: string[];
  /** Trimmed; may be empty or repeated, like `productName`. */
  readonly serialNumber: string;
  readonly productName: string;
  /** In order and as written, including those that `sourceError` rejects: each keeps its position. */
  readonly urls: string[];
  /** The first ones only: a row may have a hundred thousand bad URLs. */
  readonly errors: CsvError[];
  /** Number of further bad URLs that are not in `errors`. */
  readonly moreBadUrls: number;
}

/** What the header row defines for all rows below it. */
export interface TableShape {
  readonly header: readonly string[];
  readonly columns: Columns;
  readonly delimiter: Delimiter;
  /** Buckets that `s3://` URLs may name. */
  readonly sourceBuckets: readonly string[];
}

/** Many exported files end with rows of blank cells (`,,`), which are not products. */
export const isBlankRow = (cells: readonly string[]): boolean => cells.every((cell) => cell.trim() === '');

/** Parses the product and URLs from a row's cells, and collects their errors. */
export const toRow = (cells: string[], index: number, line: number, shape: TableShape): CsvRow => {
  const { header, columns, delimiter } = shape;
  const column = `${header[columns.imageUrls]}`;
  const errors: CsvError[] = [];
  const urlsLast = columns.imageUrls === header.length - 1;
  const urlCells = urlsLast ? cells.slice(columns.imageUrls) : [cells[columns.imageUrls] ?? ''];
  const urls = joinUrlCells(urlCells, delimiter).flatMap(splitUrls);

  if (!urlsLast && !isBlankRow(cells.slice(header.length))) {
    const message = `The row has ${cells.length} cells but the header row has ${header.length}, so cells cannot be matched to columns.`;
    const hint = `Put cells that contain ${shown(delimiter)} in double quotes, or make ${shown(column)} the last column.`;
    errors.push({ line, column, code: 'csv_too_many_columns', message: `${message} ${hint}` });
  }
  const serialNumber = (cells[columns.serialNumber] ?? '').trim();
  const productName = (cells[columns.productName] ?? '').trim();
  const checkLength = (what: string, value: string, at: number): void => {
    if (value.length <= MAX_VALUE_CHARACTERS) return;
    errors.push({ line, column: `${header[at]}`, code: 'csv_value_too_long', message: tooLong(what, value) });
  };
  checkLength('serial number', serialNumber, columns.serialNumber);
  checkLength('product name', productName, columns.productName);
  if (urls.length === 0) {
    const message = `This row has no image URL. Add one, or remove the row.`;
    errors.push({ line, column, code: 'csv_row_without_urls', message });
  }
  let moreBadUrls = 0;
  for (const url of urls) {
    const error = sourceError(url, shape.sourceBuckets);
    if (error === null) continue;
    if (errors.length < MAX_LISTED_ERRORS) errors.push({ line, column, ...error });
    else moreBadUrls += 1;
  }
  return {
    index,
    line,
    cells,
    serialNumber,
    productName,
    urls,
    errors,
    moreBadUrls,
  };
};
