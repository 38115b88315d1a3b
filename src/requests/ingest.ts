import { v4 as uuid } from 'uuid';
import { type CsvLimits, type CsvRow, inspectCsv, type OpenCsv, readCsvRows } from '../csv/read.ts';
import { urlFault } from '../csv/urls.ts';
import { AppError } from '../errors.ts';
import type { Models } from './models.ts';
import type { RequestStore } from './request-store.ts';
import { type ImageRecord, NO_COUNTS, type RequestOptions, type RequestRecord, type RowChunkRecord } from './types.ts';

/** Images of one insert, and rows of one chunk; a chunk also ends before it grows past a sixteenth of a document. */
const IMAGES_PER_INSERT = 1_000;
const ROWS_PER_CHUNK = 500;
const CHUNK_CHARACTERS = 1_000_000;

export interface Upload {
  readonly options: RequestOptions;
  readonly onInvalidRow: 'reject' | 'skip';
  readonly webhook?: { readonly url: string; readonly secret?: string };
}

export type Ingest = (open: OpenCsv, upload: Upload) => Promise<{ requestId: string; total: number }>;

/**
 * Takes a CSV in: the whole file is checked before anything is stored, and the request is seen by nobody until every
 * image is durable. A crash on the way leaves an `ingesting` request, which the reconciler removes.
 */
export const createIngest =
  (models: Models, requests: RequestStore, limits: CsvLimits, now: () => Date): Ingest =>
  async (open, upload) => {
    const table = await inspectCsv(open, limits, upload.onInvalidRow);
    if (table.faultCount > 0) {
      throw new AppError('csv_invalid', undefined, {
        details: { errorCount: table.faultCount, errors: table.faults },
      });
    }

    const requestId = uuid();
    const createdAt = now();
    const record: RequestRecord = {
      _id: requestId,
      state: 'ingesting',
      run: 1,
      createdAt,
      heartbeatAt: createdAt,
      options: upload.options,
      csv: { header: table.dialect.header, delimiter: table.dialect.delimiter, chunks: 0 },
      total: 0,
      counters: NO_COUNTS,
      ...(upload.webhook === undefined ? {} : { webhook: upload.webhook }),
    };
    await requests.insert(record);
    try {
      const stored = await storeRows(models, requests, requestId, readCsvRows(open, limits));
      if (!(await requests.activate(requestId, stored))) {
        throw new AppError(
          'database_unavailable',
          'The upload took too long to store and was given up. Send it again.',
        );
      }
      return { requestId, total: stored.total };
    } catch (error) {
      // Best effort: where the database is what failed, the reconciler does it later.
      await requests.discard(requestId).catch(() => undefined);
      throw error;
    }
  };

const storeRows = async (
  models: Models,
  requests: RequestStore,
  requestId: string,
  rows: AsyncIterable<CsvRow>,
): Promise<{ total: number; chunks: number; failed: number }> => {
  let images: ImageRecord[] = [];
  let chunk: string[][] = [];
  let chunkCharacters = 0;
  let total = 0;
  let chunks = 0;
  let failed = 0;
  let rowCount = 0;

  const flushImages = async (): Promise<void> => {
    await models.images.insertMany(images, { lean: true, ordered: false });
    images = [];
    await requests.touch(requestId);
  };
  const flushChunk = async (): Promise<void> => {
    const record: RowChunkRecord = { _id: `${requestId}:${chunks}`, firstRow: rowCount - chunk.length, rows: chunk };
    await models.rows.insertMany([record], { lean: true });
    chunks += 1;
    chunk = [];
    chunkCharacters = 0;
  };

  for await (const row of rows) {
    for (const [index, url] of row.urls.entries()) {
      const image = newImage(requestId, total, row, index, url);
      images.push(image);
      total += 1;
      if (image.status === 'failed') failed += 1;
      if (images.length === IMAGES_PER_INSERT) await flushImages();
    }
    chunk.push(row.cells);
    rowCount += 1;
    chunkCharacters += row.cells.reduce((sum, cell) => sum + cell.length, 0);
    if (chunk.length === ROWS_PER_CHUNK || chunkCharacters >= CHUNK_CHARACTERS) await flushChunk();
  }
  if (images.length > 0) await flushImages();
  if (chunk.length > 0) await flushChunk();
  return { total, chunks, failed };
};

const newImage = (requestId: string, seq: number, row: CsvRow, index: number, inputUrl: string): ImageRecord => {
  const image = {
    _id: uuid(),
    requestId,
    seq,
    row: row.index,
    index,
    serialNumber: row.serialNumber,
    productName: row.productName,
    inputUrl,
    attempts: 0,
    reports: 0,
  };
  const fault = urlFault(inputUrl);
  // Only where the uploader asked to skip what is invalid: it keeps its place, and an empty one in the output.
  if (fault !== null) return { ...image, status: 'failed', error: { code: 'invalid_url', message: fault } };
  return { ...image, status: 'pending', nextAt: new Date(seq) };
};
