import { addTo } from '../tally.ts';

/** Maximum concurrent lookups. */
export interface LookupLimits {
  readonly perDomain: number;
  readonly total: number;
}

export interface LookupLimiter {
  /**
   * Waits for a permit.
   * @param signal cancels the wait
   * @returns releases the permit
   * @throws the signal's reason
   */
  acquire(domain: string, signal: AbortSignal): Promise<() => void>;
}

interface Waiter {
  readonly domain: string;
  readonly grant: () => void;
}

/**
 * Limits lookups per registered domain, because a domain's owner decides how long its names take, and in total. Waiters
 * of a saturated domain do not block those behind them.
 */
export const createLookupLimiter = ({ perDomain, total }: LookupLimits): LookupLimiter => {
  const activeByDomain = new Map<string, number>();
  const waiters = new Set<Waiter>();
  let active = 0;

  const available = (domain: string): boolean => active < total && (activeByDomain.get(domain) ?? 0) < perDomain;

  const grantNext = (): void => {
    if (active >= total) return;
    for (const waiter of waiters) {
      if (!available(waiter.domain)) continue;
      waiters.delete(waiter);
      waiter.grant();
      return;
    }
  };

  const grant = (domain: string): (() => void) => {
    active += 1;
    addTo(activeByDomain, domain, 1);
    return () => {
      active -= 1;
      addTo(activeByDomain, domain, -1);
      grantNext();
    };
  };

  return {
    async acquire(domain, signal) {
      signal.throwIfAborted();
      if (available(domain)) return grant(domain);
      return new Promise((resolve, reject) => {
        const waiter: Waiter = {
          domain,
          grant: () => {
            signal.removeEventListener('abort', cancel);
            resolve(grant(domain));
          },
        };
        const cancel = (): void => {
          waiters.delete(waiter);
          reject(signal.reason);
        };
        waiters.add(waiter);
        signal.addEventListener('abort', cancel, { once: true });
      });
    },
  };
};
