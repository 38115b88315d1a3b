import { v4 as uuid } from 'uuid';
import { leaseEnd } from '../timing/lease.ts';
import { END_OF_TIME, FRESH_BEFORE, type Range } from './due-dates.ts';
import type { Models } from './models.ts';
import type { ImageRecord, RequestRecord } from './types.ts';

/** An image that its claimer has leased. */
export type ClaimedImage = Pick<ImageRecord, '_id' | 'requestId' | 'seq' | 'inputUrl' | 'attempts' | 'reports'> & {
  readonly leaseToken: string;
  /** Milliseconds since it was due; absent if that is unknown. */
  readonly waitedMs?: number;
};

/** An unfinished image, as it was read to be claimed. */
export type DueImage = Omit<ClaimedImage, 'leaseToken' | 'waitedMs'> & Pick<ImageRecord, 'nextAt' | 'run'>;

type Lease = Pick<ClaimedImage, '_id' | 'requestId' | 'seq' | 'leaseToken'>;

/**
 * A request and how many images it has: fresh ones have due dates below that number, and have really been due since its
 * last sign of life.
 */
export type Counted = Pick<RequestRecord, '_id' | 'total'> & Partial<Pick<RequestRecord, 'heartbeatAt'>>;

/** Images of one batch of an answer: drivers ask for 101 at first, and again for the others. */
export const MOST_AT_ONCE = 2_000;
const CLAIMED_FIELDS = { requestId: 1, seq: 1, inputUrl: 1, attempts: 1, reports: 1 } as const;
const DUE_FIELDS = { ...CLAIMED_FIELDS, nextAt: 1, run: 1 } as const;

/**
 * By which a query about these images reaches no more shards than they are on (docs/scaling.md). A large request is on
 * several, so its images are named by position too; of many requests that would be all positions in each of them.
 */
export const keysOf = (held: readonly Pick<ImageRecord, 'requestId' | 'seq'>[]) => {
  const requestIds = [...new Set(held.map(({ requestId }) => requestId))];
  return {
    requestId: { $in: requestIds },
    ...(requestIds.length === 1 && { seq: { $in: held.map(({ seq }) => seq) } }),
  };
};

