import { LRUCache } from 'lru-cache';
import type { ImageStore } from '../requests/image-store.ts';
import type { ClaimedImage, Counted } from '../requests/leases.ts';
import { isSmall } from '../requests/transitions.ts';
import { type ClaimCursor, type ClaimLeft, findDue, newCursor } from './due.ts';
import { findDueTogether } from './due-together.ts';
import { type HostCapacity, UNLIMITED_HOSTS } from './hosts.ts';

/** How soon to look again when another instance claimed images that were found here. */
const LOST_RACE_PAUSE_MS = 50;
/** Requests whose cursors are remembered; one that is forgotten is read from its beginning again. */
const MAX_CURSORS = 2_000;

export interface Claim {
  readonly images: readonly ClaimedImage[];
  /** What is left of each request, by its id. */
  readonly left: ReadonlyMap<string, ClaimLeft>;
}

export type Claimer = ReturnType<typeof createClaimer>;

/**
 * Finds due images whose hosts have capacity, and leases them. Large requests are read from where their last claim got
 * to; small ones as a whole, many of them in two commands together.
 * @param now the database's clock
 */
export const createClaimer = (images: Pick<ImageStore, 'readDue' | 'readUnfinished' | 'lease'>, now: () => Date) => {
  const cursors = new LRUCache<string, ClaimCursor>({ max: MAX_CURSORS });

  const claimLarge = async (
    request: Counted,
    wanted: number,
    leaseMs: number,
    cursor: ClaimCursor,
    hosts: HostCapacity = UNLIMITED_HOSTS,
  ): Promise<Claim> => {
    const facts = { total: request.total, now: now().getTime() };
    const { due, left } = await findDue(images.readDue(request._id), facts, wanted, cursor, hosts);
    const claimed = await images.lease([request], due, leaseMs);
    // Where something was claimed and no host was saturated, only another claim shows what is left.
    const more = left.more || (claimed.length > 0 && left.saturatedHosts.length === 0);
    return { images: claimed, left: new Map([[request._id, { ...left, more }]]) };
  };

  const claimSmall = async (
    requests: readonly Counted[],
    wanted: number,
    leaseMs: number,
    hosts: HostCapacity = UNLIMITED_HOSTS,
  ): Promise<Claim> => {
    const ids = requests.map(({ _id }) => _id);
    const unfinished = await images.readUnfinished(ids);
    const { due, left } = findDueTogether(ids, unfinished, now().getTime(), wanted, hosts);
    const claimed = await images.lease(requests, due, leaseMs);
    if (claimed.length === due.length) return { images: claimed, left };
    // Other instances were faster; they are unlikely to have taken everything.
    const taken = new Set(claimed.map(({ _id }) => _id));
    const lost = new Set(due.filter(({ _id }) => !taken.has(_id)).map(({ requestId }) => requestId));
    const soon = (id: string, of: ClaimLeft): ClaimLeft => (lost.has(id) ? { ...of, dueInMs: LOST_RACE_PAUSE_MS } : of);
    return { images: claimed, left: new Map([...left].map(([id, of]) => [id, soon(id, of)])) };
  };

  const cursorOf = (requestId: string): ClaimCursor => {
    const cursor = cursors.get(requestId) ?? newCursor();
    cursors.set(requestId, cursor);
    return cursor;
  };

  return {
    claimLarge,
    claimSmall,

    /** Leases up to `wanted` images of one large request, or of several small ones together. */
    claim(requests: readonly Counted[], wanted: number, leaseMs: number, hosts: HostCapacity): Promise<Claim> {
      const [first] = requests;
      return first === undefined || isSmall(first)
        ? claimSmall(requests, wanted, leaseMs, hosts)
        : claimLarge(first, wanted, leaseMs, cursorOf(first._id), hosts);
    },
  };
};
