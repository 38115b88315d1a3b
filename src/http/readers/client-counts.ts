import type { Store } from 'express-rate-limit';
import { LRUCache } from 'lru-cache';

/** Clients counted at the same time; each takes a few hundred bytes. */
const MAX_CLIENTS = 10_000;

interface Count {
  totalHits: number;
  readonly resetTime: Date;
}

export interface ClientCounts extends Store {
  increment(client: string): Count;
}

/**
 * Counts the calls of each client in a window that starts with its first call; a store for express-rate-limit. Bounded
 * against clients with many addresses: above {@link MAX_CLIENTS}, the oldest windows are dropped. That allows no more
 * calls than those addresses have anyway.
 * @param now milliseconds since the epoch
 */
export const createClientCounts = (windowMs: number, now: () => number = Date.now): ClientCounts => {
  // Only `peek` is used, so the order of eviction is that of the windows' start.
  const counts = new LRUCache<string, Count>({ max: MAX_CLIENTS });

  return {
    localKeys: true,
    increment(client) {
      const at = now();
      let count = counts.peek(client);
      if (count === undefined || count.resetTime.getTime() <= at) {
        count = { totalHits: 0, resetTime: new Date(at + windowMs) };
        counts.set(client, count);
      }
      count.totalHits += 1;
      return { ...count };
    },
    decrement(client) {
      const count = counts.peek(client);
      if (count !== undefined) count.totalHits = Math.max(0, count.totalHits - 1);
    },
    resetKey: (client) => void counts.delete(client),
  };
};
