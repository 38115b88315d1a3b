import { outputNames } from '../storage/output-names.ts';
import type { RemovableRequest, RemovalStore } from './removal-store.ts';
import { PAGE_SIZE } from './request-store.ts';

/** Outputs that are removed at the same time. */
const FILES_AT_ONCE = 16;

export interface RetentionDeps {
  readonly store: RemovalStore;
  /** Removes an output; one that is not there is fine. */
  readonly removeOutput: (name: string) => Promise<void>;
  readonly forgetDeliveries: (requestId: string) => Promise<void>;
  /** The database's clock. */
  readonly now: () => Date;
  /** How long finished requests are kept; 0: for ever, and only removals that have begun are completed. */
  readonly retentionMs: number;
  readonly log: { info(facts: object, message: string): void; warn(facts: object, message: string): void };
}

/**
 * Removes requests whose retention is over. The order makes it safe to be cut off anywhere: first the request is hidden,
 * then page by page the outputs and after them the images that name them, so that no output is left without a name; then
 * rows, deliveries and upload key, and last the request itself, by which the next run finds what is left.
 */
export const createRetention = (deps: RetentionDeps) => {
  const { store, removeOutput, forgetDeliveries, now, retentionMs, log } = deps;

  /** False when it was stopped on the way. */
  const remove = async (request: RemovableRequest, stopping: AbortSignal): Promise<boolean> => {
    const { _id, options, total, csv, uploadKey } = request;
    for (let from = 0; from < total; from += PAGE_SIZE) {
      if (stopping.aborted) return false;
      // Of failed images too: a process that died right after the rename left an output behind.
      const names = (await store.imageIds(_id, from)).flatMap((id) => outputNames(id, options));
      for (let at = 0; at < names.length; at += FILES_AT_ONCE) {
        await Promise.all(names.slice(at, at + FILES_AT_ONCE).map(removeOutput));
      }
      if (names.length > 0) await store.removeImages(_id, from);
    }
    await store.removeRows(_id, csv.chunks);
    await forgetDeliveries(_id);
    if (uploadKey !== undefined) await store.removeUploadKey(_id, uploadKey);
    await store.removeRequest(_id);
    log.info({ requestId: _id, images: total }, 'request removed, its retention is over');
    return true;
  };

  /** A request that cannot be removed now, because the image store fails, must not hold up the others. */
  const tryRemove = async (request: RemovableRequest, stopping: AbortSignal): Promise<void> => {
    try {
      await remove(request, stopping);
    } catch (error) {
      log.warn({ requestId: request._id, err: error }, 'a request could not be removed; the next run tries again');
    }
  };

  return async (stopping: AbortSignal): Promise<void> => {
    for (let page = await store.begun(); page.length > 0; page = await store.begun(page.at(-1)?._id)) {
      for (const request of page) {
        if (stopping.aborted) return;
        await tryRemove(request, stopping);
      }
    }
    if (retentionMs === 0) return;
    const before = new Date(now().getTime() - retentionMs);
    for (let page = await store.finishedBefore(before); page.length > 0; ) {
      for (const request of page) {
        if (stopping.aborted) return;
        if (await store.begin(request)) await tryRemove(request, stopping);
      }
      page = await store.finishedBefore(before, page.at(-1)?.finishedAt);
    }
  };
};
