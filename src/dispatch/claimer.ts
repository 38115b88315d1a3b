import { LRUCache } from 'lru-cache';
import { FRESH_BEFORE } from '../requests/due-dates.ts';
import type { ImageStore } from '../requests/image-store.ts';
import type { ClaimedImage, Counted, DueImage } from '../requests/leases.ts';
import { isSmall } from '../requests/transitions.ts';
import type { RequestRecord } from '../requests/types.ts';
import { type ClaimCursor, type ClaimLeft, findDue, newCursor } from './due.ts';
import { findDueTogether } from './due-together.ts';
import { type HostCapacity, shareCapacity, UNLIMITED_HOSTS } from './hosts.ts';
import { createReadAhead, type ReadAhead } from './read-ahead.ts';

/** How soon to look again when another instance claimed images that were found here. */
const LOST_RACE_PAUSE_MS = 50;
/** Claims look for requeued images that often at least, in case whoever gave them back died before it said so. */
const LONGEST_AHEAD_MS = 10_000;
/** Requests whose cursors are remembered; one that is forgotten is read from its beginning again. */
const MAX_CURSORS = 2_000;
/** Requests of which images that were read ahead are kept. */
const MAX_AHEAD = 100;
/** Small requests that other instances claim from as well; one that is forgotten costs a claim that comes back empty. */
const MAX_CONTENDED = 1_000;

export interface Claim {
  readonly images: readonly ClaimedImage[];
  /** What is left of each request, by its id. */
  readonly left: ReadonlyMap<string, ClaimLeft>;
}

export type Claimer = ReturnType<typeof createClaimer>;

/** A large request, and where its next claim continues. */
export interface LargePart {
  readonly request: Counted;
  readonly cursor: ClaimCursor;
}

interface Found {
  readonly reads: ReadAhead<DueImage>;
  readonly due: readonly DueImage[];
  readonly left: ClaimLeft;
}

/** A request to claim from. Cursors begin anew with each run, because a retry makes images fresh again. */
export type Claimable = Counted & Partial<Pick<RequestRecord, 'run' | 'state' | 'returns'>>;

/**
 * Finds due images whose hosts have capacity, and leases them. Large requests are read from where their last claim got
 * to, and small ones as a whole; what is found of several requests is leased in one command. Instances that claim from the same request part ways:
 * each begins somewhere else once it knows of others (docs/decisions/0057-polls-and-crowds.md).
 * @param now the database's clock
 * @param random 0 ≤ random() < 1
 */
