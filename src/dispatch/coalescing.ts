import { createHash } from 'node:crypto';
import { AppError } from '../errors.ts';
import type { ImageResult, ImageTask } from '../images/task.ts';

/** Results that are remembered; each takes some hundred bytes. */
const REMEMBERED = 5_000;

type Done = Extract<ImageResult, { ok: true }>;

export interface Sharing {
  /**
   * Gives the image the result of another one of the same tenant with the same URL and options, or processes it. How
   * soon it is done tells nobody what other tenants have.
   * @param since when its request was first seen: results that were finished before are too old for it
   * @param process null when the image is to be given back
   */
  share(
    tenant: string,
    task: ImageTask,
    since: number,
    process: () => Promise<ImageResult | null>,
  ): Promise<ImageResult | null>;
}

/** Tenant, options and URL, credentials included; hashed, because a URL may be long. */
const keyOf = (tenant: string, { url, quality, format, mozjpeg = false, progressive = false }: ImageTask): string =>
  createHash('sha256')
    .update(JSON.stringify([tenant, url, quality, format, mozjpeg, progressive]))
    .digest('base64');

/** Failures of the worker and of the store say nothing about the source. */
const isOfTheSource = ({ code }: Extract<ImageResult, { ok: false }>): boolean =>
  code !== 'worker_crashed' && code !== 'storage_failed';

/**
 * Downloads and encodes each source once for all images that ask for it in the same way at the same time, or later in the
 * same request. Each image gets an output of its own, by a copy that is as durable as a write. All of it is memory: a
 * process that dies takes nothing along but the saving.
 * @param copy gives the second image the output of the first; false when that is no longer there
 * @param now milliseconds that only ever grow
 */
export const createSharing = (
  copy: (from: ImageTask, to: ImageTask) => Promise<boolean>,
  now: () => number,
): Sharing => {
  const inWork = new Map<string, Promise<ImageResult | null>>();
  const firsts = new Map<string, ImageTask>();
  const remembered = new Map<string, { readonly task: ImageTask; readonly result: Done; readonly at: number }>();

  const remember = (key: string, task: ImageTask, result: Done): void => {
    remembered.delete(key);
    remembered.set(key, { task, result, at: now() });
    if (remembered.size <= REMEMBERED) return;
    for (const oldest of remembered.keys()) {
      remembered.delete(oldest);
      break;
    }
  };

  const first = (key: string, task: ImageTask, process: () => Promise<ImageResult | null>) => {
    const work = process().finally(() => {
      inWork.delete(key);
      firsts.delete(key);
    });
    inWork.set(key, work);
    firsts.set(key, task);
    return work.then((result) => {
      if (result?.ok) remember(key, task, result);
      return result;
    });
  };

  /** null: the output is gone, and the image must be processed. */
  const copied = async (from: ImageTask, result: Done, to: ImageTask): Promise<ImageResult | null> => {
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
    async share(tenant, task, since, process) {
      const key = keyOf(tenant, task);
      for (;;) {
        const work = inWork.get(key);
        const leader = firsts.get(key);
        if (work !== undefined && leader !== undefined) {
          const result = await work;
          if (result !== null && !result.ok && isOfTheSource(result)) return result;
          const shared = result?.ok ? await copied(leader, result, task) : null;
          if (shared !== null) return shared;
          continue;
        }
        const known = remembered.get(key);
        if (known === undefined || known.at < since) return first(key, task, process);
        const shared = await copied(known.task, known.result, task);
        if (shared !== null) return shared;
        if (remembered.get(key) === known) remembered.delete(key);
      }
    },
  };
};
