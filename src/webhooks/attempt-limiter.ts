import { addTo } from '../tally.ts';
import type { DueDelivery } from './due.ts';

export interface AttemptLimits {
  /** Attempts in flight at the same time. */
  readonly concurrency: number;
  /** A first attempt that has waited this long for its receiver may be preempted when another delivery needs its permit. */
  readonly preemptAfterMs: number;
}

/** Share of the permits that one receiver may use. */
const ORIGIN_SHARE = 1 / 8;
/** Share of the permits that retries may use. */
const RETRY_SHARE = 1 / 4;

interface InFlight {
  readonly due: DueDelivery;
  readonly since: number;
  readonly abort: () => void;
}

/** Selects deliveries for one claim; what it has selected counts against the limits. */
export interface Selection {
  /** How many deliveries may be selected at most. */
  readonly capacity: number;
  select(due: readonly DueDelivery[], limit: number): DueDelivery[];
  /** Whether a due delivery was left waiting. */
  readonly isSaturated: boolean;
}

export interface AttemptLimiter {
  selection(): Selection;
  /**
   * Takes a permit. If none is free, the attempt that has waited longest is preempted.
   * @param abort ends the attempt early
   * @returns releases the permit
   */
  acquire(due: DueDelivery, abort: () => void): () => void;
}

const isFirst = ({ tries }: DueDelivery): boolean => tries === 0;

/**
 * Shares the attempts in flight fairly among tenants and receivers. Only waiting shows that a receiver never answers.
 * So each receiver has a few permits, most permits are reserved for first attempts, and a first attempt that has waited
 * for a moment is preempted when another delivery needs its permit; it is retried later.
 * @param now monotonic milliseconds
 */
export const createAttemptLimiter = (
  { concurrency, preemptAfterMs }: AttemptLimits,
  now: () => number,
): AttemptLimiter => {
  const perOrigin = Math.max(1, Math.floor(concurrency * ORIGIN_SHARE));
  const maxRetries = Math.max(1, Math.floor(concurrency * RETRY_SHARE));
  const inFlight = new Set<InFlight>();

  const isPreemptible = ({ due, since }: InFlight): boolean => isFirst(due) && now() - since >= preemptAfterMs;

  const countsBy = (keyOf: (due: DueDelivery) => string | undefined): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const { due } of inFlight) addTo(counts, keyOf(due) ?? '', 1);
    return counts;
  };

  const preemptOne = (): void => {
    const tenants = countsBy(({ tenant }) => tenant);
    const share = ({ due }: InFlight): number => tenants.get(due.tenant ?? '') ?? 0;
    const [victim] = [...inFlight].filter(isPreemptible).sort((a, b) => share(b) - share(a) || a.since - b.since);
    if (victim === undefined) return;
    inFlight.delete(victim);
    victim.abort();
  };

  return {
    selection() {
      const origins = countsBy(({ origin }) => origin);
      const tenants = countsBy(({ tenant }) => tenant);
      let retries = [...inFlight].filter(({ due }) => !isFirst(due)).length;
      let free = Math.max(0, concurrency - inFlight.size);
      const preemptible = new Map<string, number>();
      for (const one of inFlight) if (isPreemptible(one)) addTo(preemptible, one.due.tenant ?? '', 1);
      let isSaturated = false;

      const share = (tenant = ''): number => tenants.get(tenant) ?? 0;
      /** Of the tenants with preemptible attempts, the one with the most attempts in flight. */
      const largestPreemptible = (): string | undefined =>
        [...preemptible.keys()].sort((a, b) => share(b) - share(a))[0];
      /** A tenant is never preempted for one that has more in flight. */
      const canPreemptFor = (tenant: string | undefined): boolean => {
        const from = largestPreemptible();
        return from !== undefined && share(from) >= share(tenant);
      };

      const fits = (due: DueDelivery): boolean => {
        if ((origins.get(due.origin ?? '') ?? 0) >= perOrigin) return false;
        return isFirst(due) ? free > 0 || canPreemptFor(due.tenant) : free > 0 && retries < maxRetries;
      };

      const reserve = (due: DueDelivery): void => {
        const from = largestPreemptible();
        if (free > 0) free -= 1;
        else if (from !== undefined) {
          addTo(tenants, from, -1);
          addTo(preemptible, from, -1);
        }
        addTo(origins, due.origin ?? '', 1);
        addTo(tenants, due.tenant ?? '', 1);
        if (!isFirst(due)) retries += 1;
      };

      return {
        capacity: free + [...preemptible.values()].reduce((sum, count) => sum + count, 0),
        get isSaturated() {
          return isSaturated;
        },
        select(due, limit) {
          const selected: DueDelivery[] = [];
          let candidates = due.filter(fits);
          while (selected.length < limit && candidates.length > 0) {
            const next = candidates.reduce((best, each) => (share(each.tenant) < share(best.tenant) ? each : best));
            reserve(next);
            selected.push(next);
            candidates = candidates.filter((each) => each !== next && fits(each));
          }
          isSaturated ||= selected.length < due.length;
          return selected;
        },
      };
    },

    acquire(due, abort) {
      if (inFlight.size >= concurrency) preemptOne();
      const one: InFlight = { due, since: now(), abort };
      inFlight.add(one);
      return () => void inFlight.delete(one);
    },
  };
};
