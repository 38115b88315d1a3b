import { type ColumnChoice, type Columns, findColumns } from './columns.ts';
import { type CsvError, type CsvErrorCode, MAX_VALUE_CHARACTERS, tooLong } from './csv-errors.ts';
import type { Encoding } from './encoding.ts';
import type { TableLayout } from './layout.ts';
import type { Delimiter } from './record.ts';
import { type CsvRow, isBlankRow, type TableShape, toRow } from './rows.ts';
import { hasUrl, type UrlRepair } from './urls.ts';

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

/** Something that was corrected in URLs, or left out, with the first line where it occurs. */
export interface TableNote {
  readonly code: UrlRepair | 'column_without_urls' | 'links_not_read';
  readonly count: number;
  readonly line: number;
  readonly message: string;
}

/** How a table was written, and which of its columns are used. */
export interface TableDialect {
  /** Names as read, without trailing empty ones. */
  readonly header: readonly string[];
  /** Physical line of the header row, from 1. */
  readonly headerLine: number;
  readonly columns: Columns;
  /** Columns with the name of an image column but without URLs. */
  readonly ignored: readonly string[];
  /** Rows above the header row. */
  readonly preamble: readonly (readonly string[])[];
  readonly delimiter: Delimiter;
  /** The file starts with a line such as `sep=;`. */
  readonly separatorLine: boolean;
  /** Null for a workbook. */
  readonly encoding: Encoding | null;
  readonly bom: boolean;
  /** The sheet's name; only for a workbook. */
  readonly sheet?: string;
  readonly notes: readonly TableNote[];
}

export type TableItem =
  | { readonly kind: 'header'; readonly dialect: TableDialect }
  | { readonly kind: 'unmapped'; readonly unmapped: UnmappedTable }
  | { readonly kind: 'row'; readonly row: CsvRow }
  | { readonly kind: 'error'; readonly error: CsvError };

/** A table whose header row was found, but not its columns: its uploader can choose them. */
export interface UnmappedTable {
  readonly header: readonly string[];
  readonly headerLine: number;
  /** The first {@link SAMPLE_ROWS} rows. */
  readonly sample: readonly CsvRecord[];
}

/** Rows shown to people who choose columns. */
export const SAMPLE_ROWS = 20;

/** An uploaded table: a file of delimited text, or a sheet of a workbook. */
export interface Table {
  readonly kind: 'csv' | 'xlsx';
  /** Names of all sheets of a workbook. */
  readonly sheets?: readonly string[];
  /** Reads the whole table once: the header row, the rows and the errors. Invalid content never throws. */
  items(): AsyncIterable<TableItem>;
}

/** A file that cannot be read as a table at all. */
export const failedTable = (error: CsvError, kind: Table['kind'] = 'csv'): Table => ({
  kind,
  async *items() {
    yield { kind: 'error', error };
  },
});

/** Extra cells a row may have: unquoted URLs, and the parts of unquoted URLs that contain commas. */
const EXTRA_CELLS = 20_000;

/** Maximum cells per row without trailing empty ones; each cell has overhead in memory and in the database. */
export const maxCells = ({ maxColumns }: Pick<CsvLimits, 'maxColumns'>): number => maxColumns + EXTRA_CELLS;

const errorItem = (line: number, code: CsvErrorCode, message: string): TableItem => ({
  kind: 'error',
  error: { line, column: null, code, message },
});

export interface CsvRecord {
  /** Physical line of a text file, row of a sheet; from 1. */
  readonly line: number;
  readonly cells: string[];
}

/** Errors below the table level: broken quotes and encodings. */
export interface ScannerFindings {
  readonly errors: readonly CsvError[];
  /** The scanner stopped before the end of the file, so missing rows may be in the rest. */
  readonly stopped: boolean;
}

/** What is known of the table before its rows are read. */
export interface TableFormat extends TableLayout {
  readonly encoding: Encoding | null;
  readonly bom: boolean;
  readonly sheet?: string;
  readonly choice: ColumnChoice;
  readonly notes?: readonly TableNote[];
}

/** Yields the header row, the rows and the errors, with the scanner's errors last. */
export async function* tableItems(
  records: AsyncIterable<CsvRecord>,
  format: TableFormat,
  limits: CsvLimits,
  scanner: ScannerFindings,
): AsyncGenerator<TableItem> {
  const endedAt = yield* readTable(records, format, limits, scanner);
  // How far the scanner has read ahead depends on the chunk size.
  const known = endedAt === null ? scanner.errors : scanner.errors.filter(({ line }) => line <= endedAt);
  for (const error of known) yield { kind: 'error', error };
}

