import Papa from 'papaparse';
import type { ColumnChoice } from '../../csv/columns.ts';
import { inspectTable, type TableInspection } from '../../csv/inspect.ts';
import type { Delimiter } from '../../csv/record.ts';
import type { CsvRow } from '../../csv/rows.ts';
import { HEAD_BYTES } from '../../csv/sniff.ts';
import type { CsvLimits } from '../../csv/table.ts';
import { openTextTable, type ParseRecords } from '../../csv/text-table.ts';

/** What the page shows of a file before the upload. */
export interface Preview extends TableInspection {
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
 * modules of csv/ are the server's. Only the last step differs, strict records to cells, which csv-parser does there and
 * Papa Parse here; a test compares the two.
 */
export const inspectFile = async (
  file: ReadableFile,
  limits: CsvLimits,
  onInvalidRow: 'reject' | 'skip',
  choice: ColumnChoice = {},
): Promise<Preview> => {
  const firstRows: CsvRow[] = [];
  const table = await openTextTable(() => chunksOf(file), limits, choice, createParser);
  const inspection = await inspectTable(table, onInvalidRow, (row) => {
    if (firstRows.length < ROWS_SHOWN) firstRows.push(row);
  });
  return { ...inspection, firstRows };
};

/** Reads in chunks, so that the page stays responsive and memory stays small for large files. */
async function* chunksOf(file: ReadableFile): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.size; at += HEAD_BYTES) {
    yield new Uint8Array(await file.slice(at, Math.min(at + HEAD_BYTES, file.size)).arrayBuffer());
  }
}

const createParser =
  (delimiter: Delimiter): ParseRecords =>
  ({ bytes, lines }) => {
    if (lines.length === 0) return [];
    // The scanner ends each record with a line feed; the last one would begin an empty record.
    const text = bytes.toString('utf8').slice(0, -1);
    // Papa Parse drops a byte order mark, which is a part of the first cell here.
    const kept = text.startsWith('\uFEFF') ? `\uFEFF${text}` : text;
    const { data } = Papa.parse<string[]>(kept, { delimiter, newline: '\n', quoteChar: '"' });
    return data.map((cells, index) => ({ line: lines[index] ?? 0, cells }));
  };
