import Papa from 'papaparse';
import type { CsvRow } from '../../csv/rows.ts';
import { RecordScanner, type ScannedRecords } from '../../csv/scanner.ts';
import { byteOrderMarkLength, detectDelimiter, detectWrongFileType, HEAD_BYTES } from '../../csv/sniff.ts';
import {
  type CsvInspection,
  type CsvLimits,
  type CsvRecord,
  inspectItems,
  maxCells,
  type TableItem,
  tableItems,
} from '../../csv/table.ts';

/** What the page shows of a file before the upload. */
export interface Preview extends CsvInspection {
  readonly firstRows: readonly CsvRow[];
}

/** The part of Blob that is used, so that tests can pass bytes. */
export interface ReadableFile {
  slice(from: number, to: number): { arrayBuffer(): Promise<ArrayBuffer> };
  readonly size: number;
}

const ROWS_SHOWN = 8;

/**
 * Reads a file in the browser by the same rules as the server, so that both report the same errors at the same lines: the
 * scanner, columns, rows and URLs are the server's modules. Only the last step differs, strict records to cells, which
 * csv-parser does there and Papa Parse here; a test holds the two against each other.
 */
export const inspectFile = async (
  file: ReadableFile,
  limits: CsvLimits,
  onInvalidRow: 'reject' | 'skip',
): Promise<Preview> => {
  const firstRows: CsvRow[] = [];
  const inspection = await inspectItems(itemsOf(file, limits), onInvalidRow, (row) => {
    if (firstRows.length < ROWS_SHOWN) firstRows.push(row);
  });
  return { ...inspection, firstRows };
};

async function* itemsOf(file: ReadableFile, limits: CsvLimits): AsyncGenerator<TableItem> {
  const head = await bytesOf(file, 0);
  const foreign = detectWrongFileType(head);
  if (foreign !== null) {
    yield { kind: 'error', error: foreign };
    return;
  }
  const delimiter = detectDelimiter(head);
  const scanner = new RecordScanner({
    delimiter,
    maxRowBytes: limits.maxRowBytes,
    maxCells: maxCells(limits),
    skipBytes: byteOrderMarkLength(head),
  });
  yield* tableItems(recordsOf(file, scanner, delimiter), delimiter, limits, scanner);
}

/** Reads in chunks, so that the page stays responsive and memory stays small for large files. */
async function* recordsOf(file: ReadableFile, scanner: RecordScanner, delimiter: string): AsyncGenerator<CsvRecord> {
  for (let at = 0; at < file.size; at += HEAD_BYTES) {
    yield* parse(scanner.push(await bytesOf(file, at)), delimiter);
    if (scanner.stopped) return;
  }
  yield* parse(scanner.end(), delimiter);
}

function* parse({ bytes, lines }: ScannedRecords, delimiter: string): Generator<CsvRecord> {
  if (lines.length === 0) return;
  // The scanner ends each record with a line feed; the last one would begin an empty record.
  const text = bytes.toString('utf8').slice(0, -1);
  const { data } = Papa.parse<string[]>(text, { delimiter, newline: '\n', quoteChar: '"' });
  for (const [index, cells] of data.entries()) yield { line: lines[index] ?? 0, cells };
}

const bytesOf = async (file: ReadableFile, at: number): Promise<Buffer> =>
  Buffer.from(await file.slice(at, Math.min(at + HEAD_BYTES, file.size)).arrayBuffer());
