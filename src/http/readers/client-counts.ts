import type { Store } from 'express-rate-limit';

/** Clients that are counted at the same time; each takes some hundred bytes. */
const MAX_CLIENTS = 10_000;
/** So many are left then: forgetting one at a time would walk past the places of all that were forgotten before. */
const CLIENTS_LEFT = 9_000;

interface Count {
  totalHits: number;
  readonly resetTime: Date;
}

export interface ClientCounts extends Store {
  increment(client: string): Count;
}

/**
 * Counts the calls of each client in a window that begins with its first one; a store for express-rate-limit. Whoever
 * has many addresses cannot make it grow: above {@link MAX_CLIENTS} those whose windows began first are forgotten. That
 * gives away nothing, as so many addresses may each make their own calls anyway.
 * @param now milliseconds since the epoch
 */
export const createClientCounts = (windowMs: number, now: () => number = Date.now): ClientCounts => {
  /** By the begin of their windows, as all of these are equally long. */
  const counts = new Map<string, Count>();

  const forgetOldest = (): void => {
    for (const client of counts.keys()) {
      if (counts.size <= CLIENTS_LEFT) return;
      counts.delete(client);
    }
  };

  return {
    localKeys: true,
    increment(client) {
      const at = now();
      let count = counts.get(client);
      if (count === undefined || count.resetTime.getTime() <= at) {
        counts.delete(client);
        count = { totalHits: 0, resetTime: new Date(at + windowMs) };
        counts.set(client, count);
        if (counts.size > MAX_CLIENTS) forgetOldest();
      }
      count.totalHits += 1;
      return { ...count };
    },
    decrement(client) {
      const count = counts.get(client);
      if (count !== undefined) count.totalHits = Math.max(0, count.totalHits - 1);
    },
    resetKey: (client) => void counts.delete(client),
  };
};
