import { v4 as uuid } from 'uuid';
import { type ClaimCursor, findDue } from './due.ts';
import type { Models } from './models.ts';
import { ALL_ROOM, type OriginRoom } from './origins.ts';
import { END_OF_TIME, FRESH_BEFORE, type Range, walkWindows } from './scan.ts';
import type { Verdict } from './transitions.ts';
import type { ImageRecord, RequestRecord } from './types.ts';

/** An image as its claimer holds it. */
export type ClaimedImage = Pick<ImageRecord, '_id' | 'requestId' | 'seq' | 'inputUrl' | 'attempts' | 'reports'> & {
  readonly leaseToken: string;
  /** Milliseconds since it was due; absent when nobody knows. */
  readonly waitedMs?: number;
};

export interface Settlement {
  readonly image: ClaimedImage;
  readonly verdict: Verdict;
}

/** An image that may be claimed, as it was found. */
type FoundImage = Omit<ClaimedImage, 'leaseToken' | 'waitedMs'> & Pick<ImageRecord, 'nextAt'>;

type Lease = Pick<ClaimedImage, '_id' | 'requestId' | 'leaseToken'>;

/**
 * A request and how many images it has: fresh ones have due dates below that number, and have really been due since its
 * last sign of life.
 */
type Counted = Pick<RequestRecord, '_id' | 'total'> & Partial<Pick<RequestRecord, 'heartbeatAt'>>;

export type ImageStore = ReturnType<typeof createImageStore>;

const CLAIMED_FIELDS = { requestId: 1, seq: 1, inputUrl: 1, attempts: 1, reports: 1 } as const;
const DUE_FIELDS = { ...CLAIMED_FIELDS, nextAt: 1 } as const;

const requestsOf = (held: readonly Pick<ImageRecord, 'requestId'>[]) => ({
  $in: [...new Set(held.map(({ requestId }) => requestId))],
});

const between = (range: Range) => ({ $gte: new Date(range.from), $lt: new Date(range.to) });

/**
 * Everything that is written to an image after its upload. Each write by a worker is fenced: it filters on `_id` and
 * `leaseToken`, so that a worker whose lease has passed to another changes nothing. Every query names the request as
 * well, by which the collection is sharded (docs/scaling.md).
 * @param now the database's clock, so that instances with skewed clocks agree on what is due
 */
