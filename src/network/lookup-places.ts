import { addTo } from '../tally.ts';

/** How many look-ups may be under way at the same time. */
export interface LookupLimits {
  readonly perDomain: number;
  readonly inAll: number;
}

export interface LookupPlaces {
  /**
   * Waits for a place of the domain.
   * @param signal ends the wait
   * @returns gives the place back
   * @throws the signal's reason
   */
  take(domain: string, signal: AbortSignal): Promise<() => void>;
}

interface Waiting {
  readonly domain: string;
  readonly begin: () => void;
}

/**
 * The places for look-ups: a few for each registered domain, as whoever owns it decides how long its names take, and a
 * number in all. Those of a domain without a place do not hold up those behind them.
 */
export const createLookupPlaces = ({ perDomain, inAll }: LookupLimits): LookupPlaces => {
  const taken = new Map<string, number>();
  const waiting = new Set<Waiting>();
  let all = 0;

  const hasPlace = (domain: string): boolean => all < inAll && (taken.get(domain) ?? 0) < perDomain;

  const next = (): void => {
    if (all >= inAll) return;
    for (const one of waiting) {
      if (!hasPlace(one.domain)) continue;
      waiting.delete(one);
      one.begin();
      return;
    }
  };

  const occupy = (domain: string): (() => void) => {
    all += 1;
    addTo(taken, domain, 1);
    return () => {
      all -= 1;
      addTo(taken, domain, -1);
      next();
    };
  };

  return {
    async take(domain, signal) {
      signal.throwIfAborted();
      if (hasPlace(domain)) return occupy(domain);
      return new Promise((resolve, reject) => {
        const one: Waiting = {
          domain,
          begin: () => {
            signal.removeEventListener('abort', giveUp);
            resolve(occupy(domain));
          },
        };
        const giveUp = (): void => {
          waiting.delete(one);
          reject(signal.reason);
        };
        waiting.add(one);
        signal.addEventListener('abort', giveUp, { once: true });
      });
    },
  };
};
