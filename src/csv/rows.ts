import type { Columns } from './columns.ts';
import { type CsvFault, FAULTS_KEPT, MAX_VALUE_CHARACTERS, shown, tooLong } from './faults.ts';
import type { Delimiter } from './record.ts';
import { joinUrlCells, sourceFault, splitUrls } from './urls.ts';

/** One product of the upload. */
export interface CsvRow {
  /** Among the data rows, from 0; blank rows are not counted. */
  readonly index: number;
  /** Physical line where the row begins, from 1. */
  readonly line: number;
  /** As read, cells beyond the header's width included. */
  readonly cells: string[];
  /** Without spaces around it; may be empty, and need not be unique. The same holds for `productName`. */
  readonly serialNumber: string;
  readonly productName: string;
  /** In order and as the user wrote them, those that `sourceFault` refuses included: each keeps its place. */
  readonly urls: string[];
  /** The first ones; of bad URLs a row may have a hundred thousand. */
  readonly faults: CsvFault[];
  /** URLs that are bad as well and not among the faults. */
  readonly moreBadUrls: number;
}

/** What the header row tells about all the rows below it. */
export interface TableShape {
  readonly header: readonly string[];
  readonly columns: Columns;
  readonly delimiter: Delimiter;
  /** Buckets that `s3://` URLs may name. */
  readonly sourceBuckets: readonly string[];
}

/** Rows of blank cells only (`,,`) stand at the end of many exported files and are no products. */
export const isBlankRow = (cells: readonly string[]): boolean => cells.every((cell) => cell.trim() === '');

/** Reads a row's product and URLs out of its cells, and says what is wrong with them. */
export const toRow = (cells: string[], index: number, line: number, shape: TableShape): CsvRow => {
  const { header, columns, delimiter } = shape;
  const column = `${header[columns.imageUrls]}`;
  const faults: CsvFault[] = [];
  const urlsLast = columns.imageUrls === header.length - 1;
  const urlCells = urlsLast ? cells.slice(columns.imageUrls) : [cells[columns.imageUrls] ?? ''];
  const urls = joinUrlCells(urlCells, delimiter).flatMap(splitUrls);

  if (!urlsLast && !isBlankRow(cells.slice(header.length))) {
    const message = `The row has ${cells.length} cells and the header row ${header.length}, so what belongs to which column cannot be told.`;
    const cure = `Put cells that hold ${shown(delimiter)} in double quotes, or make ${shown(column)} the last column.`;
    faults.push({ line, column, code: 'csv_too_many_columns', message: `${message} ${cure}` });
  }
  const serialNumber = (cells[columns.serialNumber] ?? '').trim();
  const productName = (cells[columns.productName] ?? '').trim();
  const checkLength = (what: string, value: string, at: number): void => {
    if (value.length <= MAX_VALUE_CHARACTERS) return;
    faults.push({ line, column: `${header[at]}`, code: 'csv_value_too_long', message: tooLong(what, value) });
  };
  checkLength('serial number', serialNumber, columns.serialNumber);
  checkLength('product name', productName, columns.productName);
  if (urls.length === 0) {
    const message = `The row has no image URL in the column ${shown(column)}. Write at least one there, or remove the row.`;
    faults.push({ line, column, code: 'csv_row_without_urls', message });
  }
  let moreBadUrls = 0;
  for (const url of urls) {
    const fault = sourceFault(url, shape.sourceBuckets);
    if (fault === null) continue;
    if (faults.length < FAULTS_KEPT) faults.push({ line, column, ...fault });
    else moreBadUrls += 1;
  }
  return {
    index,
    line,
    cells,
    serialNumber,
    productName,
    urls,
    faults,
    moreBadUrls,
  };
};
