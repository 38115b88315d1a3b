import type { Models } from '../requests/models.ts';
import { ofTenant } from '../requests/tenant.ts';
import { HIDDEN_STATES, type RequestRecord } from '../requests/types.ts';
import { SUMMARY_FIELDS } from './status.ts';

/** The position of a request in the list, which is sorted newest first. */
export interface ListPlace {
  readonly createdAt: Date;
  readonly requestId: string;
}

const FIELDS = { tenant: 1, ...SUMMARY_FIELDS } as const;

export type ListedRequest = Pick<RequestRecord, '_id' | keyof typeof FIELDS>;

const FIRST_WINDOW_MS = 60_000;
const WIDER = 8;
/** Requests dated up to this far in the future, by a wrong clock, are listed. */
const AHEAD_MS = 60 * 60_000;

/**
 * A tenant's newest requests, in the order of an index. Read backwards in time windows that widen until enough are found:
 * engines that sort all matches of a query before they apply its limit sort those of a minute then, or of a window in
 * which the one before found fewer than were wanted.
 */
export const createListing =
  ({ requests }: Models, now: () => Date) =>
  async (tenant: string, limit: number, after?: ListPlace): Promise<ListedRequest[]> => {
    const read = (createdAt: object | Date, beyond: object = {}) =>
      requests
        .find({ ...ofTenant(tenant), createdAt, ...beyond, state: { $nin: [...HIDDEN_STATES] } }, FIELDS)
        .sort({ createdAt: -1, _id: -1 })
        .limit(limit)
        .lean<ListedRequest[]>();

    const found = after === undefined ? [] : await read(after.createdAt, { _id: { $lt: after.requestId } });
    const newest = after?.createdAt.getTime() ?? now().getTime();
    let to = after === undefined ? newest + AHEAD_MS : newest;
    for (let width = FIRST_WINDOW_MS; found.length < limit && to > 0; width *= WIDER) {
      const from = Math.max(0, Math.min(to, newest) - width);
      found.push(...(await read({ $gte: new Date(from), $lt: new Date(to) })));
      to = from;
    }
    return found.slice(0, limit);
  };

/** Those of the given requests that exist and are visible to people, unordered, in one query. */
export const createSummaries =
  ({ requests }: Models) =>
  async (requestIds: readonly string[]): Promise<ListedRequest[]> => {
    const found = await requests.find({ _id: { $in: [...requestIds] } }, FIELDS).lean<ListedRequest[]>();
    return found.filter(({ state }) => !HIDDEN_STATES.includes(state));
  };
