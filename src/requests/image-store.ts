import { byRequest } from './by-request.ts';
import { END_OF_TIME, FRESH_BEFORE, walkWindows } from './due-dates.ts';
import {
  between,
  type ClaimedImage,
  type Counted,
  createLeases,
  createReadDue,
  imageOf,
  keysOf,
  MOST_AT_ONCE,
} from './leases.ts';
import type { Models } from './models.ts';
import type { StoredCorrection } from './retries/correction.ts';
import type { CorrectedImage } from './retries/retry-plan.ts';
import type { Outcome } from './transitions.ts';
import type { ImageRecord, RequestRecord } from './types.ts';

export type { ClaimedImage } from './leases.ts';

/** The fields of an image that its request's report is made of. */
export type ReportedImage = Pick<
  ImageRecord,
  'row' | 'serialNumber' | 'productName' | 'inputUrl' | 'status' | 'bytesIn' | 'bytesOut' | 'crc32' | 'notes' | 'error'
> &
  Partial<Pick<ImageRecord, '_id'>>;

export const REPORTED_FIELDS = {
  ...{ seq: 1, row: 1, serialNumber: 1, productName: 1, inputUrl: 1 },
  ...{ status: 1, bytesIn: 1, bytesOut: 1, crc32: 1, notes: 1, 'error.code': 1 },
} as const;

export interface ImageOutcome {
  readonly image: ClaimedImage;
  readonly outcome: Outcome;
}

const OUTLINE = {
  ...{ seq: 1, row: 1, index: 1, column: 1, serialNumber: 1, productName: 1, status: 1, finishedAt: 1, further: 1 },
} as const;
export type OutlinedImage = Pick<ImageRecord, '_id' | keyof typeof OUTLINE>;
const DETAILS = {
  ...{ ...OUTLINE, inputUrl: 1, corrected: 1, bytesIn: 1, bytesOut: 1, width: 1, height: 1, error: 1 },
} as const;
export type DetailedImage = Pick<ImageRecord, '_id' | keyof typeof DETAILS>;

export type ImageStore = ReturnType<typeof createImageStore>;

/**
 * Everything that is written to an image after its upload. Each write by a worker is fenced: it filters on `_id` and
 * `leaseToken`, so that a worker whose lease has passed to another changes nothing. The collection may be sharded by
 * request and position (docs/scaling.md): every query names its requests, and a write to one image its position too.
 * @param now the database's clock, so that instances with skewed clocks agree on what is due
 */