/** @returns the line of the error that stopped reading; null if all records were read */
async function* readTable(
  records: AsyncIterable<CsvRecord>,
  format: TableFormat,
  limits: CsvLimits,
  scanner: ScannerFindings,
): AsyncGenerator<TableItem, number | null> {
  /** The separator line, if there is one, and the title lines. */
  const above: string[][] = [];
  const separatorLines = format.separatorLine ? 1 : 0;
  let shape: TableShape | null = null;
  let unmapped: (UnmappedTable & { readonly sample: CsvRecord[] }) | null = null;
  let rows = 0;
  let urls = 0;
  let blankRows = 0;
  for await (const { line, cells } of records) {
    if (unmapped !== null) {
      if (!isBlankRow(cells)) unmapped.sample.push({ line, cells });
      if (unmapped.sample.length === SAMPLE_ROWS) break;
      continue;
    }
    if (isBlankRow(cells)) {
      // Quoted blank cells; the scanner has already dropped unquoted ones.
      blankRows += 1;
      const tooMany = limitError(line, rows + blankRows, urls, limits);
      if (tooMany === null) continue;
      yield tooMany;
      return line;
    }
    if (shape === null && above.length < separatorLines + format.headerIndex) {
      above.push(cells);
      continue;
    }
    if (shape === null) {
      const { header, dialect, errors } = readHeader(cells, line, above.slice(separatorLines), format, limits);
      for (const error of errors) yield { kind: 'error', error };
      if (header === null) return line;
      if (dialect === null) {
        unmapped = { header, headerLine: line, sample: [] };
        continue;
      }
      const { columns, delimiter } = dialect;
      const isSheet = format.sheet !== undefined;
      shape = { header, columns, delimiter, isSheet, sourceBuckets: limits.sourceBuckets ?? [] };
      yield { kind: 'header', dialect };
      continue;
    }
    const row = toRow(cells, rows, line, shape);
    rows += 1;
    urls += row.images.length;
    const tooMany = limitError(line, rows + blankRows, urls, limits);
    if (tooMany !== null) {
      yield tooMany;
      return line;
    }
    yield { kind: 'row', row };
  }
  if (unmapped !== null) {
    yield { kind: 'unmapped', unmapped };
    return unmapped.headerLine;
  }
  if (scanner.stopped) return null;
  if (shape === null) {
    yield errorItem(1, 'csv_empty', 'The file has only blank lines. Add a header row and at least one product row.');
  } else if (rows === 0) {
    yield errorItem(1, 'csv_no_rows', 'The file has a header row but no products. Add at least one product row.');
  } else if (urls === 0 && scanner.errors.length === 0) {
    const names = shape.columns.images.map((index) => `"${shape?.header[index]}"`).join(', ');
    const message = `None of the ${rows} rows has an image URL in ${names}. Fill in the URLs, or choose other columns with imageColumns.`;
    yield errorItem(1, 'csv_no_urls', message);
  }
  return null;
}

const readHeader = (
  cells: readonly string[],
  line: number,
  preamble: readonly (readonly string[])[],
  format: TableFormat,
  limits: CsvLimits,
): {
  /** Null if it cannot be shown to choose columns from. */
  readonly header: readonly string[] | null;
  readonly dialect: TableDialect | null;
  readonly errors: readonly CsvError[];
} => {
  const header = namedColumns(cells, format);
  const failed = (code: CsvErrorCode, message: string) => ({
    header: null,
    dialect: null,
    errors: [{ line, column: null, code, message }],
  });
  if (header.length > limits.maxColumns) {
    const message = `The header row has ${header.length} columns; at most ${limits.maxColumns} are allowed. Remove the columns you don't need.`;
    return failed('csv_too_many_columns', message);
  }
  const long = header.find((name) => name.length > MAX_VALUE_CHARACTERS);
  if (long !== undefined) return failed('csv_value_too_long', tooLong('column name', long));
  const { columns, ignored, errors } = findColumns(header, format.sample, format.choice, line);
  if (columns === null) return { header, dialect: null, errors };
  const { delimiter, separatorLine, encoding, bom, sheet, notes = [] } = format;
  const dialect: TableDialect = {
    ...{ header, headerLine: line, columns, ignored, preamble, delimiter, separatorLine, encoding, bom, notes },
    ...(sheet === undefined ? {} : { sheet }),
  };
  return { header, dialect, errors };
};

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

/**
 * Without blank names at the end, as spreadsheets pad the header row when a row below it is wider; but with those of columns
 * that have values. URLs there are unquoted ones of the column before.
 */
const namedColumns = (cells: readonly string[], { headerCells = cells.length, sample }: TableFormat): string[] => {
  const named = cells.findLastIndex((cell) => cell.trim() !== '') + 1;
  const beyond = sample.map((row) => row.slice(named, headerCells));
  const more = beyond.some((row) => row.some(hasUrl))
    ? 0
    : Math.max(0, ...beyond.map((row) => row.findLastIndex((cell) => cell.trim() !== '') + 1));
  return Array.from({ length: named + more }, (_, index) => cells[index] ?? '');
};
