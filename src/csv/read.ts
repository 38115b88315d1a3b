import type { Readable } from 'node:stream';
import csvParser from 'csv-parser';
import { AppError } from '../errors.ts';
import { findColumns } from './columns.ts';
import type { CsvFault, CsvFaultCode } from './faults.ts';
import type { Delimiter } from './record.ts';
import { type CsvRow, isBlankRow, type TableShape, toRow } from './rows.ts';
import { RecordScanner, type ScannedRecords } from './scanner.ts';
import { byteOrderMarkLength, detectDelimiter, HEAD_BYTES, sniffFault } from './sniff.ts';

export type { CsvFault, CsvFaultCode, CsvRow };

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

/** Opens the file at its beginning; called again for each look at it. */
export type OpenCsv = () => Readable;

export interface CsvInspection {
  readonly dialect: CsvDialect;
  readonly rows: number;
  /** Places for images: URLs of all rows, refused ones included. */
  readonly urls: number;
  /** The first 100, by line. */
  readonly faults: CsvFault[];
  readonly faultCount: number;
}

const FAULTS_KEPT = 100;

/** What `onInvalidRow: skip` forgives. */
const ROW_FAULTS: ReadonlySet<CsvFaultCode> = new Set([
  'csv_row_without_urls',
  'csv_invalid_url',
  'csv_bucket_not_allowed',
]);

/**
 * Reads a CSV to its end and tells everything that is wrong with it; content is never a reason to throw.
 * @param onInvalidRow `skip`: rows without URLs and invalid URLs are no faults as long as one URL in the file is good
 * @throws only what the stream fails with
 */