export const createImageStore = (models: Models, now: () => Date) => {
  const { images } = models;
  const readDue = createReadDue(models);

  return {
    ...createLeases(models, now),

    /**
     * Writes outcomes. May be repeated after a lost answer: what was applied under the same token before counts as
     * applied now.
     * @returns the outcomes that were applied; the others were stale
     */
    async finish(outcomes: readonly ImageOutcome[]): Promise<ImageOutcome[]> {
      if (outcomes.length === 0) return [];
      const at = now();
      const written = await images.bulkWrite(
        outcomes.map(({ image, outcome }) => ({
          updateOne: {
            filter: { ...imageOf(image), leaseToken: image.leaseToken },
            update: updateFor(image, outcome, at),
          },
        })),
        { ordered: false },
      );
      if (written.matchedCount === outcomes.length) return [...outcomes];
      const settled = outcomes.map(({ image }) => image);
      const found = await images
        .find({ _id: { $in: settled.map(({ _id }) => _id) }, ...keysOf(settled) }, { settledBy: 1 })
        .lean();
      const tokens = new Map(found.map((image) => [image._id, image.settledBy] as const));
      return outcomes.filter(({ image }) => tokens.get(image._id) === image.leaseToken);
    },

    /**
     * Stops up to `wanted` images that are not in flight: those that wait, and those whose lease has expired. What a later
     * run requeued is left alone: the caller may not know yet that the cancelled run is over.
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
      const expired = await images.updateMany(
        { requestId: _id, nextAt: between({ from: FRESH_BEFORE, to: at.getTime() }), ...ofThisRun },
        stop,
      );
      return stopped + expired.modifiedCount;
    },

    /** Requeues the failed and cancelled images of one page, each at most once per run; not those that were skipped. */
    async requeue(requestId: string, run: number, from: number, to: number): Promise<void> {
      const page = await images
        .find({ requestId, seq: { $gte: from, $lt: to } }, { seq: 1, status: 1, run: 1, skipped: 1 })
        .lean<Pick<ImageRecord, '_id' | 'seq' | 'status' | 'run' | 'skipped'>[]>();
      const ended = page.filter(
        ({ status, skipped, run: requeuedIn }) =>
          (status === 'cancelled' || (status === 'failed' && skipped !== true)) && requeuedIn !== run,
      );
      if (ended.length === 0) return;
      await images.bulkWrite(
        ended.map(({ _id, seq, status }) => ({
          updateOne: {
            filter: { ...imageOf({ _id, requestId, seq }), status, ...before(run) },
            update: { $set: freshIn(run, seq), $unset: AS_ENDED },
          },
        })),
        { ordered: false },
      );
    },

    /** What corrections have to know of those of these images that the request has. */
    async named(requestId: string, ids: readonly string[]): Promise<CorrectedImage[]> {
      return images
        .find({ requestId, _id: { $in: [...ids] } }, { seq: 1, status: 1, skipped: 1 })
        .lean<CorrectedImage[]>();
    },

    /** Requeues these images alone, each with its other URL and at most once per run. */
    async correct(requestId: string, run: number, corrections: readonly StoredCorrection[]): Promise<void> {
      await images.bulkWrite(
        corrections.map(({ imageId: _id, seq, url }) => ({
          updateOne: {
            filter: { ...imageOf({ _id, requestId, seq }), status: { $in: [...RETRIED] }, ...before(run) },
            update: {
              $set: { ...freshIn(run, seq), inputUrl: url, corrected: true },
              $unset: { ...AS_ENDED, skipped: '' },
            },
          },
        })),
        { ordered: false },
      );
    },

    /** Whether any image of the request is not finished yet. */
    async hasUnfinished({ _id: requestId }: Pick<Counted, '_id'>): Promise<boolean> {
      const unfinished = between({ from: 0, to: END_OF_TIME });
      return (await images.exists({ requestId, nextAt: unfinished })) !== null;
    },

    /**
     * What the reports of small requests are made of: all of their images, each request's in order, in one query. Put in
     * order here, as no index has them in an order across requests.
     */
    async ofRequests(requestIds: readonly string[]): Promise<Map<string, ReportedImage[]>> {
      const found = await images
        .find({ requestId: { $in: [...requestIds] } }, { ...REPORTED_FIELDS, requestId: 1 })
        .batchSize(MOST_AT_ONCE)
        .lean<(ReportedImage & Pick<ImageRecord, 'requestId' | 'seq'>)[]>();
      return byRequest(
        requestIds,
        found.sort((a, b) => a.seq - b.seq),
      );
    },

    /** Images `from ≤ seq < to` of a request in order. */
    async page(requestId: string, from: number, to: number): Promise<ImageRecord[]> {
      return images
        .find({ requestId, seq: { $gte: from, $lt: to } })
        .sort({ seq: 1 })
        .lean<ImageRecord[]>();
    },

    /** The same without URLs and errors, of which one alone may have 24 kB: each reader of an output holds a page. */
    async outlines(requestId: string, from: number, to: number): Promise<OutlinedImage[]> {
      return images
        .find({ requestId, seq: { $gte: from, $lt: to } }, OUTLINE)
        .sort({ seq: 1 })
        .lean<OutlinedImage[]>();
    },

    /** Like {@link outlines}, with source, sizes and error. */
    async details(requestId: string, from: number, to: number): Promise<DetailedImage[]> {
      return images
        .find({ requestId, seq: { $gte: from, $lt: to } }, DETAILS)
        .sort({ seq: 1 })
        .lean<DetailedImage[]>();
    },
  };
};

const RETRIED = ['failed', 'cancelled'] as const satisfies readonly ImageRecord['status'][];

/** Not requeued in this run yet, nor in a later one: whoever resumes a retry may be late. */
const before = (run: number) => ({ run: { $not: { $gte: run } } });

/** What a retry writes to an image, and what it removes. */
const freshIn = (run: number, seq: number) => ({
  ...{ status: 'pending' as const, nextAt: new Date(seq), attempts: 0, reports: 0, run },
});
const AS_ENDED = { error: '', finishedAt: '', settledBy: '', leaseToken: '' } as const;

const updateFor = (image: ClaimedImage, outcome: Outcome, at: Date) => {
  const settledBy = image.leaseToken;
  if (outcome.kind === 'again') {
    return {
      $set: {
        status: 'pending' as const,
        nextAt: new Date(at.getTime() + outcome.delayMs),
        error: outcome.error,
        settledBy,
      },
      $unset: { leaseToken: '' },
      // An attempt that does not count is subtracted; a reported one must not look like an expired lease.
      $inc: { attempts: outcome.counts ? 0 : -1, reports: outcome.counts && outcome.reported ? 1 : 0 },
    };
  }
  const end = { finishedAt: at, settledBy };
  if (outcome.kind === 'failed') {
    return {
      $set: { ...end, status: 'failed' as const, error: outcome.error },
      $unset: { nextAt: '', leaseToken: '' },
    };
  }
  const { bytesIn, bytesOut, crc32, width, height, notes, further } = outcome.result;
  const outputs = { bytesOut, width, height, ...(further === undefined ? {} : { further: [...further] }) };
  return {
    $set: { ...end, status: 'completed' as const, bytesIn, crc32, ...outputs, notes: [...notes] },
    $unset: { nextAt: '', leaseToken: '', error: '' },
  };
};