export const createImageStore = (models: Models, now: () => Date) => {
  const { images } = models;

  const readDue = (requestId: string) => async (range: Range, limit: number) =>
    images
      .find({ requestId, nextAt: between(range) }, DUE_FIELDS)
      .sort({ nextAt: 1 })
      .limit(limit)
      .lean<FoundImage[]>();

  const waitedMs = ({ heartbeatAt }: Counted, { nextAt }: FoundImage, at: Date): { waitedMs?: number } => {
    const since = nextAt === undefined || nextAt.getTime() < FRESH_BEFORE ? heartbeatAt : nextAt;
    return since === undefined ? {} : { waitedMs: Math.max(0, at.getTime() - since.getTime()) };
  };

  const lease = async (
    requestId: string,
    due: readonly FoundImage[],
    leaseToken: string,
    leaseMs: number,
  ): Promise<ClaimedImage[]> => {
    const at = now();
    const ids = due.map(({ _id }) => _id);
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

  /** Claims that failed on their way: done or not, nobody knows. */
  const unheard: Lease[] = [];

  return {
    /**
     * Leases up to `wanted` due images of a request, whose origins have room, to the caller.
     * Two claimers may find the same image; the update's filter on `nextAt` lets one of them have it.
     */
    async claim(
      request: Counted,
      wanted: number,
      leaseMs: number,
      cursor: ClaimCursor,
      origins: OriginRoom = ALL_ROOM,
    ): Promise<ClaimedImage[]> {
      const facts = { total: request.total, now: now().getTime() };
      const due = await findDue(readDue(request._id), facts, wanted, cursor, origins);
      if (due.length === 0) return [];
      const leaseToken = uuid();
      const at = now();
      try {
        const waited = new Map(due.map((image) => [image._id, waitedMs(request, image, at)] as const));
        return (await lease(request._id, due, leaseToken, leaseMs)).map((image) => ({
          ...image,
          ...waited.get(image._id),
        }));
      } catch (error) {
        // It may have been done all the same: then these would wait for their lease to end, for nothing.
        unheard.push(...due.map(({ _id }) => ({ _id, requestId: request._id, leaseToken })));
        throw error;
      }
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

    /**
     * Writes what became of images. May be repeated after a lost answer: what this call's token settled before counts
     * as settled now.
     * @returns the settlements that hold; the others were stale
     */
    async settle(settlements: readonly Settlement[]): Promise<Settlement[]> {
      if (settlements.length === 0) return [];
      const at = now();
      const written = await images.bulkWrite(
        settlements.map(({ image, verdict }) => ({
          updateOne: {
            filter: { _id: image._id, requestId: image.requestId, leaseToken: image.leaseToken },
            update: settleUpdate(image, verdict, at),
          },
        })),
        { ordered: false },
      );
      if (written.matchedCount === settlements.length) return [...settlements];
      const settled = settlements.map(({ image }) => image);
      const found = await images
        .find({ _id: { $in: settled.map(({ _id }) => _id) }, requestId: requestsOf(settled) }, { settledBy: 1 })
        .lean();
      const tokens = new Map(found.map((image) => [image._id, image.settledBy] as const));
      return settlements.filter(({ image }) => tokens.get(image._id) === image.leaseToken);
    },

    /**
     * Stops up to `wanted` images that nobody works on: those that wait, and those whose lease has lapsed. What a later
     * run has put back is left alone: the caller may not have heard yet that the cancelled run is over.
     * @returns how many this call has stopped
     */
    async cancel({ _id, run, total }: Counted & Pick<RequestRecord, 'run'>, wanted: number): Promise<number> {
      const at = now();
      const ofThisRun = { run: { $not: { $gt: run } } };
      const stop = { $set: { status: 'cancelled', finishedAt: at }, $unset: { nextAt: '', leaseToken: '' } } as const;
      const fresh = await walkWindows(readDue(_id), { from: 0, to: total }, wanted);
      const waiting = await images
        .find(
          { requestId: _id, nextAt: between({ from: FRESH_BEFORE, to: END_OF_TIME }), status: 'pending' },
          { _id: 1 },
        )
        .limit(wanted)
        .lean();
      const ids = [...fresh.items, ...waiting].slice(0, wanted).map((image) => image._id);
      const stopped =
        ids.length === 0
          ? 0
          : (await images.updateMany({ _id: { $in: ids }, requestId: _id, status: 'pending', ...ofThisRun }, stop))
              .modifiedCount;
      const lapsed = await images.updateMany(
        { requestId: _id, nextAt: between({ from: FRESH_BEFORE, to: at.getTime() }), ...ofThisRun },
        stop,
      );
      return stopped + lapsed.modifiedCount;
    },

    /** Puts the failed and cancelled images of one page back to the beginning; each once for a run, however often. */
    async putBack(requestId: string, run: number, from: number, to: number): Promise<void> {
      const page = await images
        .find({ requestId, seq: { $gte: from, $lt: to } }, { seq: 1, status: 1, run: 1 })
        .lean<Pick<ImageRecord, '_id' | 'seq' | 'status' | 'run'>[]>();
      const ended = page.filter(
        (image) => (image.status === 'failed' || image.status === 'cancelled') && image.run !== run,
      );
      if (ended.length === 0) return;
      await images.bulkWrite(
        ended.map(({ _id, seq, status }) => ({
          updateOne: {
            filter: { _id, requestId, status, run: { $ne: run } },
            update: {
              $set: { status: 'pending' as const, nextAt: new Date(seq), attempts: 0, reports: 0, run },
              $unset: { error: '', finishedAt: '', settledBy: '', leaseToken: '' },
            },
          },
        })),
        { ordered: false },
      );
    },

    /** Whether any image of the request is not finished yet. */
    async hasUnfinished({ _id, total }: Counted): Promise<boolean> {
      const read = readDue(_id);
      const walk = await walkWindows(read, { from: 0, to: total }, 1);
      if (walk.items.length > 0) return true;
      return (await read({ from: FRESH_BEFORE, to: END_OF_TIME }, 1)).length > 0;
    },

    /** Images `from ≤ seq < to` of a request in order. */
    async page(requestId: string, from: number, to: number): Promise<ImageRecord[]> {
      return images
        .find({ requestId, seq: { $gte: from, $lt: to } })
        .sort({ seq: 1 })
        .lean<ImageRecord[]>();
    },
  };
};

const settleUpdate = (image: ClaimedImage, verdict: Verdict, at: Date) => {
  const settledBy = image.leaseToken;
  if (verdict.kind === 'again') {
    return {
      $set: {
        status: 'pending' as const,
        nextAt: new Date(at.getTime() + verdict.delayMs),
        error: verdict.error,
        settledBy,
      },
      $unset: { leaseToken: '' },
      // An attempt that does not count is taken back; one that was reported is told apart from a lapse.
      $inc: { attempts: verdict.counts ? 0 : -1, reports: verdict.counts && verdict.reported ? 1 : 0 },
    };
  }
  const end = { finishedAt: at, settledBy };
  if (verdict.kind === 'failed') {
    return {
      $set: { ...end, status: 'failed' as const, error: verdict.error },
      $unset: { nextAt: '', leaseToken: '' },
    };
  }
  const { bytesIn, bytesOut, width, height, notes } = verdict.result;
  return {
    $set: { ...end, status: 'completed' as const, bytesIn, bytesOut, width, height, notes: [...notes] },
    $unset: { nextAt: '', leaseToken: '', error: '' },
  };
};
