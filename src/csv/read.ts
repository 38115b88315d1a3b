import type { Readable } from 'node:stream';
import csvParser from 'csv-parser';
import { AppError } from '../errors.ts';
import type { CsvFault, CsvFaultCode } from './faults.ts';
import type { Delimiter } from './record.ts';
import type { CsvRow } from './rows.ts';
import { RecordScanner, type ScannedRecords } from './scanner.ts';
import { byteOrderMarkLength, detectDelimiter, HEAD_BYTES, sniffFault } from './sniff.ts';
import {
  type CsvDialect,
  type CsvInspection,
  type CsvLimits,
  type CsvRecord,
  inspectItems,
  maxCells,
  type TableItem,
  tableItems,
} from './table.ts';

export type { CsvDialect, CsvFault, CsvFaultCode, CsvInspection, CsvLimits, CsvRow };

/** Opens the file at its beginning; called again for each look at it. */
export type OpenCsv = () => Readable;

/**
 * Reads a CSV to its end and tells everything that is wrong with it; content is never a reason to throw.
 * @param onInvalidRow `skip`: rows without URLs and invalid URLs are no faults as long as one URL in the file is good
 * @throws only what the stream fails with
 */
export const inspectCsv = (open: OpenCsv, limits: CsvLimits, onInvalidRow: 'reject' | 'skip'): Promise<CsvInspection> =>
  inspectItems(readItems(open, limits), onInvalidRow);

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

async function* readItems(open: OpenCsv, limits: CsvLimits): AsyncGenerator<TableItem> {
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
    maxCells: maxCells(limits),
    skipBytes: byteOrderMarkLength(head),
  });
  yield* tableItems(readRecords(open, scanner, delimiter), delimiter, limits, scanner);
}

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
