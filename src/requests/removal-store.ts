import type { Models } from './models.ts';
import { PAGE_SIZE } from './request-store.ts';
import { FINAL_STATES, type RequestRecord, type RequestState } from './types.ts';

/** Old requests that one look finds, so that a long backlog is not read as a whole. */
const REQUESTS_A_LOOK = 50;
/** Row chunks of one delete. */
const CHUNKS_A_DELETE = 100;
/** Nothing is finished before it; a lower bound keeps unfinished requests, which have no date, out of the range. */
const BEGINNING = new Date(0);

export type RemovableRequest = Pick<RequestRecord, '_id' | 'state' | 'run' | 'options' | 'total' | 'csv' | 'uploadKey'>;
export type RemovalStore = ReturnType<typeof createRemovalStore>;

const FIELDS = { state: 1, run: 1, options: 1, total: 1, csv: 1, uploadKey: 1, eventPending: 1 } as const;
const isFinal = (state: RequestState): boolean => (FINAL_STATES as readonly RequestState[]).includes(state);

/** The database's part of removing requests. Every call may be repeated, and made by several instances at once. */
export const createRemovalStore = ({ requests, images, rows, uploadKeys }: Models) => ({
  /** Requests whose removal was begun, here or elsewhere. */
  async begun(): Promise<RemovableRequest[]> {
    return requests.find({ state: 'removing' }, FIELDS).limit(REQUESTS_A_LOOK).lean<RemovableRequest[]>();
  },

  /** The oldest requests that were finished before `before`; one that still owes its webhook is not among them. */
  async finishedBefore(before: Date): Promise<RemovableRequest[]> {
    const found = await requests
      .find({ finishedAt: { $gt: BEGINNING, $lt: before } }, FIELDS)
      .sort({ finishedAt: 1 })
      .limit(REQUESTS_A_LOOK)
      .lean<(RemovableRequest & Pick<RequestRecord, 'eventPending'>)[]>();
    return found.filter(({ state, eventPending }) => isFinal(state) && eventPending !== true);
  },

  /** From here on nobody sees the request. False when it has changed meanwhile, for example by a retry. */
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
