import type { Models } from './models.ts';
import { PAGE_SIZE } from './request-store.ts';
import { VISIBLE } from './transitions.ts';
import { FINAL_STATES, type RequestRecord } from './types.ts';

/** Requests of one page, so that a long backlog is not read as a whole. */
const REQUESTS_PER_PAGE = 50;
/** Row chunks of one delete. */
const CHUNKS_A_DELETE = 100;
/** Unfinished requests have no date; a lower bound keeps them out of the range. */
const BEGINNING = new Date(0);

export type RemovableRequest = Pick<
  RequestRecord,
  '_id' | 'state' | 'run' | 'options' | 'total' | 'csv' | 'uploadKey' | 'finishedAt' | 'removingUntil'
>;
/** A request that the caller removes, until its lease ends. */
export type LeasedRemoval = RemovableRequest & { readonly removingUntil: Date };
export type RemovalStore = ReturnType<typeof createRemovalStore>;

const FIELDS = {
  ...{ state: 1, run: 1, options: 1, total: 1, csv: 1, uploadKey: 1, finishedAt: 1, removingUntil: 1 },
} as const;

const asFound = ({ _id, removingUntil }: RemovableRequest) => ({
  _id,
  state: 'removing' as const,
  removingUntil: removingUntil ?? { $exists: false },
});

/**
 * The database's part of removing requests. Of several instances one removes a request: `removingUntil` is the end of its
 * lease and what names it, as each write filters on the date that the same caller wrote last. Every call may be repeated.
 */
export const createRemovalStore = ({ requests, images, rows, uploadKeys }: Models) => ({
  /**
   * A page of the requests whose removal has begun and that nobody removes at present, in the order of their ids. An
   * instance of an earlier version takes no lease; next to one, a request may be removed twice, which does no harm.
   */
  async begun(now: Date, afterId = ''): Promise<RemovableRequest[]> {
    return requests
      .find({ state: 'removing', _id: { $gt: afterId }, removingUntil: { $not: { $gt: now } } }, FIELDS)
      .sort({ _id: 1 })
      .limit(REQUESTS_PER_PAGE)
      .lean<RemovableRequest[]>();
  },

  /** A page of the requests that finished before `before`, the oldest first; those that owe a webhook are left out. */
  async finishedBefore(before: Date, after = BEGINNING): Promise<RemovableRequest[]> {
    return requests
      .find(
        { finishedAt: { $gt: after, $lt: before }, state: { $in: [...FINAL_STATES] }, eventPending: { $ne: true } },
        FIELDS,
      )
      .sort({ finishedAt: 1 })
      .limit(REQUESTS_PER_PAGE)
      .lean<RemovableRequest[]>();
  },

  /**
   * From here on people do not see the request, and no webhook is sent for it. False when it is hidden already.
   * It is stopped and removed by what finds it with {@link deleted}.
   */
  async markDeleted(requestId: string): Promise<boolean> {
    const written = await requests.updateOne(
      { _id: requestId, ...VISIBLE },
      { $set: { deleted: true }, $unset: { webhook: '', eventPending: '' } },
    );
    return written.modifiedCount === 1;
  },

  /** Those of the requests that people still see. */
  async visible(requestIds: readonly string[]): Promise<ReadonlySet<string>> {
    const found = await requests.find({ _id: { $in: requestIds }, ...VISIBLE }, { _id: 1 }).lean();
    return new Set(found.map(({ _id }) => _id));
  },

  /** A page of the deleted requests whose removal has not begun, in the order of their ids. */
  async deleted(afterId = ''): Promise<RemovableRequest[]> {
    return requests
      .find({ deleted: true, _id: { $gt: afterId }, state: { $ne: 'removing' } }, FIELDS)
      .sort({ _id: 1 })
      .limit(REQUESTS_PER_PAGE)
      .lean<RemovableRequest[]>();
  },

  /** From here on no one sees the request. Null when it has changed meanwhile, for example by a retry. */
  async begin(request: RemovableRequest, removingUntil: Date): Promise<LeasedRemoval | null> {
    const { _id, state, run } = request;
    const written = await requests.updateOne({ _id, state, run }, { $set: { state: 'removing', removingUntil } });
    return written.modifiedCount === 1 ? { ...request, state: 'removing', removingUntil } : null;
  },

  /** Takes the lease of a removal that was cut off, or extends one's own. Null when another instance has it. */
  async lease(request: RemovableRequest, removingUntil: Date): Promise<LeasedRemoval | null> {
    const written = await requests.updateOne(asFound(request), { $set: { removingUntil } });
    return written.matchedCount === 1 ? { ...request, removingUntil } : null;
  },

  /** Leaves a removal that cannot go on to the next round, of whichever instance. */
  async release(request: LeasedRemoval): Promise<void> {
    await requests.updateOne(asFound(request), { $unset: { removingUntil: '' } });
  },

  /** Ids of the images of one page, which has `PAGE_SIZE` places. */
  async imageIds(requestId: string, from: number): Promise<string[]> {
    const page = await images.find({ requestId, seq: { $gte: from, $lt: from + PAGE_SIZE } }, { _id: 1 }).lean();
    return page.map(({ _id }) => _id);
  },

  async removeImages(requestId: string, from: number): Promise<void> {
    await images.deleteMany({ requestId, seq: { $gte: from, $lt: from + PAGE_SIZE } });
  },

  async removeRows(requestId: string, chunks: number): Promise<void> {
    for (let from = 0; from < chunks; from += CHUNKS_A_DELETE) {
      const length = Math.min(CHUNKS_A_DELETE, chunks - from);
      await rows.deleteMany({ _id: { $in: Array.from({ length }, (_, n) => `${requestId}:${from + n}`) } });
    }
  },

  /** Unless another upload has the key by now. */
  async removeUploadKey(requestId: string, keyId: string): Promise<void> {
    await uploadKeys.deleteOne({ _id: keyId, requestId });
  },

  async removeRequest(request: LeasedRemoval): Promise<void> {
    await requests.deleteOne(asFound(request));
  },
});
