import { v4 as uuid } from 'uuid';
import { inspectTable, type TableInspection } from '../csv/inspect.ts';
import type { OutputMode } from '../csv/output.ts';
import { rowsOf } from '../csv/read.ts';
import type { CsvImage, CsvRow } from '../csv/rows.ts';
import type { CsvLimits, Table, TableDialect } from '../csv/table.ts';
import { MAX_URL_CHARACTERS, sourceError } from '../csv/urls.ts';
import type { FormulaMode } from '../csv/write.ts';
import { AppError } from '../errors.ts';
import { SCHEMA_VERSION } from '../schema-version.ts';
import { withDeadline } from '../timing/deadline.ts';
import { createTimedCalls, type TimedCalls } from '../timing/timed-calls.ts';
import type { Models } from './models.ts';
import type { ActiveRequest, RequestStore } from './request-store.ts';
import { storedTenant } from './tenant.ts';
import { type ImageRecord, NO_COUNTS, type RequestOptions, type RequestRecord, type RowChunkRecord } from './types.ts';

/** For each call to the database: longer than an election, and short enough to answer within about 15 s. */
export const UPLOAD_CALL_MS = 13_000;
/** An answer waits no longer for the removal of what was stored; it goes on, and the reconciler does the rest. */
const DISCARD_WITHIN_MS = 2_000;

/** Images of one insert, and rows of one chunk. */
export const IMAGES_PER_INSERT = 1_000;
const ROWS_PER_CHUNK = 500;
/** A chunk ends before it grows past this, unless a single row is larger (8 MiB and 120,000 cells at most). */
const CHUNK_BYTES = 1024 * 1024;
/** What BSON adds to a value in an array: its type, its index in digits, its length and a zero byte. */
const BSON_ELEMENT_BYTES = 13;

export interface Upload {
  /** Absent: none. */
  readonly name?: string;
  readonly label?: string;
  /** A JSON object of texts. */
  readonly metadata?: string;
  readonly options: RequestOptions;
  readonly onInvalidRow: 'reject' | 'skip';
  /** How the output is written, unless its reader asks for something else. */
  readonly output: { readonly mode: OutputMode; readonly formulas: FormulaMode; readonly bom?: boolean };
  readonly webhook?: { readonly url: string; readonly secret?: string; readonly servedAt?: string };
  /** The key under which at most one request is made. */
  readonly key?: {
    readonly id: string;
    /** Called with the request's id before it can become active; throws when the key is lost. */
    readonly bind: (requestId: string) => Promise<void>;
  };
  readonly tenant: string;
  /** Whose quota its images count against; see `client` of the record. */
  readonly client: string;
}

export interface IngestLimits extends CsvLimits {
  /** Unfinished images that each client may have, the ones of this upload included. */
  readonly maxQueuedImages: number;
}

/** What of an upload was read so far; its last images may not be stored yet. */
interface Progress {
  total: number;
  chunks: number;
  failed: number;
}

export const tookTooLong = (): AppError =>
  new AppError('database_unavailable', 'Storing the upload took too long. Upload it again.');

export interface Ingested {
  readonly requestId: string;
  /** As it became active. */
  readonly request: ActiveRequest;
  readonly total: number;
  /** How many of them have failed already, because their URL is invalid. */
  readonly invalid: number;
  readonly inspection: TableInspection;
}

/** @param giveUp aborted, with the error to answer, when the service stops and can wait no longer */
export type Ingest = (table: Table, upload: Upload, giveUp: AbortSignal) => Promise<Ingested>;

/**
 * Stores a table as a request: the whole file is checked before anything is stored, and the request stays hidden until every
 * image is durable. A crash on the way leaves an `ingesting` request, which the reconciler removes.
 */
export const createIngest =
  (
    models: Models,
    requests: RequestStore,
    limits: IngestLimits,
    now: () => Date,
    callMs: number = UPLOAD_CALL_MS,
  ): Ingest =>
  async (table, upload, giveUp) => {
    const inspection = await inspectTable(table, upload.onInvalidRow);
    const { dialect, errorCount, errorKinds, errors } = inspection;
    if (errorCount > 0 || dialect === null) {
      throw new AppError('csv_invalid', undefined, { details: { errorCount, errorKinds, errors } });
    }

    const requestId = uuid();
    const createdAt = now();
    const record: RequestRecord = {
      _id: requestId,
      schemaVersion: SCHEMA_VERSION,
      state: 'ingesting',
      run: 1,
      createdAt,
      heartbeatAt: createdAt,
      options: upload.options,
      csv: { ...storedDialect(dialect, upload.output), chunks: 0 },
      // What it will hold at most; the quota of uploads at the same time counts it from now on.
      total: inspection.urls,
      counters: NO_COUNTS,
      ...(upload.webhook === undefined ? {} : { webhook: upload.webhook }),
      ...(upload.name === undefined ? {} : { name: upload.name }),
      ...(upload.label === undefined ? {} : { label: upload.label }),
      ...(upload.metadata === undefined ? {} : { metadata: upload.metadata }),
      ...storedTenant(upload.tenant),
      client: upload.client,
      ...(upload.key === undefined ? {} : { uploadKey: upload.key.id }),
    };
    const { inTime, goesOn, ended } = createTimedCalls(callMs, tookTooLong);
    const progress: Progress = { total: 0, chunks: 0, failed: 0 };
    const ingested = (): Ingested => {
      const { total, failed } = progress;
      const counters = { ...NO_COUNTS, failed };
      const { options } = upload;
      return {
        ...{ requestId, total, invalid: failed, inspection },
        request: { _id: requestId, state: 'queued', run: 1, options, total, counters, heartbeatAt: now() },
      };
    };
    try {
      await inTime(() => requests.insert(record));
      // After the insert and before all else: whoever takes the key over finds the request by it, and can condemn it.
      await inTime(async () => upload.key?.bind(requestId));
      await inTime(() => assertWithinQuota(requests, upload.client, inspection.urls, limits.maxQueuedImages));
      await storeRows(models, requests, requestId, rowsOf(table), limits.sourceBuckets ?? [], progress, inTime, giveUp);
      giveUp.throwIfAborted();
      if (!(await inTime(() => requests.activate(requestId, progress)))) throw tookTooLong();
      return ingested();
    } catch (error) {
      // Best effort: where the database is what failed, the reconciler does it later. Never before the last write has ended,
      // which would come after its removal; the answer does not wait for that.
      const late = goesOn();
      const discarding = ended().then(() => requests.discard(requestId, { ...progress, chunks: progress.chunks + 1 }));
      const gone = await withDeadline(late ? 0 : DISCARD_WITHIN_MS, () => discarding).catch(() => true);
      // It is active: only the answer to the activation, its last write, was lost.
      if (!gone) return ingested();
      throw error;
    }
  };

