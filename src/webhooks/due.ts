/** A due delivery with the fields that a claim selects by. */
export interface DueDelivery {
  readonly _id: string;
  readonly nextAt: Date;
  /** Scheme, host and port of the receiver. Deliveries of earlier versions have none and count as one receiver. */
  readonly origin?: string;
  /** Absent for the default tenant. */
  readonly tenant?: string;
  /** Attempts so far. */
  readonly tries: number;
}

/** Reads deliveries due after `from`, up to and including `to`, in ascending (1) or descending (-1) order of date. */
export type ReadDue = (from: Date, to: Date, order: 1 | -1, limit: number) => Promise<DueDelivery[]>;

/** Deliveries per query. Larger limits are slow on engines that read all matches before they apply the limit. */
const PAGE = 200;
const NEWEST = 100;
/** Deliveries due within this time come first, so that a backlog does not delay new ones. */
const NEW_MS = 3_000;
/** How long a page is used before the next one is read. */
const PAGE_MS = 1_000;
/** Before all due dates. A lower bound keeps finished deliveries, which have no date, out of the index range. */
const BEGINNING = new Date(0);

export interface DueDeliveries {
  /** Some due deliveries, alternating between the newest and the longest due. */
  list(): Promise<DueDelivery[]>;
  /** Removes claimed deliveries, so that they are not listed again. */
  remove(claimed: readonly DueDelivery[]): void;
}

/**
 * Cycles through the due deliveries page by page, so that thousands of deliveries to saturated receivers cost one small
 * query a second and do not hide others behind them for long. The list is a hint: the lease decides.
 */
export const createDueDeliveries = (read: ReadDue, now: () => Date): DueDeliveries => {
  let page: DueDelivery[] = [];
  let from = BEGINNING;
  let readAt = Number.NEGATIVE_INFINITY;

  /** Reads the next page if needed; returns true if that page has all due deliveries. */
  const refresh = async (at: Date): Promise<boolean> => {
    if (page.length > 0 && at.getTime() - readAt < PAGE_MS) return false;
    let fromStart = from === BEGINNING;
    page = await read(from, at, 1, PAGE);
    if (page.length === 0 && !fromStart) {
      fromStart = true;
      page = await read(BEGINNING, at, 1, PAGE);
    }
    readAt = at.getTime();
    from = (page.length < PAGE ? undefined : page.at(-1)?.nextAt) ?? BEGINNING;
    return fromStart && page.length < PAGE;
  };

  return {
    async list() {
      const at = now();
      if (await refresh(at)) return [...page];
      const newest = await read(new Date(at.getTime() - NEW_MS), at, -1, NEWEST);
      const ids = new Set(newest.map(({ _id }) => _id));
      const others = page.filter(({ _id }) => !ids.has(_id));
      const mixed: DueDelivery[] = [];
      for (let n = 0; n < Math.max(newest.length, others.length); n += 1) {
        mixed.push(...newest.slice(n, n + 1), ...others.slice(n, n + 1));
      }
      return mixed;
    },
    remove(claimed) {
      const ids = new Set(claimed.map(({ _id }) => _id));
      page = page.filter(({ _id }) => !ids.has(_id));
    },
  };
};
