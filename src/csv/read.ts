import type { Readable } from 'node:stream';
import csvParser from 'csv-parser';
import { AppError } from '../errors.ts';
import type { CsvError, CsvErrorCode } from './csv-errors.ts';
import type { Delimiter } from './record.ts';
import type { CsvRow } from './rows.ts';
import { RecordScanner, type ScannedRecords } from './scanner.ts';
import { byteOrderMarkLength, detectDelimiter, detectWrongFileType, HEAD_BYTES } from './sniff.ts';
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

export type { CsvDialect, CsvError, CsvErrorCode, CsvInspection, CsvLimits, CsvRow };

/** Opens the file at its beginning; called once per pass. */
export type OpenCsv = () => Readable;

/**
 * Reads the whole CSV and reports all its errors; invalid content never throws.
 * @param onInvalidRow `skip`: rows without URLs and invalid URLs are ignored if the file has at least one valid URL
 * @throws only errors of the stream
 */
export const inspectCsv = (open: OpenCsv, limits: CsvLimits, onInvalidRow: 'reject' | 'skip'): Promise<CsvInspection> =>
  inspectItems(readItems(open, limits), onInvalidRow);

/**
 * Yields the rows of a CSV that {@link inspectCsv} accepted, in order, including any invalid URLs.
 * @throws AppError `csv_invalid` on an error of the file as a whole, which an accepted file does not have
 */
export async function* readCsvRows(open: OpenCsv, limits: CsvLimits): AsyncGenerator<CsvRow> {
  for await (const item of readItems(open, limits)) {
    if (item.kind === 'row') yield item.row;
    if (item.kind === 'error') {
      throw new AppError('csv_invalid', undefined, { details: { errorCount: 1, errors: [item.error] } });
    }
  }
}

async function* readItems(open: OpenCsv, limits: CsvLimits): AsyncGenerator<TableItem> {
  const head = await readHead(open);
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
  yield* tableItems(readRecords(open, scanner, delimiter), delimiter, limits, scanner);
}

/** Yields the records parsed by csv-parser, until the end of the file or an error that stops the scanner. */
async function* readRecords(open: OpenCsv, scanner: RecordScanner, separator: Delimiter): AsyncGenerator<CsvRecord> {
  const parser = csvParser({ headers: false, separator });
  const parse = ({ bytes, lines }: ScannedRecords): CsvRecord[] => {
    if (lines.length === 0) return [];
    // Only whole records are written, so csv-parser has parsed all of them when `write` returns. Reading them at once
    // pairs each with its line number without a promise per record.
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

/** Splits large chunks, so that the rows of one piece fit in memory. */
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