/** Only what differs from the assignment's file is stored with its name. */
const storedDialect = (dialect: TableDialect, output: Upload['output']): Omit<RequestRecord['csv'], 'chunks'> => {
  const { header, delimiter, columns, preamble, separatorLine } = dialect;
  // Excel writes Windows-1252, and garbles an output in UTF-8 that has no byte order mark.
  const bom = output.bom ?? (dialect.bom || dialect.encoding === 'windows-1252');
  return {
    ...{ header, delimiter, columns },
    ...(preamble.length === 0 ? {} : { preamble }),
    ...(separatorLine ? { separatorLine } : {}),
    ...(bom ? { bom: true } : {}),
    ...(output.mode === 'add' ? {} : { output: output.mode }),
    ...(output.formulas === 'escape' ? {} : { formulas: output.formulas }),
  };
};

/**
 * Looks after the request was inserted, so that of two uploads at the same moment each sees the other: both may be
 * refused, and never both taken.
 */
const assertWithinQuota = async (
  requests: RequestStore,
  client: string,
  added: number,
  limit: number,
): Promise<void> => {
  const queued = await requests.unfinishedImages(client);
  if (queued <= limit) return;
  throw new AppError(
    'quota_exceeded',
    `The upload has ${added} images and ${queued - added} of yours are still queued; the limit is ${limit}. Upload again when some have finished.`,
    { details: { limit, queued: queued - added, added } },
  );
};

const storeRows = async (
  models: Models,
  requests: RequestStore,
  requestId: string,
  rows: AsyncIterable<CsvRow>,
  sourceBuckets: readonly string[],
  progress: Progress,
  inTime: TimedCalls['inTime'],
  giveUp: AbortSignal,
): Promise<void> => {
  let images: ImageRecord[] = [];
  let chunk: string[][] = [];
  let chunkBytes = 0;
  let rowCount = 0;

  const touch = async (): Promise<void> => {
    giveUp.throwIfAborted();
    if (!(await inTime(() => requests.touch(requestId, progress)))) throw tookTooLong();
  };

  const flushImages = async (): Promise<void> => {
    await inTime(() => models.images.insertMany(images, { lean: true, ordered: false }));
    images = [];
  };
  const flushChunk = async (): Promise<void> => {
    const record: RowChunkRecord = {
      _id: `${requestId}:${progress.chunks}`,
      firstRow: rowCount - chunk.length,
      rows: chunk,
    };
    await inTime(() => models.rows.insertMany([record], { lean: true }));
    progress.chunks += 1;
    chunk = [];
    chunkBytes = 0;
  };

  for await (const row of rows) {
    for (const [index, found] of row.images.entries()) {
      const image = newImage(requestId, progress.total, row, index, found, sourceBuckets);
      images.push(image);
      progress.total += 1;
      if (image.status === 'failed') progress.failed += 1;
      if (images.length === IMAGES_PER_INSERT) {
        await flushImages();
        await touch();
      }
    }
    const bytes = storedBytes(row.cells);
    if (chunk.length === ROWS_PER_CHUNK || (chunk.length > 0 && chunkBytes + bytes > CHUNK_BYTES)) {
      await flushChunk();
      await touch();
    }
    chunk.push(row.cells);
    rowCount += 1;
    chunkBytes += bytes;
  }
  // The activation follows at once, and finds out as well whether the upload was swept away.
  if (images.length > 0) await flushImages();
  if (chunk.length > 0) await flushChunk();
};

const storedBytes = (cells: readonly string[]): number =>
  cells.reduce((sum, cell) => sum + Buffer.byteLength(cell) + BSON_ELEMENT_BYTES, BSON_ELEMENT_BYTES);

const newImage = (
  requestId: string,
  seq: number,
  row: CsvRow,
  index: number,
  { url: inputUrl, column }: CsvImage,
  sourceBuckets: readonly string[],
): ImageRecord => {
  const image = {
    _id: uuid(),
    requestId,
    seq,
    row: row.index,
    index,
    ...(column === 0 ? {} : { column }),
    ...(index === 0 ? { serialNumber: row.serialNumber, productName: row.productName } : {}),
    inputUrl: inputUrl.slice(0, MAX_URL_CHARACTERS),
    attempts: 0,
    reports: 0,
  };
  const error = sourceError(inputUrl, sourceBuckets);
  // Only where the uploader asked to skip what is invalid: it keeps its place, and an empty one in the output.
  if (error !== null) {
    const code = error.code === 'csv_bucket_not_allowed' ? 'source_bucket_not_allowed' : 'invalid_url';
    return { ...image, status: 'failed', skipped: true, error: { code, message: error.message } };
  }
  return { ...image, status: 'pending', nextAt: new Date(seq) };
};
