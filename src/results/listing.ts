import type { Models } from '../requests/models.ts';
import { ofTenant } from '../requests/tenant.ts';
import { isVisible, VISIBLE } from '../requests/transitions.ts';
import type { RequestRecord } from '../requests/types.ts';
import { SUMMARY_FIELDS } from './status.ts';

/** The position of a request in the list, which is sorted newest first. */
export interface ListPlace {
  readonly createdAt: Date;
  readonly requestId: string;
}

const FIELDS = { tenant: 1, deleted: 1, ...SUMMARY_FIELDS } as const;

export type ListedRequest = Pick<RequestRecord, '_id' | keyof typeof FIELDS>;

/** Which requests are wanted, as far as the database can tell. */
export interface ListFilter {
  readonly label?: string | undefined;
  /** Those before are not looked at. */
  readonly since?: Date | undefined;
}

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
  async (
    tenant: string,
    limit: number,
    after?: ListPlace,
    { label, since }: ListFilter = {},
  ): Promise<ListedRequest[]> => {
    const wanted = { ...ofTenant(tenant), ...(label === undefined ? {} : { label }), ...VISIBLE };
    const oldest = since?.getTime() ?? 0;
    const read = (createdAt: object | Date, beyond: object = {}) =>
      requests
        .find({ ...wanted, createdAt, ...beyond }, FIELDS)
        .sort({ createdAt: -1, _id: -1 })
        .limit(limit)
        .lean<ListedRequest[]>();

    const found =
      after === undefined || after.createdAt.getTime() < oldest
        ? []
        : await read(after.createdAt, { _id: { $lt: after.requestId } });
    const newest = after?.createdAt.getTime() ?? now().getTime();
    let to = after === undefined ? newest + AHEAD_MS : newest;
    for (let width = FIRST_WINDOW_MS; found.length < limit && to > oldest; width *= WIDER) {
      const from = Math.max(oldest, Math.min(to, newest) - width);
      found.push(...(await read({ $gte: new Date(from), $lt: new Date(to) })));
      to = from;
    }
    return found.slice(0, limit);
  };

/** Requests that one call looks through for those that match. */
const MAX_SCANNED = 2_000;
const SCANNED_AT_ONCE = 200;

export interface FoundRequests {
  readonly found: readonly ListedRequest[];
  /** Where the next call goes on; null at the end. There may be more where less than the limit was found. */
  readonly next: ListPlace | null;
}

/** The newest requests that match (null: all), by looking through a bounded number of them. */
export const searchRequests = async (
  list: (limit: number, after?: ListPlace) => Promise<ListedRequest[]>,
  limit: number,
  after: ListPlace | undefined,
  matches: ((request: ListedRequest) => boolean) | null,
): Promise<FoundRequests> => {
  const found: ListedRequest[] = [];
  const atOnce = matches === null ? limit : SCANNED_AT_ONCE;
  let place = after;
  for (let scanned = 0; scanned < MAX_SCANNED; ) {
    const page = await list(atOnce + 1, place);
    for (const [at, request] of page.slice(0, atOnce).entries()) {
      scanned += 1;
      place = { createdAt: request.createdAt, requestId: request._id };
      if (matches === null || matches(request)) found.push(request);
      if (found.length === limit) return { found, next: at + 1 < page.length ? place : null };
    }
    if (page.length <= atOnce) return { found, next: null };
  }
  return { found, next: place ?? null };
};

/** Those of the given requests that exist and are visible to people, unordered, in one query. */
export const createSummaries =
  ({ requests }: Models) =>
  async (requestIds: readonly string[]): Promise<ListedRequest[]> => {
    const found = await requests.find({ _id: { $in: [...requestIds] } }, FIELDS).lean<ListedRequest[]>();
    return found.filter(isVisible);
  };
