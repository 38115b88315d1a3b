import { outputName } from '../storage/storage.ts';
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
  /** How long finished requests are kept; 0: for ever, and only removals that were begun are brought to their end. */
  readonly retentionMs: number;
  readonly log: { info(facts: object, message: string): void; warn(facts: object, message: string): void };
}

/**
 * One round of removing requests whose time is over. The order makes it safe to be cut off anywhere: first the request
 * vanishes for those who ask, then page by page the outputs and after them the images that name them, so that no output
 * is left that nothing names; then rows, deliveries and upload key, and the request, which the next round finds by, last.
 */
export const createRetention = (deps: RetentionDeps) => {
  const { store, removeOutput, forgetDeliveries, now, retentionMs, log } = deps;

  /** False when it was told to stop on the way. */
  const remove = async (request: RemovableRequest, stopping: AbortSignal): Promise<boolean> => {
    const { _id, options, total, csv, uploadKey } = request;
    for (let from = 0; from < total; from += PAGE_SIZE) {
      if (stopping.aborted) return false;
      // Those of images that failed too: a process that died after the rename left one without saying so.
      const names = (await store.imageIds(_id, from)).map((id) => outputName(id, options.format));
      for (let at = 0; at < names.length; at += FILES_AT_ONCE) {
        await Promise.all(names.slice(at, at + FILES_AT_ONCE).map(removeOutput));
      }
      if (names.length > 0) await store.removeImages(_id, from);
    }
    await store.removeRows(_id, csv.chunks);
    await forgetDeliveries(_id);
    if (uploadKey !== undefined) await store.removeUploadKey(_id, uploadKey);
    await store.removeRequest(_id);
    log.info({ requestId: _id, images: total }, 'request removed, its time was over');
    return true;
  };

  /** One request that cannot be removed now, for want of the image store, must not hold up the others. */
  const tryRemove = async (request: RemovableRequest, stopping: AbortSignal): Promise<void> => {
    try {
      await remove(request, stopping);
    } catch (error) {
      log.warn({ requestId: request._id, err: error }, 'the removal of a request goes on in the next round');
    }
  };

  return async (stopping: AbortSignal): Promise<void> => {
    for (const request of await store.begun()) {
      if (!stopping.aborted) await tryRemove(request, stopping);
    }
    if (retentionMs === 0) return;
    for (let begun = 1; begun > 0 && !stopping.aborted; ) {
      begun = 0;
      for (const request of await store.finishedBefore(new Date(now().getTime() - retentionMs))) {
        if (stopping.aborted) return;
        if (!(await store.begin(request))) continue;
        begun += 1;
        await tryRemove(request, stopping);
      }
    }
  };
};
