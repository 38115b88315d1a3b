import { findColumns } from './columns.ts';
import { type CsvFault, type CsvFaultCode, FAULTS_KEPT, MAX_VALUE_CHARACTERS, tooLong } from './faults.ts';
import type { Delimiter } from './record.ts';
import { type CsvRow, isBlankRow, type TableShape, toRow } from './rows.ts';

/**
 * What a table of records means: its header, its rows, and all that is wrong with them. Knows neither streams nor Node,
 * because the page shows the same faults in the browser before anything is sent (web/csv/).
 */

/** Bounds of one upload: positive integers, and the buckets it may name. */
export interface CsvLimits {
  readonly maxRows: number;
  readonly maxUrls: number;
  /** Bytes of one row; the memory that reading takes is a small multiple of it. */
  readonly maxRowBytes: number;
  /** Of the header row; a row may have more cells, since unquoted URLs count as cells. */
  readonly maxColumns: number;
  /** Buckets that `s3://` URLs may name; none when left out. */
  readonly sourceBuckets?: readonly string[];
}

export interface CsvDialect {
  /** Names as read, without empty ones at the end. Empty where the header row was not understood. */
  readonly header: string[];
  readonly delimiter: Delimiter;
}

export interface CsvInspection {
  readonly dialect: CsvDialect;
  readonly rows: number;
  /** Places for images: URLs of all rows, refused ones included. */
  readonly urls: number;
  /** The first 100, by line. */
  readonly faults: CsvFault[];
  readonly faultCount: number;
}

/** What a row may have besides the header's columns: unquoted URLs, and the parts of unquoted URLs that hold commas. */
const CELLS_BESIDES_COLUMNS = 20_000;

/** Cells of one row at most, empty ones at its end not counted; each costs some bytes of its own wherever it is kept. */
export const maxCells = ({ maxColumns }: Pick<CsvLimits, 'maxColumns'>): number => maxColumns + CELLS_BESIDES_COLUMNS;

/** What `onInvalidRow: skip` forgives. */
const ROW_FAULTS: ReadonlySet<CsvFaultCode> = new Set([
  'csv_row_without_urls',
  'csv_invalid_url',
  'csv_bucket_not_allowed',
]);

/**
 * Adds up what {@link tableItems} tells; content is never a reason to throw.
 * @param onInvalidRow `skip`: rows without URLs and invalid URLs are no faults as long as one URL in the file is good
 * @param onRow is shown each row, in order
 */
export const inspectItems = async (
  items: AsyncIterable<TableItem>,
  onInvalidRow: 'reject' | 'skip',
  onRow?: (row: CsvRow) => void,
): Promise<CsvInspection> => {
  const fileFaults = createFaultList();
  const rowFaults = createFaultList();
  let dialect: CsvDialect = { header: [], delimiter: ',' };
  let rows = 0;
  let urls = 0;
  let badUrls = 0;
  for await (const item of items) {
    if (item.kind === 'fault') {
      fileFaults.add(item.fault);
    } else if (item.kind === 'header') {
      dialect = item.dialect;
    } else {
      rows += 1;
      urls += item.row.urls.length;
      onRow?.(item.row);
      for (const fault of item.row.faults) {
        if (fault.code === 'csv_invalid_url' || fault.code === 'csv_bucket_not_allowed') badUrls += 1;
        if (ROW_FAULTS.has(fault.code)) rowFaults.add(fault);
        else fileFaults.add(fault);
      }
      badUrls += item.row.moreBadUrls;
      rowFaults.count(item.row.moreBadUrls);
    }
  }
  const forgiven = onInvalidRow === 'skip' && urls > badUrls;
  const lists = forgiven ? [fileFaults] : [fileFaults, rowFaults];
  return {
    dialect,
    rows,
    urls,
    faults: lists
      .flatMap((list) => list.first)
      .sort((a, b) => a.line - b.line)
      .slice(0, FAULTS_KEPT),
    faultCount: lists.reduce((sum, list) => sum + list.total(), 0),
  };
};