/** Filter for one image: its id, and the shard key, by which the query reaches one shard. */
export const imageOf = ({ _id, requestId, seq }: Pick<ImageRecord, '_id' | 'requestId' | 'seq'>) => ({
  ...{ _id, requestId, seq },
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
      // Drivers ask for 101 at first, and again for the others.
      .batchSize(limit)
      .lean<DueImage[]>();

const waitedMs = (heartbeatAt: Date | undefined, { nextAt }: DueImage, at: Date): { waitedMs?: number } => {
  const since = nextAt === undefined || nextAt.getTime() < FRESH_BEFORE ? heartbeatAt : nextAt;
  return since === undefined ? {} : { waitedMs: Math.max(0, at.getTime() - since.getTime()) };
};

/** Acquires, renews and releases leases of images. */
export const createLeases = ({ images }: Pick<Models, 'images'>, now: () => Date) => {
  const readDue = createReadDue({ images });
  /** Claims whose answer was lost, which may have been done, and releases that failed. */
  const unacknowledged: Lease[] = [];

  /** Two claimers may find the same image; the filter on `nextAt` lets one of them have it. */
  const take = async (due: readonly DueImage[], leaseToken: string, leaseMs: number): Promise<ClaimedImage[]> => {
    const at = now();
    const ids = due.map(({ _id }) => _id);
    const keys = keysOf(due);
    // These have not been tried yet in their run. The filter repeats that, so what was read of them is still true if all
    // match: their URL too, which only a retry may change. What was read ahead may be of an earlier run.
    const run = due[0]?.run ?? null;
    const untried = due.every((image) => image.attempts === 0 && (image.run ?? null) === run);
    const leased = await images.updateMany(
      { _id: { $in: ids }, ...keys, nextAt: { $lte: at }, ...(untried ? { attempts: 0, run } : {}) },
      { $set: { leaseToken, nextAt: leaseEnd(at, leaseMs), status: 'processing' }, $inc: { attempts: 1 } },
    );
    if (leased.matchedCount === 0) return [];
    if (untried && leased.matchedCount === due.length) {
      return due.map(({ nextAt: _, run: _run, ...image }) => ({ ...image, attempts: 1, leaseToken }));
    }
    const claimed = await images.find({ _id: { $in: ids }, ...keys, leaseToken }, CLAIMED_FIELDS).lean();
    return claimed.map((image) => ({ ...image, leaseToken }));
  };

  const lease = async (
    requests: readonly Counted[],
    due: readonly DueImage[],
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
      // It may have been applied all the same: then these would wait for their lease to expire, for nothing.
      unacknowledged.push(...due.map(({ _id, requestId, seq }) => ({ _id, requestId, seq, leaseToken })));
      throw error;
    }
  };

  const writeRelease = async (held: readonly Lease[], delayMs: number): Promise<void> => {
    if (held.length === 0) return;
    const nextAt = new Date(now().getTime() + delayMs);
    await images.bulkWrite(
      held.map((image) => ({
        updateOne: {
          filter: { ...imageOf(image), leaseToken: image.leaseToken },
          update: { $set: { nextAt, status: 'pending' }, $unset: { leaseToken: '' }, $inc: { attempts: -1 } },
        },
      })),
      { ordered: false },
    );
  };

  const release = (held: readonly Lease[], delayMs: number): Promise<void> =>
    writeRelease(held, delayMs).catch((error: unknown) => {
      unacknowledged.push(...held);
      throw error;
    });

  return {
    readDue,

    /** All unfinished images of small requests. */
    async readUnfinished(requestIds: readonly string[]): Promise<DueImage[]> {
      return images
        .find({ requestId: { $in: [...requestIds] }, nextAt: between({ from: 0, to: END_OF_TIME }) }, DUE_FIELDS)
        .batchSize(MOST_AT_ONCE)
        .lean<DueImage[]>();
    },

    /**
     * When the next image of each request is due, in one query: in how many milliseconds, at most 0 if one is due.
     * Requests that have none within the time are left out.
     */
    async nextDue(requestIds: readonly string[], withinMs: number): Promise<ReadonlyMap<string, number>> {
      const at = now().getTime();
      const nextAt = between({ from: 0, to: at + withinMs });
      const [first, ...others] = requestIds;
      if (first === undefined) return new Map();
      if (others.length === 0) {
        // By itself, a request is read from an index on every engine.
        const next = await images
          .findOne({ requestId: first, nextAt }, { _id: 0, nextAt: 1 })
          .sort({ nextAt: 1 })
          .lean<{ nextAt: Date }>();
        return new Map(next === null ? [] : [[first, next.nextAt.getTime() - at]]);
      }
      const found = await images
        .aggregate<{ _id: string; nextAt: Date }>([
          { $match: { requestId: { $in: [...requestIds] }, nextAt } },
          { $group: { _id: '$requestId', nextAt: { $min: '$nextAt' } } },
        ])
        .option({ batchSize: requestIds.length + 1 });
      return new Map(found.map((each) => [each._id, each.nextAt.getTime() - at]));
    },

    /** Leases the due images that no one else has leased in the meantime. */
    lease,

    /**
     * Releases what was claimed by calls whose answers were lost, and what could not be released, once the database answers again.
     * @returns the ids of their requests
     */
    async releaseUnacknowledged(): Promise<string[]> {
      const held = unacknowledged.splice(0);
      await release(held, 0);
      return [...new Set(held.map(({ requestId }) => requestId))];
    },

    /**
     * Extends the leases that are still held.
     * @returns the images whose lease is lost: another instance has taken it over, or the image has ended
     */
    async renew(held: readonly ClaimedImage[], leaseMs: number): Promise<ClaimedImage[]> {
      if (held.length === 0) return [];
      const tokens = [...new Set(held.map((image) => image.leaseToken))];
      const ours = {
        ...{ _id: { $in: held.map((image) => image._id) }, ...keysOf(held) },
        leaseToken: { $in: tokens },
      };
      const renewed = await images.updateMany(ours, { $set: { nextAt: leaseEnd(now(), leaseMs) } });
      if (renewed.matchedCount === held.length) return [];
      const kept = new Set((await images.find(ours, { _id: 1 }).lean()).map(({ _id }) => _id));
      return held.filter(({ _id }) => !kept.has(_id));
    },

    /**
     * Requeues images that were claimed and not started; the claim does not count as an attempt. What fails is repeated
     * by {@link releaseUnacknowledged}.
     */
    release,
  };
};
