import type { Models } from './models.ts';
import { clientOfTenant, DEFAULT_TENANT } from './tenant.ts';
import { addImage, finishedImages } from './transitions.ts';
import {
  ACTIVE_STATES,
  type Counters,
  type ImageRecord,
  type LimitedBy,
  NO_COUNTS,
  type RequestRecord,
  UNFINISHED_STATES,
} from './types.ts';

/** How many images one query of a recount, a removal or a page reads. */
export const PAGE_SIZE = 1_000;

/** What has become of images of one run of a request since the last time. */
export interface AddedCounts {
  readonly request: Pick<RequestRecord, '_id' | 'run'>;
  readonly added: Counters;
  /** Null: nothing limits it; absent: not known. */
  readonly limitedBy?: LimitedBy | null;
}

/** The counters of requests, which may be shown and are never trusted (docs/decisions/0004-counters-fall-short.md). */
export const createCounters = ({ requests, images }: Pick<Models, 'requests' | 'images'>) => ({
  /**
   * Adds to the shown counters, those of several requests in one command. Never repeated after an error: they may fall
   * short and never run ahead, so a sum that reaches the total is exact, and one that does not is counted anew at
   * completion. A run that has ended takes no more: its counters are final.
   */
  async addCounts(counts: readonly AddedCounts[]): Promise<void> {
    if (counts.length === 0) return;
    await requests.bulkWrite(
      counts.map(({ request: { _id, run }, added, limitedBy }) => ({
        updateOne: {
          filter: { _id, run, state: { $in: [...ACTIVE_STATES] } },
          update: {
            $inc: Object.fromEntries(Object.entries(added).map(([name, value]) => [`counters.${name}`, value])),
            ...(limitedBy && { $set: { limitedBy } }),
            ...(limitedBy === null && { $unset: { limitedBy: '' } }),
          },
        },
      })),
      { ordered: false },
    );
  },

  /** Counts the images themselves, page by page. */
  async recount(requestId: string, total: number): Promise<Counters> {
    let sum = NO_COUNTS;
    for (let from = 0; from < total; from += PAGE_SIZE) {
      const page = await images
        .find({ requestId, seq: { $gte: from, $lt: from + PAGE_SIZE } }, { status: 1, bytesIn: 1, bytesOut: 1 })
        .lean<Pick<ImageRecord, 'status' | 'bytesIn' | 'bytesOut'>[]>();
      sum = page.reduce(addImage, sum);
    }
    return sum;
  },

  /**
   * Unfinished images, those of uploads in progress included: from the totals and counters of the requests, not by
   * counting images. Counters fall short at worst, so the sum is never too low.
   * @param client only of this client's requests (`client` of the record); undefined: of all
   */
  async unfinishedImages(client?: string): Promise<number> {
    const unfinished = (of: { client?: string | null }) =>
      requests
        .find({ ...of, state: { $in: [...UNFINISHED_STATES] } }, { total: 1, counters: 1 })
        .lean<Pick<RequestRecord, 'total' | 'counters'>[]>();
    const found = await unfinished(client === undefined ? {} : { client });
    // Those of versions that stored no client are the default tenant's.
    if (client === clientOfTenant(DEFAULT_TENANT)) found.push(...(await unfinished({ client: null })));
    return found.reduce((sum, { total, counters }) => sum + Math.max(0, total - finishedImages(counters)), 0);
  },

  /**
   * The unfinished images of all clients, and since when the oldest that can be worked on has been waiting: since its upload or
   * retry; null when there is none.
   */
  async unfinishedWork(): Promise<{ readonly images: number; readonly since: Date | null }> {
    const found = await requests
      .find({ state: { $in: [...UNFINISHED_STATES] } }, { state: 1, total: 1, counters: 1, heartbeatAt: 1 })
      .lean<Pick<RequestRecord, 'state' | 'total' | 'counters' | 'heartbeatAt'>[]>();
    let images = 0;
    let since: Date | null = null;
    for (const { state, total, counters, heartbeatAt } of found) {
      const left = Math.max(0, total - finishedImages(counters));
      images += left;
      const waits = left > 0 && ACTIVE_STATES.some((active) => active === state);
      if (waits && (since === null || heartbeatAt < since)) since = heartbeatAt;
    }
    return { images, since };
  },
});

export const isExact = (counters: Counters, total: number): boolean => finishedImages(counters) === total;
