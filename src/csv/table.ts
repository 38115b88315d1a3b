import { findColumns } from './columns.ts';
import { type CsvError, type CsvErrorCode, MAX_LISTED_ERRORS, MAX_VALUE_CHARACTERS, tooLong } from './csv-errors.ts';
import type { Delimiter } from './record.ts';
import { type CsvRow, isBlankRow, type TableShape, toRow } from './rows.ts';

/**
 * Interprets a table of records: its header, rows and errors. Free of streams and Node APIs, because the page runs the
 * same checks in the browser before uploading (web/csv/).
 */

/** Limits of one upload: positive integers, and the buckets it may reference. */
export interface CsvLimits {
  readonly maxRows: number;
  readonly maxUrls: number;
  /** Bytes per row; reading needs a small multiple of this in memory. */
  readonly maxRowBytes: number;
  /** Columns of the header row; a row may have more cells, because unquoted URLs count as cells. */
  readonly maxColumns: number;
  /** Buckets that `s3://` URLs may reference; none by default. */
  readonly sourceBuckets?: readonly string[];
}

export interface CsvDialect {
  /** Names as read, without trailing empty ones. Empty if the header row is invalid. */
  readonly header: string[];
  readonly delimiter: Delimiter;
}

export interface CsvInspection {
  readonly dialect: CsvDialect;
  readonly rows: number;
  /** URLs of all rows, including invalid ones. */
  readonly urls: number;
  /** The first 100, by line. */
  readonly errors: CsvError[];
  readonly errorCount: number;
}

/** Extra cells a row may have: unquoted URLs, and the parts of unquoted URLs that contain commas. */
const EXTRA_CELLS = 20_000;

/** Maximum cells per row without trailing empty ones; each cell has overhead in memory and in the database. */
export const maxCells = ({ maxColumns }: Pick<CsvLimits, 'maxColumns'>): number => maxColumns + EXTRA_CELLS;

/** Errors that `onInvalidRow: skip` ignores. */
const ROW_ERRORS: ReadonlySet<CsvErrorCode> = new Set([
  'csv_row_without_urls',
  'csv_invalid_url',
  'csv_bucket_not_allowed',
]);

/**
 * Summarizes the output of {@link tableItems}; invalid content never throws.
 * @param onInvalidRow `skip`: rows without URLs and invalid URLs are ignored if the file has at least one valid URL
 * @param onRow called with each row, in order
 */
export const inspectItems = async (
  items: AsyncIterable<TableItem>,
  onInvalidRow: 'reject' | 'skip',
  onRow?: (row: CsvRow) => void,
): Promise<CsvInspection> => {
  const fileErrors = createErrorList();
  const rowErrors = createErrorList();
  let dialect: CsvDialect = { header: [], delimiter: ',' };
  let rows = 0;
  let urls = 0;
  let badUrls = 0;
  for await (const item of items) {
    if (item.kind === 'error') {
      fileErrors.add(item.error);
    } else if (item.kind === 'header') {
      dialect = item.dialect;
    } else {
      rows += 1;
      urls += item.row.urls.length;
      onRow?.(item.row);
      for (const error of item.row.errors) {
        if (error.code === 'csv_invalid_url' || error.code === 'csv_bucket_not_allowed') badUrls += 1;
        if (ROW_ERRORS.has(error.code)) rowErrors.add(error);
        else fileErrors.add(error);
      }
      badUrls += item.row.moreBadUrls;
      rowErrors.count(item.row.moreBadUrls);
    }
  }
  const skipped = onInvalidRow === 'skip' && urls > badUrls;
  const lists = skipped ? [fileErrors] : [fileErrors, rowErrors];
  return {
    dialect,
    rows,
    urls,
    errors: lists
      .flatMap((list) => list.first)
      .sort((a, b) => a.line - b.line)
      .slice(0, MAX_LISTED_ERRORS),
    errorCount: lists.reduce((sum, list) => sum + list.total(), 0),
  };
};

const createErrorList = () => {
  const first: CsvError[] = [];
  let count = 0;
  return {
    first,
    total: () => count,
    /** Counts errors that are not listed. */
    count: (more: number): void => {
      count += more;
    },
    add: (error: CsvError): void => {
      count += 1;
      if (first.length < MAX_LISTED_ERRORS) first.push(error);
    },
  };
};

