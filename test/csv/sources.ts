import { Readable } from 'node:stream';
import type { ColumnChoice } from '../../src/csv/columns.ts';
import type { OpenFile } from '../../src/csv/encoding.ts';
import { inspectTable, type TableInspection } from '../../src/csv/inspect.ts';
import { openCsv, rowsOf as rowsOfTable } from '../../src/csv/read.ts';
import type { CsvRow } from '../../src/csv/rows.ts';
import type { CsvLimits } from '../../src/csv/table.ts';

export const LIMITS: CsvLimits = { maxRows: 1000, maxUrls: 1000, maxRowBytes: 100_000, maxColumns: 50 };

export const HEADER = 'S. No.,Product Name,Input Image Urls\n';

/** A file that can be reopened, read in chunks of the given size. */
export const fileOf =
  (content: string | Buffer, chunkBytes = 65_536): OpenFile =>
  () => {
    const bytes = Buffer.from(content);
    const chunks: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += chunkBytes) chunks.push(bytes.subarray(at, at + chunkBytes));
    return Readable.from(chunks, { objectMode: false });
  };

export interface InspectOptions {
  readonly limits?: Partial<CsvLimits>;
  readonly onInvalidRow?: 'reject' | 'skip';
  readonly chunkBytes?: number;
  readonly choice?: ColumnChoice;
}

export const inspect = async (content: string | Buffer, options: InspectOptions = {}): Promise<TableInspection> => {
  const open = fileOf(content, options.chunkBytes);
  const table = await openCsv(open, { ...LIMITS, ...options.limits }, options.choice);
  return inspectTable(table, options.onInvalidRow ?? 'reject');
};

/** Line and code of each error, such as `3 csv_invalid_url`. */
export const errorsOf = async (...args: Parameters<typeof inspect>): Promise<string[]> =>
  (await inspect(...args)).errors.map(({ line, code }) => `${line} ${code}`);

export type ReadRow = CsvRow & { readonly urls: readonly string[] };

/** The rows with their URLs alone. */
export const rowsOf = async (content: string | Buffer, chunkBytes?: number): Promise<ReadRow[]> => {
  const rows: ReadRow[] = [];
  const table = await openCsv(fileOf(content, chunkBytes), LIMITS);
  for await (const row of rowsOfTable(table)) rows.push({ ...row, urls: row.images.map(({ url }) => url) });
  return rows;
};