const createFaultList = () => {
  const first: CsvFault[] = [];
  let count = 0;
  return {
    first,
    total: () => count,
    /** Faults that are only counted. */
    count: (more: number): void => {
      count += more;
    },
    add: (fault: CsvFault): void => {
      count += 1;
      if (first.length < FAULTS_KEPT) first.push(fault);
    },
  };
};

export type TableItem =
  | { readonly kind: 'header'; readonly dialect: CsvDialect }
  | { readonly kind: 'row'; readonly row: CsvRow }
  | { readonly kind: 'fault'; readonly fault: CsvFault };

const faultItem = (line: number, code: CsvFaultCode, message: string): TableItem => ({
  kind: 'fault',
  fault: { line, column: null, code, message },
});

export interface CsvRecord {
  readonly line: number;
  readonly cells: string[];
}

/** What was found wrong below the table: broken quotes and encodings. */
export interface ScannerFindings {
  readonly faults: readonly CsvFault[];
  /** The records ended before the file did, so that what lacks may stand in the rest. */
  readonly stopped: boolean;
}

/** The header row, the rows below it and the faults, those of the scanner last. */
export async function* tableItems(
  records: AsyncIterable<CsvRecord>,
  delimiter: Delimiter,
  limits: CsvLimits,
  scanner: ScannerFindings,
): AsyncGenerator<TableItem> {
  const endedAt = yield* readTable(records, delimiter, limits, scanner);
  // How much of the rest the scanner has seen depends on the pieces in which the file came.
  const known = endedAt === null ? scanner.faults : scanner.faults.filter(({ line }) => line <= endedAt);
  for (const fault of known) yield { kind: 'fault', fault };
}

/** @returns the line at which a fault ended the reading; null: it came to the end of the records */
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
      // Of quoted nothing; what is blank without quotes does not come this far.
      blankRows += 1;
      const tooMany = limitFault(line, rows + blankRows, urls, limits);
      if (tooMany === null) continue;
      yield tooMany;
      return line;
    }
    if (shape === null) {
      const header = withoutEmptyEnd(cells);
      if (header.length > limits.maxColumns) {
        const message = `The header row has ${header.length} columns; at most ${limits.maxColumns} are taken. Remove the columns that are not needed.`;
        yield faultItem(line, 'csv_too_many_columns', message);
        return line;
      }
      const long = header.find((name) => name.length > MAX_VALUE_CHARACTERS);
      if (long !== undefined) {
        yield faultItem(line, 'csv_value_too_long', tooLong('column name', long));
        return line;
      }
      const { columns, faults } = findColumns(header, line);
      for (const fault of faults) yield { kind: 'fault', fault };
      if (columns === null) return line;
      shape = { header, columns, delimiter, sourceBuckets: limits.sourceBuckets ?? [] };
      yield { kind: 'header', dialect: { header, delimiter } };
      continue;
    }
    const row = toRow(cells, rows, line, shape);
    rows += 1;
    urls += row.urls.length;
    const tooMany = limitFault(line, rows + blankRows, urls, limits);
    if (tooMany !== null) {
      yield tooMany;
      return line;
    }
    yield { kind: 'row', row };
  }
  if (scanner.stopped) return null;
  if (shape === null) {
    yield faultItem(1, 'csv_empty', 'The file has only blank lines. Send a header row and at least one product.');
  } else if (rows === 0) {
    yield faultItem(1, 'csv_no_rows', 'The file has a header row and nothing below it. Add one row a product.');
  }
  return null;
}

const limitFault = (line: number, rows: number, urls: number, limits: CsvLimits): TableItem | null => {
  const split = 'Split it into several uploads.';
  if (rows > limits.maxRows) {
    const message = `The file has more than ${limits.maxRows} rows, the most that one upload may have. ${split}`;
    return faultItem(line, 'csv_too_many_rows', message);
  }
  if (urls > limits.maxUrls) {
    const message = `The file has more than ${limits.maxUrls} image URLs, the most that one upload may have. ${split}`;
    return faultItem(line, 'csv_too_many_urls', message);
  }
  return null;
};

/** Spreadsheets pad the header row with empty cells when a row below it is wider. */
const withoutEmptyEnd = (cells: readonly string[]): string[] =>
  cells.slice(0, cells.findLastIndex((cell) => cell.trim() !== '') + 1);
