import { v4 as uuid } from 'uuid';
import { type ClaimCursor, findDue } from './due.ts';
import { findDueTogether, type Look } from './due-together.ts';
import type { Models } from './models.ts';
import { ALL_ROOM, type OriginRoom } from './origins.ts';
import { END_OF_TIME, FRESH_BEFORE, type Range } from './scan.ts';
import type { ImageRecord, RequestRecord } from './types.ts';

/** An image as its claimer holds it. */
export type ClaimedImage = Pick<ImageRecord, '_id' | 'requestId' | 'seq' | 'inputUrl' | 'attempts' | 'reports'> & {
  readonly leaseToken: string;
  /** Milliseconds since it was due; absent when nobody knows. */
  readonly waitedMs?: number;
};

/** An image that may be claimed, as it was found. */
type FoundImage = Omit<ClaimedImage, 'leaseToken' | 'waitedMs'> & Pick<ImageRecord, 'nextAt'>;

type Lease = Pick<ClaimedImage, '_id' | 'requestId' | 'leaseToken'>;

/**
 * A request and how many images it has: fresh ones have due dates below that number, and have really been due since its
 * last sign of life.
 */
export type Counted = Pick<RequestRecord, '_id' | 'total'> & Partial<Pick<RequestRecord, 'heartbeatAt'>>;

const CLAIMED_FIELDS = { requestId: 1, seq: 1, inputUrl: 1, attempts: 1, reports: 1 } as const;
const DUE_FIELDS = { ...CLAIMED_FIELDS, nextAt: 1 } as const;

/** When another instance has taken images that were found here: how soon to look again. */
const LOST_PAUSE_MS = 50;

/** Of images, the ids of their requests, by which a query reaches the right shards (docs/scaling.md). */
export const requestsOf = (held: readonly Pick<ImageRecord, 'requestId'>[]) => ({
  $in: [...new Set(held.map(({ requestId }) => requestId))],
});

export const between = (range: Range) => ({ $gte: new Date(range.from), $lt: new Date(range.to) });

/** Due images of one request, read in ranges of their due dates. */
export const createReadDue =
  ({ images }: Pick<Models, 'images'>) =>
  (requestId: string) =>
  async (range: Range, limit: number) =>
    images
      .find({ requestId, nextAt: between(range) }, DUE_FIELDS)
      .sort({ nextAt: 1 })
      .limit(limit)
      .lean<FoundImage[]>();

const waitedMs = (heartbeatAt: Date | undefined, { nextAt }: FoundImage, at: Date): { waitedMs?: number } => {
  const since = nextAt === undefined || nextAt.getTime() < FRESH_BEFORE ? heartbeatAt : nextAt;
  return since === undefined ? {} : { waitedMs: Math.max(0, at.getTime() - since.getTime()) };
};