export type TableItem =
  | { readonly kind: 'header'; readonly dialect: CsvDialect }
  | { readonly kind: 'row'; readonly row: CsvRow }
  | { readonly kind: 'error'; readonly error: CsvError };

const errorItem = (line: number, code: CsvErrorCode, message: string): TableItem => ({
  kind: 'error',
  error: { line, column: null, code, message },
});

export interface CsvRecord {
  readonly line: number;
  readonly cells: string[];
}

/** Errors below the table level: broken quotes and encodings. */
export interface ScannerFindings {
  readonly errors: readonly CsvError[];
  /** The scanner stopped before the end of the file, so missing rows may be in the rest. */
  readonly stopped: boolean;
}

/** Yields the header row, the rows and the errors, with the scanner's errors last. */
export async function* tableItems(
  records: AsyncIterable<CsvRecord>,
  delimiter: Delimiter,
  limits: CsvLimits,
  scanner: ScannerFindings,
): AsyncGenerator<TableItem> {
  const endedAt = yield* readTable(records, delimiter, limits, scanner);
  // How far the scanner has read ahead depends on the chunk size.
  const known = endedAt === null ? scanner.errors : scanner.errors.filter(({ line }) => line <= endedAt);
  for (const error of known) yield { kind: 'error', error };
}

/** @returns the line of the error that stopped reading; null if all records were read */
async function* readTable(
  records: AsyncIterable<CsvRecord>,
  delimiter: Delimiter,
  limits: CsvLimits,
  scanner: ScannerFindings,
): AsyncGenerator<TableItem, number | null> {
  let shape: TableShape | null = null;
  let rows = 0;
  let urls = 0;
  let blankRows = 0;
  for await (const { line, cells } of records) {
    if (isBlankRow(cells)) {
      // Quoted blank cells; the scanner has already dropped unquoted ones.
      blankRows += 1;
      const tooMany = limitError(line, rows + blankRows, urls, limits);
      if (tooMany === null) continue;
      yield tooMany;
      return line;
    }
    if (shape === null) {
      const header = withoutEmptyEnd(cells);
      if (header.length > limits.maxColumns) {
        const message = `The header row has ${header.length} columns; at most ${limits.maxColumns} are allowed. Remove the columns you don't need.`;
        yield errorItem(line, 'csv_too_many_columns', message);
        return line;
      }
      const long = header.find((name) => name.length > MAX_VALUE_CHARACTERS);
      if (long !== undefined) {
        yield errorItem(line, 'csv_value_too_long', tooLong('column name', long));
        return line;
      }
      const { columns, errors } = findColumns(header, line);
      for (const error of errors) yield { kind: 'error', error };
      if (columns === null) return line;
      shape = { header, columns, delimiter, sourceBuckets: limits.sourceBuckets ?? [] };
      yield { kind: 'header', dialect: { header, delimiter } };
      continue;
    }
    const row = toRow(cells, rows, line, shape);
    rows += 1;
    urls += row.urls.length;
    const tooMany = limitError(line, rows + blankRows, urls, limits);
    if (tooMany !== null) {
      yield tooMany;
      return line;
    }
    yield { kind: 'row', row };
  }
  if (scanner.stopped) return null;
  if (shape === null) {
    yield errorItem(1, 'csv_empty', 'The file has only blank lines. Add a header row and at least one product row.');
  } else if (rows === 0) {
    yield errorItem(1, 'csv_no_rows', 'The file has a header row but no products. Add at least one product row.');
  }
  return null;
}

const limitError = (line: number, rows: number, urls: number, limits: CsvLimits): TableItem | null => {
  const split = 'Split it into several uploads.';
  if (rows > limits.maxRows) {
    const message = `The file has more than ${limits.maxRows} rows, the limit of one upload. ${split}`;
    return errorItem(line, 'csv_too_many_rows', message);
  }
  if (urls > limits.maxUrls) {
    const message = `The file has more than ${limits.maxUrls} image URLs, the limit of one upload. ${split}`;
    return errorItem(line, 'csv_too_many_urls', message);
  }
  return null;
};

/** Spreadsheets pad the header row with empty cells when a row below it is wider. */
const withoutEmptyEnd = (cells: readonly string[]): string[] =>
  cells.slice(0, cells.findLastIndex((cell) => cell.trim() !== '') + 1);