export const inspectCsv = async (
  open: OpenCsv,
  limits: CsvLimits,
  onInvalidRow: 'reject' | 'skip',
): Promise<CsvInspection> => {
  const fileFaults = createFaultList();
  const rowFaults = createFaultList();
  let dialect: CsvDialect = { header: [], delimiter: ',' };
  let rows = 0;
  let urls = 0;
  let badUrls = 0;
  for await (const item of readItems(open, limits)) {
    if (item.kind === 'fault') {
      fileFaults.add(item.fault);
    } else if (item.kind === 'header') {
      dialect = item.dialect;
    } else {
      rows += 1;
      urls += item.row.urls.length;
      for (const fault of item.row.faults) {
        if (fault.code === 'csv_invalid_url' || fault.code === 'csv_bucket_not_allowed') badUrls += 1;
        if (ROW_FAULTS.has(fault.code)) rowFaults.add(fault);
        else fileFaults.add(fault);
      }
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
    faultCount: lists.reduce((sum, list) => sum + list.count(), 0),
  };
};

/**
 * The rows of a CSV that {@link inspectCsv} accepted, one at a time and in order; refused URLs are in the rows.
 * @throws AppError `csv_invalid` at a fault of the file as a whole, which an accepted file has none of
 */
export async function* readCsvRows(open: OpenCsv, limits: CsvLimits): AsyncGenerator<CsvRow> {
  for await (const item of readItems(open, limits)) {
    if (item.kind === 'row') yield item.row;
    if (item.kind === 'fault') {
      throw new AppError('csv_invalid', undefined, { details: { errorCount: 1, errors: [item.fault] } });
    }
  }
}

const createFaultList = () => {
  const first: CsvFault[] = [];
  let count = 0;
  return {
    first,
    count: () => count,
    add: (fault: CsvFault): void => {
      count += 1;
      if (first.length < FAULTS_KEPT) first.push(fault);
    },
  };
};

type Item =
  | { readonly kind: 'header'; readonly dialect: CsvDialect }
  | { readonly kind: 'row'; readonly row: CsvRow }
  | { readonly kind: 'fault'; readonly fault: CsvFault };

const faultItem = (line: number, code: CsvFaultCode, message: string): Item => ({
  kind: 'fault',
  fault: { line, column: null, code, message },
});

async function* readItems(open: OpenCsv, limits: CsvLimits): AsyncGenerator<Item> {
  const head = await readHead(open);
  const foreign = sniffFault(head);
  if (foreign !== null) {
    yield { kind: 'fault', fault: foreign };
    return;
  }
  const delimiter = detectDelimiter(head);
  const scanner = new RecordScanner({
    delimiter,
    maxRowBytes: limits.maxRowBytes,
    skipBytes: byteOrderMarkLength(head),
  });
  yield* tableItems(readRecords(open, scanner, delimiter), delimiter, limits, () => scanner.stopped);
  for (const fault of scanner.faults) yield { kind: 'fault', fault };
}

interface CsvRecord {
  readonly line: number;
  readonly cells: string[];
}

/** @param cutShort tells that the records ended before the file did, so that what lacks may stand in the rest */
async function* tableItems(
  records: AsyncIterable<CsvRecord>,
  delimiter: Delimiter,
  limits: CsvLimits,
  cutShort: () => boolean,
): AsyncGenerator<Item> {
  let shape: TableShape | null = null;
  let rows = 0;
  let urls = 0;
  for await (const { line, cells } of records) {
    if (isBlankRow(cells)) continue;
    if (shape === null) {
      const header = withoutEmptyEnd(cells);
      if (header.length > limits.maxColumns) {
        const message = `The header row has ${header.length} columns; at most ${limits.maxColumns} are taken. Remove the columns that are not needed.`;
        yield faultItem(line, 'csv_too_many_columns', message);
        return;
      }
      const { columns, faults } = findColumns(header, line);
      for (const fault of faults) yield { kind: 'fault', fault };
      if (columns === null) return;
      shape = { header, columns, delimiter, sourceBuckets: limits.sourceBuckets ?? [] };
      yield { kind: 'header', dialect: { header, delimiter } };
      continue;
    }
    const row = toRow(cells, rows, line, shape);
    rows += 1;
    urls += row.urls.length;
    const tooMany = limitFault(line, rows, urls, limits);
    if (tooMany !== null) {
      yield tooMany;
      return;
    }
    yield { kind: 'row', row };
  }
  if (cutShort()) return;
  if (shape === null) {
    yield faultItem(1, 'csv_empty', 'The file has only blank lines. Send a header row and at least one product.');
  } else if (rows === 0) {
    yield faultItem(1, 'csv_no_rows', 'The file has a header row and nothing below it. Add one row a product.');
  }
}

const limitFault = (line: number, rows: number, urls: number, limits: CsvLimits): Item | null => {
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

/** The records of the file through csv-parser, until its end or a fault that stops the scanner. */
async function* readRecords(open: OpenCsv, scanner: RecordScanner, separator: Delimiter): AsyncGenerator<CsvRecord> {
  const parser = csvParser({ headers: false, separator });
  const parse = ({ bytes, lines }: ScannedRecords): CsvRecord[] => {
    if (lines.length === 0) return [];
    // What is written are whole records, so csv-parser has parsed every one of them when `write` returns; reading them
    // at once keeps each beside its line number, without a promise for each.
    parser.write(bytes);
    return lines.map((line) => ({ line, cells: Object.values<string>(parser.read()) }));
  };
  for await (const chunk of open()) {
    for (const piece of pieces(chunk)) {
      yield* parse(scanner.push(piece));
      if (scanner.stopped) return;
    }
  }
  yield* parse(scanner.end());
}

/** Pieces small enough that their rows may be held in memory together, however large a chunk the stream gives. */
function* pieces(chunk: string | Uint8Array): Generator<Buffer> {
  const bytes = Buffer.from(chunk);
  for (let at = 0; at < bytes.length; at += HEAD_BYTES) yield bytes.subarray(at, at + HEAD_BYTES);
}

const readHead = async (open: OpenCsv): Promise<Buffer> => {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of open()) {
    const part = Buffer.from(chunk);
    parts.push(part);
    length += part.length;
    if (length >= HEAD_BYTES) break;
  }
  return Buffer.concat(parts).subarray(0, HEAD_BYTES);
};
