import { outputNames } from '../storage/output-names.ts';
import { leaseEnd, renewalMs } from '../timing/lease.ts';
import type { LeasedRemoval, RemovalStore } from './removal-store.ts';
import { PAGE_SIZE, type RequestStore } from './request-store.ts';
import { isFinal } from './transitions.ts';

/** Outputs that are removed at the same time. */
const FILES_AT_ONCE = 16;
/** How long a removal may go without a sign of life before another instance takes it over. */
const LEASE_MS = 60_000;

export interface RetentionDeps {
  readonly store: RemovalStore;
  /** Removes an output; one that is not there is fine. */
  readonly removeOutput: (name: string) => Promise<void>;
  readonly forgetDeliveries: (requestId: string) => Promise<void>;
  /** Stops a deleted request whose images are worked on; without effect when it is being stopped already. */
  readonly stop: RequestStore['beginCancel'];
  /** The database's clock. */
  readonly now: () => Date;
  /** How long finished requests are kept; 0: for ever, and only removals that have begun are completed. */
  readonly retentionMs: number;
  readonly log: { info(facts: object, message: string): void; warn(facts: object, message: string): void };
}

/** A removal under way, with its lease as it was renewed last. */
interface Removal {
  lease: LeasedRemoval;
}

/**
 * Removes requests that were deleted or whose retention is over. The order makes it safe to be cut off anywhere: first the request is hidden,
 * then page by page the outputs and after them the images that name them, so that no output is left without a name; then
 * rows, deliveries and upload key, and last the request itself, by which the next run finds what is left. Of several
 * instances one removes a request: with hiding it, it takes a lease, and what a crash left is taken over when that ends.
 */
export const createRetention = (deps: RetentionDeps) => {
  const { store, removeOutput, forgetDeliveries, stop, now, retentionMs, log } = deps;

  const until = (): Date => leaseEnd(now(), LEASE_MS);

  /** Renews the lease where it is time; false when another instance has it by now. */
  const hold = async (removal: Removal): Promise<boolean> => {
    const leftMs = removal.lease.removingUntil.getTime() - now().getTime();
    if (leftMs > LEASE_MS - renewalMs(LEASE_MS)) return true;
    const renewed = await store.lease(removal.lease, until());
    if (renewed !== null) removal.lease = renewed;
    return renewed !== null;
  };

  const remove = async (removal: Removal, stopping: AbortSignal): Promise<'removed' | 'lost' | 'stopped'> => {
    const { _id, options, total, csv, uploadKey } = removal.lease;
    for (let from = 0; from < total; from += PAGE_SIZE) {
      // Of failed images too: a process that died right after the rename left an output behind.
      const names = (await store.imageIds(_id, from)).flatMap((id) => outputNames(id, options));
      for (let at = 0; at < names.length; at += FILES_AT_ONCE) {
        if (stopping.aborted) return 'stopped';
        if (!(await hold(removal))) return 'lost';
        await Promise.all(names.slice(at, at + FILES_AT_ONCE).map(removeOutput));
      }
      if (names.length > 0) await store.removeImages(_id, from);
    }
    if (!(await hold(removal))) return 'lost';
    await store.removeRows(_id, csv.chunks);
    await forgetDeliveries(_id);
    if (uploadKey !== undefined) await store.removeUploadKey(_id, uploadKey);
    await store.removeRequest(removal.lease);
    return 'removed';
  };

  /** A request that cannot be removed now, because the image store fails, must not hold up the others. */
  const tryRemove = async (lease: LeasedRemoval | null, stopping: AbortSignal): Promise<void> => {
    if (lease === null) return;
    const { _id, total } = lease;
    const removal: Removal = { lease };
    try {
      const end = await remove(removal, stopping);
      if (end === 'removed') log.info({ requestId: _id, images: total }, 'request removed');
      if (end === 'stopped') await store.release(removal.lease);
    } catch (error) {
      log.warn({ requestId: _id, err: error }, 'a request could not be removed; the next run tries again');
      // Where the database fails too, the lease ends by itself.
      await store.release(removal.lease).catch(() => undefined);
    }
  };

  return async (stopping: AbortSignal): Promise<void> => {
    for (let page = await store.begun(now()); page.length > 0; page = await store.begun(now(), page.at(-1)?._id)) {
      for (const request of page) {
        if (stopping.aborted) return;
        await tryRemove(await store.lease(request, until()), stopping);
      }
    }
    // One whose images are in flight is left to a later run: they end with their leases, and only then nobody writes files.
    for (let page = await store.deleted(); page.length > 0; page = await store.deleted(page.at(-1)?._id)) {
      for (const request of page) {
        if (stopping.aborted) return;
        if (isFinal(request.state)) await tryRemove(await store.begin(request, until()), stopping);
        else await stop(request);
      }
    }
    if (retentionMs === 0) return;
    const before = new Date(now().getTime() - retentionMs);
    for (let page = await store.finishedBefore(before); page.length > 0; ) {
      for (const request of page) {
        if (stopping.aborted) return;
        await tryRemove(await store.begin(request, until()), stopping);
      }
      page = await store.finishedBefore(before, page.at(-1)?.finishedAt);
    }
  };
};
