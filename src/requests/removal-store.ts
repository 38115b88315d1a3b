import type { Models } from './models.ts';
import { PAGE_SIZE } from './request-store.ts';
import { FINAL_STATES, type RequestRecord } from './types.ts';

/** Requests of one page, so that a long backlog is not read as a whole. */
const REQUESTS_PER_PAGE = 50;
/** Row chunks of one delete. */
const CHUNKS_A_DELETE = 100;
/** Unfinished requests have no date; a lower bound keeps them out of the range. */
const BEGINNING = new Date(0);

export type RemovableRequest = Pick<
  RequestRecord,
  '_id' | 'state' | 'run' | 'options' | 'total' | 'csv' | 'uploadKey' | 'finishedAt'
>;
export type RemovalStore = ReturnType<typeof createRemovalStore>;

const FIELDS = { state: 1, run: 1, options: 1, total: 1, csv: 1, uploadKey: 1, finishedAt: 1 } as const;

/** The database's part of removing requests. Every call may be repeated, and made by several instances at once. */
export const createRemovalStore = ({ requests, images, rows, uploadKeys }: Models) => ({
  /** A page of the requests whose removal has begun, here or elsewhere, in the order of their ids. */
  async begun(afterId = ''): Promise<RemovableRequest[]> {
    return requests
      .find({ state: 'removing', _id: { $gt: afterId } }, FIELDS)
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

  /** From here on no one sees the request. False when it has changed meanwhile, for example by a retry. */
  async begin({ _id, state, run }: RemovableRequest): Promise<boolean> {
    const written = await requests.updateOne({ _id, state, run }, { $set: { state: 'removing' } });
    return written.modifiedCount === 1;
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

  async removeRequest(requestId: string): Promise<void> {
    await requests.deleteOne({ _id: requestId, state: 'removing' });
  },
});
