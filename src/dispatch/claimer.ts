import type { ImageStore } from '../requests/image-store.ts';
import type { ClaimedImage, Counted } from '../requests/leases.ts';
import { type ClaimCursor, findDue } from './due.ts';
import { findDueTogether, type Look } from './due-together.ts';
import { ALL_ROOM, type OriginRoom } from './host-limiter.ts';

/** How soon to look again when another instance claimed images that were found here. */
const LOST_RACE_PAUSE_MS = 50;

export type Claimer = ReturnType<typeof createClaimer>;

/**
 * Finds due images whose hosts have capacity, and leases them.
 * @param now the database's clock
 */
export const createClaimer = (images: Pick<ImageStore, 'readDue' | 'readUnfinished' | 'lease'>, now: () => Date) => ({
  /** Leases up to `wanted` due images of one request. */
  async claim(
    request: Counted,
    wanted: number,
    leaseMs: number,
    cursor: ClaimCursor,
    origins: OriginRoom = ALL_ROOM,
  ): Promise<ClaimedImage[]> {
    const facts = { total: request.total, now: now().getTime() };
    const due = await findDue(images.readDue(request._id), facts, wanted, cursor, origins);
    return images.lease([request], due, leaseMs);
  },

  /**
   * Leases due images of several small requests, in two commands for all of them.
   * @returns with what is left of each request, by its id
   */
  async claimTogether(
    requests: readonly Counted[],
    wanted: number,
    leaseMs: number,
    origins: OriginRoom = ALL_ROOM,
  ): Promise<{ readonly claimed: readonly ClaimedImage[]; readonly looks: ReadonlyMap<string, Look> }> {
    const ids = requests.map(({ _id }) => _id);
    const unfinished = await images.readUnfinished(ids);
    const { due, looks } = findDueTogether(ids, unfinished, now().getTime(), wanted, origins);
    const claimed = await images.lease(requests, due, leaseMs);
    if (claimed.length === due.length) return { claimed, looks };
    // Other instances were faster; they are unlikely to have taken everything.
    const taken = new Set(claimed.map(({ _id }) => _id));
    const lost = new Set(due.filter(({ _id }) => !taken.has(_id)).map(({ requestId }) => requestId));
    return {
      claimed,
      looks: new Map(
        [...looks].map(([id, look]) => [id, lost.has(id) ? { ...look, dueInMs: LOST_RACE_PAUSE_MS } : look]),
      ),
    };
  },
});
