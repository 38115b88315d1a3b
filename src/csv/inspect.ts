import { type CsvError, type CsvErrorCode, MAX_LISTED_ERRORS } from './csv-errors.ts';
import type { CsvRow } from './rows.ts';
import { type CsvRecord, SAMPLE_ROWS, type Table, type TableDialect, type TableNote } from './table.ts';
import type { UrlRepair } from './urls.ts';

export interface TableInspection {
  /** Null if the header row or an image column was not found. */
  readonly dialect: TableDialect | null;
  /** The header row, also without an image column, so that its columns can be chosen; empty if it was not found. */
  readonly header: readonly string[];
  readonly headerLine: number | null;
  /** The first rows, as wide as the header row, their cells cut to 300 characters. */
  readonly sample: readonly CsvRecord[];
  readonly rows: number;
  readonly rowsWithoutImages: number;
  /** URLs of all rows, including invalid ones. */
  readonly urls: number;
  readonly notes: readonly TableNote[];
  /** The first 100, by line. */
  readonly errors: readonly CsvError[];
  readonly errorCount: number;
  /** How many errors of each kind there are, the most frequent first. */
  readonly errorKinds: readonly { readonly code: CsvErrorCode; readonly count: number }[];
}

const REPAIRS: Readonly<Record<UrlRepair, string>> = {
  invisible_characters: 'Invisible characters were removed from URLs.',
  quotes: 'Quote marks around URLs were removed.',
  html_entities: 'URLs contained &amp;, which was read as &.',
};

/** Enough of a cell to recognize what is in it. */
const SAMPLE_CHARACTERS = 300;

/** Errors that `onInvalidRow: skip` ignores. */
const ROW_ERRORS: ReadonlySet<CsvErrorCode> = new Set(['csv_invalid_url', 'csv_bucket_not_allowed']);

/**
 * Reads a whole table and reports all its errors; invalid content never throws.
 * @param onInvalidRow `skip`: invalid URLs are ignored if the file has at least one valid one
 * @param onRow called with each row, in order
 */
export const inspectTable = async (
  table: Table,
  onInvalidRow: 'reject' | 'skip',
  onRow?: (row: CsvRow) => void,
): Promise<TableInspection> => {
  const fileErrors = createErrorList();
  const rowErrors = createErrorList();
  const repairs = new Map<UrlRepair, { count: number; line: number }>();
  let dialect: TableDialect | null = null;
  let found: { readonly header: readonly string[]; readonly headerLine: number } | null = null;
  let sample: CsvRecord[] = [];
  let rows = 0;
  let rowsWithoutImages = 0;
  let urls = 0;
  for await (const item of table.items()) {
    if (item.kind === 'error') {
      fileErrors.add(item.error);
    } else if (item.kind === 'header') {
      dialect = item.dialect;
      found = item.dialect;
    } else if (item.kind === 'unmapped') {
      found = item.unmapped;
      sample = [...item.unmapped.sample];
    } else {
      const { row } = item;
      rows += 1;
      urls += row.images.length;
      if (row.images.length === 0) rowsWithoutImages += 1;
      if (sample.length < SAMPLE_ROWS) sample.push({ line: row.line, cells: row.cells });
      onRow?.(row);
      for (const error of row.errors) (ROW_ERRORS.has(error.code) ? rowErrors : fileErrors).add(error);
      rowErrors.count('csv_invalid_url', row.moreBadUrls);
      for (const repair of row.repairs) {
        const known = repairs.get(repair);
        repairs.set(repair, { count: (known?.count ?? 0) + 1, line: known?.line ?? row.line });
      }
    }
  }
  const skipped = onInvalidRow === 'skip' && urls > rowErrors.total();
  const lists = skipped ? [fileErrors] : [fileErrors, rowErrors];
  return {
    ...{ dialect, rows, rowsWithoutImages, urls },
    header: found?.header ?? [],
    headerLine: found?.headerLine ?? null,
    sample: sample.map(({ line, cells }) => ({ line, cells: cutCells(cells, found?.header.length ?? 0) })),
    notes: notesOf(repairs, dialect),
    errors: lists
      .flatMap((list) => list.first)
      .sort((a, b) => a.line - b.line)
      .slice(0, MAX_LISTED_ERRORS),
    errorCount: lists.reduce((sum, list) => sum + list.total(), 0),
    errorKinds: lists
      .flatMap((list) => [...list.kinds].map(([code, count]) => ({ code, count })))
      .sort((a, b) => b.count - a.count),
  };
};

const cutCells = (cells: readonly string[], width: number): string[] =>
  cells.slice(0, width).map((cell) => cell.slice(0, SAMPLE_CHARACTERS));

const notesOf = (
  repairs: ReadonlyMap<UrlRepair, { count: number; line: number }>,
  dialect: TableDialect | null,
): TableNote[] => {
  const repaired = [...repairs].map(([code, { count, line }]) => ({ code, count, line, message: REPAIRS[code] }));
  if (dialect === null) return repaired;
  if (dialect.ignored.length === 0) return [...repaired, ...dialect.notes];
  const names = dialect.ignored.slice(0, 10).map((name) => `"${name}"`);
  const message = `Not used, as their first rows have no URLs: ${names.join(', ')}. Choose them with imageColumns if they are image columns.`;
  const note = {
    code: 'column_without_urls',
    count: dialect.ignored.length,
    line: dialect.headerLine,
    message,
  } as const;
  return [...repaired, note, ...dialect.notes];
};

const createErrorList = () => {
  const first: CsvError[] = [];
  const kinds = new Map<CsvErrorCode, number>();
  const count = (code: CsvErrorCode, more: number): void => {
    if (more > 0) kinds.set(code, (kinds.get(code) ?? 0) + more);
  };
  return {
    first,
    kinds,
    total: () => [...kinds.values()].reduce((sum, each) => sum + each, 0),
    /** Counts errors that are not listed. */
    count,
    add: (error: CsvError): void => {
      count(error.code, 1);
      if (first.length < MAX_LISTED_ERRORS) first.push(error);
    },
  };
};
