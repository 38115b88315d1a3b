import { addTo } from '../tally.ts';
import type { DueDelivery } from './due.ts';

export interface SlotLimits {
  /** Attempts at the same time. */
  readonly total: number;
  /** A first attempt that has waited so long for its receiver makes way when another one has no slot. */
  readonly patienceMs: number;
}

/** Share of the slots that one receiver may have, and that deliveries may have which were tried before. */
const ORIGIN_SHARE = 1 / 8;
const RETRY_SHARE = 1 / 4;

interface Running {
  readonly due: DueDelivery;
  readonly since: number;
  readonly cut: () => void;
}

/** Chooses for one claim; what it has chosen counts until the claim is over. */
export interface Picker {
  /** How many may be chosen at most. */
  readonly places: number;
  pick(due: readonly DueDelivery[], most: number): DueDelivery[];
  /** Whether something is due that had to wait. */
  readonly isCrowded: boolean;
}

export interface Slots {
  picker(): Picker;
  /**
   * Takes a slot; when there is none, that of the attempt which has waited longest.
   * @param cut ends the attempt early
   * @returns gives the slot back
   */
  begin(due: DueDelivery, cut: () => void): () => void;
}

const isFirst = ({ tries }: DueDelivery): boolean => tries === 0;

/**
 * Shares the attempts under way among tenants and receivers. Receivers that never answer are told apart from others only
 * by waiting for them: so each has a few slots, most of them are for deliveries that are new, and while others have none,
 * a new one is waited for no longer than a moment. It is tried again by its schedule.
 * @param now milliseconds that only ever grow
 */
export const createSlots = ({ total, patienceMs }: SlotLimits, now: () => number): Slots => {
  const perOrigin = Math.max(1, Math.floor(total * ORIGIN_SHARE));
  const mostRetries = Math.max(1, Math.floor(total * RETRY_SHARE));
  const running = new Set<Running>();

  const mayCut = ({ due, since }: Running): boolean => isFirst(due) && now() - since >= patienceMs;

  const countsBy = (keyOf: (due: DueDelivery) => string | undefined): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const { due } of running) addTo(counts, keyOf(due) ?? '', 1);
    return counts;
  };

  const makeRoom = (): void => {
    const tenants = countsBy(({ tenant }) => tenant);
    const share = ({ due }: Running): number => tenants.get(due.tenant ?? '') ?? 0;
    const [victim] = [...running].filter(mayCut).sort((a, b) => share(b) - share(a) || a.since - b.since);
    if (victim === undefined) return;
    running.delete(victim);
    victim.cut();
  };

  return {
    picker() {
      const origins = countsBy(({ origin }) => origin);
      const tenants = countsBy(({ tenant }) => tenant);
      let retries = [...running].filter(({ due }) => !isFirst(due)).length;
      let free = Math.max(0, total - running.size);
      const cuttable = new Map<string, number>();
      for (const one of running) if (mayCut(one)) addTo(cuttable, one.due.tenant ?? '', 1);
      let isCrowded = false;

      const share = (tenant = ''): number => tenants.get(tenant) ?? 0;
      /** The tenant with the most under way of those that can make way. */
      const giver = (): string | undefined => [...cuttable.keys()].sort((a, b) => share(b) - share(a))[0];
      /** No tenant makes way for one that has more. */
      const isGiven = (tenant: string | undefined): boolean => {
        const from = giver();
        return from !== undefined && share(from) >= share(tenant);
      };

      const fits = (due: DueDelivery): boolean => {
        if ((origins.get(due.origin ?? '') ?? 0) >= perOrigin) return false;
        return isFirst(due) ? free > 0 || isGiven(due.tenant) : free > 0 && retries < mostRetries;
      };

      const choose = (due: DueDelivery): void => {
        const from = giver();
        if (free > 0) free -= 1;
        else if (from !== undefined) {
          addTo(tenants, from, -1);
          addTo(cuttable, from, -1);
        }
        addTo(origins, due.origin ?? '', 1);
        addTo(tenants, due.tenant ?? '', 1);
        if (!isFirst(due)) retries += 1;
      };

      return {
        places: free + [...cuttable.values()].reduce((sum, count) => sum + count, 0),
        get isCrowded() {
          return isCrowded;
        },
        pick(due, most) {
          const chosen: DueDelivery[] = [];
          let left = due.filter(fits);
          while (chosen.length < most && left.length > 0) {
            const next = left.reduce((best, each) => (share(each.tenant) < share(best.tenant) ? each : best));
            choose(next);
            chosen.push(next);
            left = left.filter((each) => each !== next && fits(each));
          }
          isCrowded ||= chosen.length < due.length;
          return chosen;
        },
      };
    },

    begin(due, cut) {
      if (running.size >= total) makeRoom();
      const one: Running = { due, since: now(), cut };
      running.add(one);
      return () => void running.delete(one);
    },
  };
};