export const createClaimer = (
  images: Pick<ImageStore, 'readDue' | 'readUnfinished' | 'lease'>,
  now: () => Date,
  random = Math.random,
) => {
  const cursors = new LRUCache<string, ClaimCursor>({ max: MAX_CURSORS });
  const ahead = new LRUCache<ClaimCursor, ReadAhead<DueImage>>({ max: MAX_AHEAD });
  /** Requests of which images came back since their last claim. */
  const returned = new LRUCache<string, true>({ max: MAX_CURSORS });
  const contended = new LRUCache<string, true>({ max: MAX_CONTENDED });

  const aheadOf = ({ _id, total }: Counted, cursor: ClaimCursor): ReadAhead<DueImage> => {
    const reads = ahead.get(cursor) ?? createReadAhead(images.readDue(_id), total, cursor.base);
    ahead.set(cursor, reads);
    return reads;
  };

  const claimLarge = async (
    parts: readonly LargePart[],
    wanted: number,
    leaseMs: number,
    hosts: HostCapacity = UNLIMITED_HOSTS,
  ): Promise<Claim> => {
    const shared = shareCapacity(hosts);
    const found: (LargePart & Found)[] = [];
    let open = wanted;
    for (const [index, { request, cursor }] of parts.entries()) {
      const share = Math.ceil(open / (parts.length - index));
      if (share === 0) break;
      const reads = aheadOf(request, cursor);
      const aheadMs = Math.min(leaseMs, LONGEST_AHEAD_MS);
      const facts = { total: request.total, now: now().getTime(), aheadMs };
      const { due, left } = await findDue(reads.read, facts, share, cursor, shared);
      for (const { inputUrl } of due) shared.take(inputUrl);
      open -= due.length;
      found.push({ request, cursor, reads, due, left });
    }
    const requests = found.map(({ request }) => request);
    const claimed = await images.lease(
      requests,
      found.flatMap(({ due }) => due),
      leaseMs,
    );
    const taken = new Set(claimed.map(({ _id }) => _id));
    const left = found.map((each) => [each.request._id, leftOf(each, taken)] as const);
    return { images: claimed, left: new Map(left) };
  };

  /** What is left of a large request, when those images are taken here. */
  const leftOf = ({ request, cursor, reads, due, left }: LargePart & Found, taken: ReadonlySet<string>): ClaimLeft => {
    reads.drop(due);
    const lost = due.filter(({ _id }) => !taken.has(_id));
    if (lost.some(({ nextAt }) => nextAt !== undefined && nextAt.getTime() < FRESH_BEFORE)) {
      // Another instance is at the same place: this one continues somewhere else.
      ahead.delete(cursor);
      const { requeued, noneRequeuedUntil, returns } = cursor;
      Object.assign(cursor, newCursor(Math.floor(random() * request.total)), { requeued, noneRequeuedUntil, returns });
    }
    // Where something was claimed and no host was saturated, only another claim shows what is left.
    const more = left.more || lost.length > 0 || (due.length > lost.length && left.saturatedHosts.length === 0);
    return { ...left, more };
  };

  const claimSmall = async (
    requests: readonly Claimable[],
    wanted: number,
    leaseMs: number,
    hosts: HostCapacity = UNLIMITED_HOSTS,
  ): Promise<Claim> => {
    const ids = requests.map(({ _id }) => _id);
    const beginAt = (id: string): number => (contended.has(id) ? random() : 0);
    const unfinished = await images.readUnfinished(ids);
    const { due, left } = findDueTogether(ids, unfinished, now().getTime(), wanted, hosts, beginAt);
    const claimed = await images.lease(requests, due, leaseMs);
    if (claimed.length === due.length) return { images: claimed, left };
    // Other instances were faster; they are unlikely to have taken everything.
    const taken = new Set(claimed.map(({ _id }) => _id));
    const lost = new Set(due.filter(({ _id }) => !taken.has(_id)).map(({ requestId }) => requestId));
    for (const id of lost) contended.set(id, true);
    const soon = (id: string, of: ClaimLeft): ClaimLeft => (lost.has(id) ? { ...of, dueInMs: LOST_RACE_PAUSE_MS } : of);
    return { images: claimed, left: new Map([...left].map(([id, of]) => [id, soon(id, of)])) };
  };

  /** Others work on a request that has been started already, so this instance begins somewhere in it. */
  const cursorOf = ({ _id, run, state, total, returns }: Claimable): ClaimCursor => {
    const key = `${_id}:${run}`;
    const base = state === 'processing' ? Math.floor(random() * total) : 0;
    const cursor = cursors.get(key) ?? newCursor(base);
    cursors.set(key, cursor);
    if (returned.delete(_id) || cursor.returns !== returns) cursor.noneRequeuedUntil = 0;
    cursor.returns = returns;
    return cursor;
  };

  return {
    claimLarge,
    claimSmall,

    /** Images of these requests came back: the next claim looks for them. */
    returned(requestIds: readonly string[]): void {
      for (const id of requestIds) returned.set(id, true);
    },

    /** Leases up to `wanted` images of several large requests, or of several small ones, in one command. */
    claim(requests: readonly Claimable[], wanted: number, leaseMs: number, hosts: HostCapacity): Promise<Claim> {
      const [first] = requests;
      return first === undefined || isSmall(first)
        ? claimSmall(requests, wanted, leaseMs, hosts)
        : claimLarge(
            requests.map((request) => ({ request, cursor: cursorOf(request) })),
            wanted,
            leaseMs,
            hosts,
          );
    },
  };
};