/** Takes, renews and gives back leases of images. */
export const createLeases = ({ images }: Pick<Models, 'images'>, now: () => Date) => {
  const readDue = createReadDue({ images });
  /** Claims that failed on their way: done or not, nobody knows. */
  const unheard: Lease[] = [];

  /** Two claimers may find the same image; the filter on `nextAt` lets one of them have it. */
  const take = async (due: readonly FoundImage[], leaseToken: string, leaseMs: number): Promise<ClaimedImage[]> => {
    const at = now();
    const ids = due.map(({ _id }) => _id);
    const requestId = requestsOf(due);
    // Nobody has tried these yet. The filter says so again, so that what was read of them is still true when all match.
    const untried = due.every(({ attempts }) => attempts === 0);
    const leased = await images.updateMany(
      { _id: { $in: ids }, requestId, nextAt: { $lte: at }, ...(untried ? { attempts: 0 } : {}) },
      { $set: { leaseToken, nextAt: new Date(at.getTime() + leaseMs), status: 'processing' }, $inc: { attempts: 1 } },
    );
    if (leased.matchedCount === 0) return [];
    if (untried && leased.matchedCount === due.length) {
      return due.map(({ nextAt: _, ...image }) => ({ ...image, attempts: 1, leaseToken }));
    }
    const claimed = await images.find({ _id: { $in: ids }, requestId, leaseToken }, CLAIMED_FIELDS).lean();
    return claimed.map((image) => ({ ...image, leaseToken }));
  };

  const lease = async (
    requests: readonly Counted[],
    due: readonly FoundImage[],
    leaseMs: number,
  ): Promise<ClaimedImage[]> => {
    if (due.length === 0) return [];
    const leaseToken = uuid();
    const at = now();
    const heartbeats = new Map(requests.map(({ _id, heartbeatAt }) => [_id, heartbeatAt] as const));
    const waited = new Map(
      due.map((image) => [image._id, waitedMs(heartbeats.get(image.requestId), image, at)] as const),
    );
    try {
      return (await take(due, leaseToken, leaseMs)).map((image) => ({ ...image, ...waited.get(image._id) }));
    } catch (error) {
      // It may have been done all the same: then these would wait for their lease to end, for nothing.
      unheard.push(...due.map(({ _id, requestId }) => ({ _id, requestId, leaseToken })));
      throw error;
    }
  };

  const release = async (held: readonly Lease[], delayMs: number): Promise<void> => {
    if (held.length === 0) return;
    const nextAt = new Date(now().getTime() + delayMs);
    await images.bulkWrite(
      held.map(({ _id, requestId, leaseToken }) => ({
        updateOne: {
          filter: { _id, requestId, leaseToken },
          update: { $set: { nextAt, status: 'pending' }, $unset: { leaseToken: '' }, $inc: { attempts: -1 } },
        },
      })),
      { ordered: false },
    );
  };

  return {
    /** Leases up to `wanted` due images of a request, whose origins have room, to the caller. */
    async claim(
      request: Counted,
      wanted: number,
      leaseMs: number,
      cursor: ClaimCursor,
      origins: OriginRoom = ALL_ROOM,
    ): Promise<ClaimedImage[]> {
      const facts = { total: request.total, now: now().getTime() };
      const due = await findDue(readDue(request._id), facts, wanted, cursor, origins);
      return lease([request], due, leaseMs);
    },

    /**
     * The same for several small requests, in two commands for all of them together.
     * @returns with what is left of each request, by its id
     */
    async claimTogether(
      requests: readonly Counted[],
      wanted: number,
      leaseMs: number,
      origins: OriginRoom = ALL_ROOM,
    ): Promise<{ readonly claimed: readonly ClaimedImage[]; readonly looks: ReadonlyMap<string, Look> }> {
      const unfinished = await images
        .find(
          { requestId: { $in: requests.map(({ _id }) => _id) }, nextAt: between({ from: 0, to: END_OF_TIME }) },
          DUE_FIELDS,
        )
        .lean<FoundImage[]>();
      const { due, looks } = findDueTogether(
        requests.map(({ _id }) => _id),
        unfinished,
        now().getTime(),
        wanted,
        origins,
      );
      const claimed = await lease(requests, due, leaseMs);
      if (claimed.length === due.length) return { claimed, looks };
      // Others were quicker; they hardly took all there is.
      const taken = new Set(claimed.map(({ _id }) => _id));
      const lost = new Set(due.filter(({ _id }) => !taken.has(_id)).map(({ requestId }) => requestId));
      return {
        claimed,
        looks: new Map([...looks].map(([id, look]) => [id, lost.has(id) ? { ...look, dueInMs: LOST_PAUSE_MS } : look])),
      };
    },

    /** Gives back what was claimed by calls whose answer never came, once the database answers again. */
    async releaseUnheard(): Promise<void> {
      const held = unheard.splice(0);
      await release(held, 0).catch((error: unknown) => {
        unheard.push(...held);
        throw error;
      });
    },

    /** Puts the end of the leases off; images whose lease has passed to another are left alone. */
    async renew(held: readonly ClaimedImage[], leaseMs: number): Promise<void> {
      if (held.length === 0) return;
      const tokens = [...new Set(held.map((image) => image.leaseToken))];
      await images.updateMany(
        { _id: { $in: held.map((image) => image._id) }, requestId: requestsOf(held), leaseToken: { $in: tokens } },
        { $set: { nextAt: new Date(now().getTime() + leaseMs) } },
      );
    },

    /** Gives images back that were claimed and not begun; the claim does not count as an attempt. */
    release,
  };
};
