import type { Columns } from './columns.ts';
import { type CsvError, MAX_LISTED_ERRORS, MAX_VALUE_CHARACTERS, shown, tooLong } from './csv-errors.ts';
import type { Delimiter } from './record.ts';
import { isPlaceholder, joinUrlCells, repairUrl, sourceError, splitUrls, type UrlRepair } from './urls.ts';

/** An image of a row. */
export interface CsvImage {
  /** As written, apart from repairs; may be invalid. */
  readonly url: string;
  /** Position of its column among the image columns, from 0. */
  readonly column: number;
}

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
  /** In the order of columns and cells, including those that `sourceError` rejects: each keeps its position. */
  readonly images: readonly CsvImage[];
  readonly repairs: readonly UrlRepair[];
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
  /** Of a workbook, whose cells need no quotes. */
  readonly isSheet?: boolean;
  /** Buckets that `s3://` URLs may name. */
  readonly sourceBuckets: readonly string[];
}

/** Many exported files end with rows of blank cells (`,,`), which are not products. */
export const isBlankRow = (cells: readonly string[]): boolean => cells.every((cell) => cell.trim() === '');

/** The texts of a row's image columns; unquoted URLs beyond the header's width belong to the last column. */
export const imageTexts = (
  cells: readonly string[],
  { header, columns, delimiter }: Pick<TableShape, 'header' | 'columns'> & { readonly delimiter: string },
): string[][] =>
  columns.images.map((index) =>
    index === header.length - 1 && cells.length > header.length
      ? joinUrlCells(cells.slice(index), delimiter)
      : [cells[index] ?? ''],
  );

/** Parses the product and URLs from a row's cells, and collects their errors. */
export const toRow = (cells: string[], index: number, line: number, shape: TableShape): CsvRow => {
  const { header, columns, delimiter, isSheet = false, sourceBuckets } = shape;
  const errors: CsvError[] = [];
  const nameOf = (at: number): string => `${header[at]}`;
  const imagesLast = columns.images.includes(header.length - 1);

  if (!imagesLast && cells.length > header.length && !isBlankRow(cells.slice(header.length))) {
    const message = `The row has ${cells.length} cells but the header row has ${header.length}, so cells cannot be matched to columns.`;
    const hint = isSheet
      ? 'Give every column with values a name in the header row.'
      : `Put cells that contain ${shown(delimiter)} in double quotes.`;
    errors.push({ line, column: null, code: 'csv_too_many_columns', message: `${message} ${hint}` });
  }
  const cellOf = (at: number | null, what: string): string => {
    if (at === null) return '';
    const value = (cells[at] ?? '').trim();
    if (value.length > MAX_VALUE_CHARACTERS) {
      errors.push({ line, column: nameOf(at), code: 'csv_value_too_long', message: tooLong(what, value) });
    }
    return value;
  };
  const serialNumber = cellOf(columns.serialNumber, 'serial number');
  const productName = cellOf(columns.productName, 'product name');

  const images: CsvImage[] = [];
  const repairs: UrlRepair[] = [];
  let moreBadUrls = 0;
  for (const [column, texts] of imageTexts(cells, shape).entries()) {
    for (const text of texts) {
      if (isPlaceholder(text)) continue;
      for (const written of splitUrls(text)) {
        const repaired = repairUrl(written);
        images.push({ url: repaired.url, column });
        if (repaired.repairs.length > 0) repairs.push(...repaired.repairs);
        const error = sourceError(repaired.url, sourceBuckets);
        if (error === null) continue;
        const name = nameOf(columns.images[column] ?? 0);
        if (errors.length < MAX_LISTED_ERRORS) errors.push({ line, column: name, ...error });
        else moreBadUrls += 1;
      }
    }
  }
  return { index, line, cells, serialNumber, productName, images, repairs, errors, moreBadUrls };
};
