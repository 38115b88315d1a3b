import { Readable } from 'node:stream';
import {
  type CsvInspection,
  type CsvLimits,
  type CsvRow,
  inspectCsv,
  type OpenCsv,
  readCsvRows,
} from '../../src/csv/read.ts';

export const LIMITS: CsvLimits = { maxRows: 1000, maxUrls: 1000, maxRowBytes: 100_000, maxColumns: 50 };

export const HEADER = 'S. No.,Product Name,Input Image Urls\n';

/** A file that can be reopened, read in chunks of the given size. */
export const fileOf =
  (content: string | Buffer, chunkBytes = 65_536): OpenCsv =>
  () => {
    const bytes = Buffer.from(content);
    const chunks: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += chunkBytes) chunks.push(bytes.subarray(at, at + chunkBytes));
    return Readable.from(chunks, { objectMode: false });
  };

export const inspect = (
  content: string | Buffer,
  options: { limits?: Partial<CsvLimits>; onInvalidRow?: 'reject' | 'skip'; chunkBytes?: number } = {},
): Promise<CsvInspection> =>
  inspectCsv(fileOf(content, options.chunkBytes), { ...LIMITS, ...options.limits }, options.onInvalidRow ?? 'reject');

/** Line and code of each error, such as `3 csv_invalid_url`. */
export const errorsOf = async (...args: Parameters<typeof inspect>): Promise<string[]> =>
  (await inspect(...args)).errors.map(({ line, code }) => `${line} ${code}`);

export const rowsOf = async (content: string | Buffer, chunkBytes?: number): Promise<CsvRow[]> => {
  const rows: CsvRow[] = [];
  for await (const row of readCsvRows(fileOf(content, chunkBytes), LIMITS)) rows.push(row);
  return rows;
};
