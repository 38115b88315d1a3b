/** A delivery that is due, as far as its claimer must know it to choose. */
export interface DueDelivery {
  readonly _id: string;
  readonly nextAt: Date;
  /** Scheme, host and port of the receiver; those of earlier versions have none, and count as one. */
  readonly origin?: string;
  /** Absent: the default one. */
  readonly tenant?: string;
  /** Attempts so far. */
  readonly tries: number;
}

/** Reads deliveries that are due after `from`, up to and including `to`; in the order of their dates, or the newest first. */
export type ReadDue = (from: Date, to: Date, order: 1 | -1, limit: number) => Promise<DueDelivery[]>;

/** Deliveries of one reading; larger ones take long where the engine reads all that matches before it cuts. */
const PAGE = 200;
const NEWEST = 100;
/** What has just become due is looked at first, however many wait already. */
const NEW_MS = 3_000;
/** For how long a page is gone through before the next one is read. */
const PAGE_MS = 1_000;
/** No delivery is due before it; a lower bound keeps the ended ones, which have no date, out of the index range. */
const BEGINNING = new Date(0);

export interface DueDeliveries {
  /** Some that are due: the newest and the longest due in turns. */
  look(): Promise<DueDelivery[]>;
  /** These are taken, and not shown again. */
  take(taken: readonly DueDelivery[]): void;
}

/**
 * Goes through what is due page by page and begins anew at the end, so that thousands of deliveries to receivers without a
 * free slot cost one narrow reading a second, and hide nothing behind them for long. What it holds is a hint: a lease
 * decides.
 */
export const createDueDeliveries = (read: ReadDue, now: () => Date): DueDeliveries => {
  let page: DueDelivery[] = [];
  let from = BEGINNING;
  let readAt = Number.NEGATIVE_INFINITY;

  /** True when the page holds all that is due. */
  const turn = async (at: Date): Promise<boolean> => {
    if (page.length > 0 && at.getTime() - readAt < PAGE_MS) return false;
    let begins = from === BEGINNING;
    page = await read(from, at, 1, PAGE);
    if (page.length === 0 && !begins) {
      begins = true;
      page = await read(BEGINNING, at, 1, PAGE);
    }
    readAt = at.getTime();
    from = (page.length < PAGE ? undefined : page.at(-1)?.nextAt) ?? BEGINNING;
    return begins && page.length < PAGE;
  };

  return {
    async look() {
      const at = now();
      if (await turn(at)) return [...page];
      const newest = await read(new Date(at.getTime() - NEW_MS), at, -1, NEWEST);
      const ids = new Set(newest.map(({ _id }) => _id));
      const others = page.filter(({ _id }) => !ids.has(_id));
      const both: DueDelivery[] = [];
      for (let n = 0; n < Math.max(newest.length, others.length); n += 1) {
        both.push(...newest.slice(n, n + 1), ...others.slice(n, n + 1));
      }
      return both;
    },
    take(taken) {
      const ids = new Set(taken.map(({ _id }) => _id));
      page = page.filter(({ _id }) => !ids.has(_id));
    },
  };
};
