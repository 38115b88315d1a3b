import { Buffer } from 'node:buffer';
import type { ColumnChoice } from './columns.ts';
import {
  byteOrderMarkLength,
  detectEncoding,
  type Encoding,
  type OpenFile,
  toUtf8,
  UndecodableText,
} from './encoding.ts';
import { findLayout } from './layout.ts';
import type { Delimiter } from './record.ts';
import { RecordScanner, type ScannedRecords } from './scanner.ts';
import { detectWrongFileType, HEAD_BYTES } from './sniff.ts';
import { type CsvLimits, type CsvRecord, failedTable, maxCells, type Table, tableItems } from './table.ts';

/** Bytes read to find the table: some rows, of which each may have a description of tens of kilobytes. */
const SAMPLE_BYTES = 4 * HEAD_BYTES;

/** Parses strict records, all of them at once. */
export type ParseRecords = (records: ScannedRecords) => Iterable<CsvRecord>;

/**
 * Opens a file of delimited text as a table. Runs on the server and on the page, which parse strict records with
 * different libraries.
 * @throws only errors of the file itself
 */
export const openTextTable = async (
  open: OpenFile,
  limits: CsvLimits,
  choice: ColumnChoice,
  createParser: (delimiter: Delimiter) => ParseRecords,
): Promise<Table> => {
  const head = await readHead(open());
  const foreign = detectWrongFileType(head);
  if (foreign !== null) return failedTable(foreign);
  const { encoding, bom } = await detectEncoding(head, open);
  const layout = findLayout(decodedHead(head, encoding), head.length < SAMPLE_BYTES);
  return {
    kind: 'csv',
    items: () => {
      const scanner = new RecordScanner({
        delimiter: layout.delimiter,
        maxRowBytes: limits.maxRowBytes,
        maxCells: maxCells(limits),
        skipBytes: byteOrderMarkLength(head),
      });
      const records = readRecords(toUtf8(open(), encoding), scanner, createParser(layout.delimiter));
      return tableItems(records, { ...layout, choice, bom, encoding }, limits, scanner);
    },
  };
};

const decodedHead = (head: Uint8Array, encoding: Encoding): string => {
  if (encoding === 'utf-8') return Buffer.from(head).toString('utf8', byteOrderMarkLength(head));
  // The head may end within a character; what is invalid is reported when the rows are read.
  return new TextDecoder(encoding).decode(head);
};

/** Yields the records, until the end of the file or an error that stops the scanner. */
async function* readRecords(
  chunks: AsyncIterable<Uint8Array>,
  scanner: RecordScanner,
  parse: ParseRecords,
): AsyncGenerator<CsvRecord> {
  try {
    for await (const chunk of chunks) {
      for (const piece of pieces(chunk)) {
        yield* parse(scanner.push(piece));
        if (scanner.stopped || scanner.ended) return;
      }
    }
  } catch (error) {
    if (!(error instanceof UndecodableText)) throw error;
    scanner.stopAtUndecodable();
    return;
  }
  yield* parse(scanner.end());
}

/** Splits large chunks, so that the rows of one piece fit in memory. */
function* pieces(chunk: Uint8Array): Generator<Buffer> {
  const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  for (let at = 0; at < bytes.length; at += HEAD_BYTES) yield bytes.subarray(at, at + HEAD_BYTES);
}

const readHead = async (chunks: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    parts.push(Uint8Array.from(chunk));
    length += chunk.length;
    if (length >= SAMPLE_BYTES) break;
  }
  return Buffer.concat(parts).subarray(0, SAMPLE_BYTES);
};
