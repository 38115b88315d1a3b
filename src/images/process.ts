import { crc32 } from 'node:zlib';
import type { LimitFunction } from 'p-limit';
import { AppError, IMAGE_ERRORS, type ImageErrorCode } from '../errors.ts';
import { directUrl, type ShareLink, shareLoginMessage, sharePageMessage } from '../network/fetch/share-links.ts';
import { OUTPUT_FORMATS, type OutputFormat } from '../output-formats.ts';
import { DeadlineExceeded, withDeadline } from '../timing/deadline.ts';
import type { Compressed } from './compress.ts';
import { compressOutputs, estimateFor, readHeaderFor } from './outputs.ts';
import type { Stage } from './pool/channel.ts';
import { requireReadable, sniff } from './sniff.ts';
import type { Download, DownloadDeps } from './source/download.ts';
import { fetchSource, type OpenObject, type SourceDeps } from './source/source.ts';
import {
  DEFAULT_STAGE_SECONDS,
  type FurtherOutput,
  type ImageLimits,
  type ImageResult,
  type ImageTask,
} from './task.ts';

export interface ProcessorDeps<Task extends ImageTask = ImageTask> {
  readonly agents: DownloadDeps['agents'];
  readonly limits: ImageLimits;
  readonly userAgent?: DownloadDeps['userAgent'];
  readonly sourceHeaders?: DownloadDeps['sourceHeaders'];
  /** For `s3://` sources; absent if none are allowed. */
  readonly openObject?: OpenObject;
  /** Waits for a share of the pixel and memory budgets. */
  readonly admit: (task: Task, pixels: number, bytes: number, roundTripMs: number | undefined) => Promise<void>;
  readonly freeBytes?: DownloadDeps['freeBytes'];
  /** Waits until the source may use this many bytes; unlimited if absent. */
  readonly grow?: (task: Task, bytes: number) => Promise<void>;
  /** For the sample photos; absent if there are none. */
  readonly readSample?: (name: string) => Promise<Download>;
  /** Stores an output of the task atomically; `position` is 0 for the first. */
  readonly store: (task: ImageTask, bytes: Uint8Array, position: number, ends: readonly AbortSignal[]) => Promise<void>;
  /** Reports that the task has entered a stage. */
  readonly enter?: (task: Task, stage: Stage) => void;
  /** Bounds the images that are encoded at the same time in this thread; downloads are not limited by it. */
  readonly limitEncodes: LimitFunction;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

const isImageCode = (code: string): code is ImageErrorCode => Object.hasOwn(IMAGE_ERRORS, code);

const failed = (error: AppError): ImageResult => {
  const code = isImageCode(error.code) ? error.code : 'storage_failed';
  const { retryAfterMs } = error.details;
  return {
    ok: false,
    code,
    message: error.publicMessage,
    retryable: IMAGE_ERRORS[code].retryable,
    ...(typeof retryAfterMs === 'number' ? { retryAfterMs } : {}),
  };
};

/** Runs a step, records its duration, and gives unexpected errors the step's code. */
const step = async <Result>(
  timings: Record<'download' | 'encode' | 'store', number>,
  name: keyof typeof timings,
  code: ImageErrorCode,
  work: () => Promise<Result>,
): Promise<Result> => {
  const startedAt = performance.now();
  try {
    return await work();
  } catch (error) {
    throw error instanceof AppError ? error : new AppError(code, undefined, { cause: error });
  } finally {
    timings[name] = Math.round(performance.now() - startedAt);
  }
};

/** Runs a stage within its deadline. */
const within = async <Result>(
  seconds: number,
  code: ImageErrorCode,
  what: string,
  work: (late: AbortSignal) => Promise<Result>,
): Promise<Result> => {
  try {
    return await withDeadline(seconds * 1000, work);
  } catch (error) {
    if (!(error instanceof DeadlineExceeded)) throw error;
    throw new AppError(code, `It took longer than ${seconds} seconds to ${what}.`, { cause: error });
  }
};

/** No header of this server's operator opens a share that asks for a login, so the usual hint would mislead. */
const fetchShared = async (share: ShareLink, fetch: () => Promise<Download>): Promise<Download> => {
  const source = await fetch().catch((error: unknown) => {
    if (!(error instanceof AppError) || error.code !== 'source_unauthorized') throw error;
    throw new AppError(error.code, shareLoginMessage(share.service), { cause: error });
  });
  if (sniff(source.bytes) !== 'html') return source;
  throw new AppError('not_an_image', sharePageMessage(share.service, source.bytes));
};

/** Stores the outputs, the first last: where it is, the others are. A lost lease or deadline ends it between two. */
const storeOutputs = async (
  store: ProcessorDeps['store'],
  task: ImageTask,
  outputs: readonly Compressed[],
  ends: readonly AbortSignal[],
): Promise<void> => {
  for (const [position, { bytes }] of [...outputs.entries()].reverse()) {
    for (const end of ends) end.throwIfAborted();
    await store(task, bytes, position, ends);
  }
};

const sizesOf = ({ bytes, width, height }: Compressed): FurtherOutput => ({ bytes: bytes.length, width, height });

const MIB = 1024 * 1024;

/** Rejects images that can never fit into the memory budget. */
const requireWithinBudget = (
  cost: number,
  { width, height }: { readonly width: number; readonly height: number },
  format: OutputFormat,
  maxBytes = Number.POSITIVE_INFINITY,
): void => {
  if (cost <= maxBytes) return;
  throw new AppError(
    'too_many_pixels',
    `The image has ${width} × ${height} pixels and would need about ${Math.ceil(cost / MIB)} MiB of memory to become ${OUTPUT_FORMATS[format].label}; this server allows ${Math.floor(maxBytes / MIB)} MiB for one image (MAX_DECODE_BYTES_IN_FLIGHT).`,
  );
};

/** Downloads, compresses and stores, or returns, one image; the returned function never rejects. */
export const createProcessor = <Task extends ImageTask>(
  deps: ProcessorDeps<Task>,
): ((task: Task, signal?: AbortSignal) => Promise<ImageResult>) => {
  const { limits, admit, grow, store, limitEncodes, enter = () => {} } = deps;
  const sourceDeps = (task: Task, signal: AbortSignal | undefined): SourceDeps => ({
    agents: deps.agents,
    limits,
    now: deps.now,
    ...(deps.userAgent !== undefined && { userAgent: deps.userAgent }),
    ...(deps.sourceHeaders && { sourceHeaders: deps.sourceHeaders }),
    ...(signal && { signal }),
    ...(deps.openObject && { openObject: deps.openObject }),
    ...(deps.freeBytes !== undefined && { freeBytes: deps.freeBytes }),
    ...(grow && { grow: (bytes: number) => grow(task, bytes) }),
  });

  return async (task, signal) => {
    const timings = { download: 0, encode: 0, store: 0 };
    const {
      maxPixels,
      maxDecodeSeconds,
      maxEncodeSeconds: maxSeconds,
      maxStoreSeconds,
    } = {
      ...DEFAULT_STAGE_SECONDS,
      ...limits,
    };
    const share = directUrl(task.url);
    try {
      const source = await step(timings, 'download', 'connection_failed', () => {
        if (task.sample !== undefined && deps.readSample) return deps.readSample(task.sample);
        const fetch = () => fetchSource(share?.url ?? task.url, sourceDeps(task, signal));
        return share === null ? fetch() : fetchShared(share, fetch);
      });
      const kind = requireReadable(source.bytes, source.contentType);
      enter(task, 'decode');
      const header = await within(maxDecodeSeconds, 'processing_timeout', 'read the header of the image', () =>
        readHeaderFor(source.bytes, { ...task, maxPixels, source: kind }),
      );
      const cost = estimateFor(source.bytes, header, kind, task);
      requireWithinBudget(cost, header, task.format, limits.maxDecodeBytesInFlight);
      // Before taking an encode slot: an image that waits for memory must not block one that has it.
      enter(task, 'waiting');
      await admit(task, header.width * header.height, cost, source.roundTripMs);
      const output = await limitEncodes(() =>
        step(timings, 'encode', 'corrupt_image', async () => {
          signal?.throwIfAborted();
          enter(task, 'encode');
          return compressOutputs(source.bytes, { ...task, source: kind, maxPixels, maxSeconds }, header);
        }),
      );
      enter(task, 'store');
      signal?.throwIfAborted();
      if (task.returnUpTo === undefined) {
        await step(timings, 'store', 'storage_failed', () =>
          within(maxStoreSeconds, 'storage_failed', 'store the image', (late) =>
            storeOutputs(store, task, [output, ...(output.further ?? [])], [late, ...(signal ? [signal] : [])]),
          ),
        );
      }
      return {
        ok: true,
        bytesIn: source.bytes.length,
        crc32: crc32(source.bytes),
        bytesOut: output.bytes.length,
        width: output.width,
        height: output.height,
        notes: share === null || share.url === task.url ? output.notes : [...output.notes, 'share_link'],
        ...(output.further && { further: output.further.map(sizesOf) }),
        ...(output.bytes.length <= (task.returnUpTo ?? -1) && { output: new Uint8Array(output.bytes) }),
        timings,
      };
    } catch (error) {
      return failed(error instanceof AppError ? error : new AppError('worker_crashed', undefined, { cause: error }));
    }
  };
};
