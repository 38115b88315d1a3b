import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { AppError } from '../errors.ts';
import type { ImageResult, ImageTask } from '../images/task.ts';

/** Results that are remembered; each takes some hundred bytes. */
const MAX_RESULTS = 5_000;

type Completed = Extract<ImageResult, { ok: true }>;

interface Known {
  readonly task: ImageTask;
  readonly result: Completed;
  readonly at: number;
}

export interface Coalescer {
  /**
   * Gives the image the result of another one of the same tenant with the same URL and options, or processes it. How
   * soon it is done reveals nothing of what other tenants have.
   * @param since when its request was first seen: results from before that are too old for it
   * @param process null when the image is to be requeued
   */
  run(
    tenant: string,
    task: ImageTask,
    since: number,
    process: () => Promise<ImageResult | null>,
  ): Promise<ImageResult | null>;
}

/** Tenant, options and URL, credentials included; hashed, because a URL may be long. */
const keyOf = (tenant: string, task: ImageTask): string => {
  const { url, quality, format, mozjpeg = false, progressive = false, maxWidth, maxHeight, background } = task;
  const { metadata = 'none' } = task;
  const outputs = task.outputs?.map((output) => [output.format, output.quality, output.maxSide ?? 0]) ?? [];
  const shape = [maxWidth ?? 0, maxHeight ?? 0, background ?? '', metadata, ...outputs];
  const options = [quality, format, mozjpeg, progressive, ...shape];
  return createHash('sha256')
    .update(JSON.stringify([tenant, url, ...options]))
    .digest('base64');
};

/** Failures of the worker and of the store are not the source's. */
const isOfTheSource = ({ code }: Extract<ImageResult, { ok: false }>): boolean =>
  code !== 'worker_crashed' && code !== 'storage_failed';

/**
 * Request coalescing: each source is downloaded and encoded once for all images that need it in the same way at the same
 * time, or later in the same request. Each image gets an output of its own, by a copy that is as durable as a write. All
 * of it is memory: a process that dies loses nothing but the saving.
 * @param copy gives the second image the output of the first; false when that is no longer there
 * @param now milliseconds that never go back
 */
export const createCoalescer = (
  copy: (from: ImageTask, to: ImageTask) => Promise<boolean>,
  now: () => number,
): Coalescer => {
  const inFlight = new Map<string, { readonly leader: ImageTask; readonly work: Promise<ImageResult | null> }>();
  const completed = new LRUCache<string, Known>({ max: MAX_RESULTS });

  const lead = async (key: string, task: ImageTask, process: () => Promise<ImageResult | null>) => {
    const work = process().finally(() => inFlight.delete(key));
    inFlight.set(key, { leader: task, work });
    const result = await work;
    if (result?.ok) completed.set(key, { task, result, at: now() });
    return result;
  };

  /** null: the output is gone, and the image must be processed. */
  const copied = async (from: ImageTask, result: Completed, to: ImageTask): Promise<ImageResult | null> => {
    const begun = now();
    try {
      if (!(await copy(from, to))) return null;
    } catch (error) {
      const { publicMessage } = error instanceof AppError ? error : new AppError('storage_failed');
      return { ok: false, code: 'storage_failed', message: publicMessage, retryable: true };
    }
    return { ...result, timings: { download: 0, encode: 0, store: Math.round(now() - begun) } };
  };

  return {
    async run(tenant, task, since, process) {
      const key = keyOf(tenant, task);
      for (;;) {
        const identical = inFlight.get(key);
        if (identical !== undefined) {
          const result = await identical.work;
          if (result !== null && !result.ok && isOfTheSource(result)) return result;
          const shared = result?.ok ? await copied(identical.leader, result, task) : null;
          if (shared !== null) return shared;
          continue;
        }
        const known = completed.get(key);
        if (known === undefined || known.at < since) return lead(key, task, process);
        const shared = await copied(known.task, known.result, task);
        if (shared !== null) return shared;
        if (completed.get(key) === known) completed.delete(key);
      }
    },
  };
};
