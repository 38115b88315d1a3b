import fc from 'fast-check';
import type { ImageResult } from '../../src/images/task.ts';
import { createVirtualWorld } from './virtual-world.ts';

const RUNS = 60;
/** After that, everything works. */
const TROUBLE_MS = 20_000;
const LIMIT_MS = 400_000;
/** Failures that are tried again end with a success. */
const FAILED_ATTEMPTS = 3;

const failure = (code: Extract<ImageResult, { ok: false }>['code'], more: object = {}): ImageResult => ({
  ...{ ok: false, code, message: 'no', retryable: true },
  ...more,
});

const request = fc.record({
  at: fc.nat(6_000),
  hosts: fc.array(fc.record({ host: fc.nat(3), images: fc.integer({ min: 1, max: 40 }) }), {
    minLength: 1,
    maxLength: 3,
  }),
});
const outages = fc.array(fc.record({ from: fc.nat(5_000), ms: fc.integer({ min: 1, max: 4_000 }) }), { maxLength: 4 });
const isIn = (those: readonly { readonly from: number; readonly ms: number }[], at: number): boolean =>
  those.some(({ from, ms }) => at >= from && at < from + ms);

test('every request ends, whatever fails on the way: images, stores, and single calls of the database', () => {
  const worlds = fc.record({
    requests: fc.array(request, { minLength: 1, maxLength: 6 }),
    ...{ databaseDown: outages, storeDown: outages, capacity: fc.integer({ min: 1, max: 24 }) },
    luck: fc.array(fc.nat(99), { minLength: 1, maxLength: 30 }),
  });
  fc.assert(
    fc.property(worlds, ({ requests, databaseDown, storeDown, capacity, luck }) => {
      const luckAt = (n: number): number => luck[n % luck.length] ?? 0;
      let processed = 0;
      const world = createVirtualWorld({
        capacity,
        databaseWorks: (at) => !isIn(databaseDown, at) && (at > TROUBLE_MS || luckAt(at * 7) >= 8),
        storageWorks: (at) => !isIn(storeDown, at),
        process({ at, attempts }) {
          processed += 1;
          const chance = luckAt(processed);
          const times = { downloadMs: 20 + chance, encodeMs: 10 + chance };
          if (isIn(storeDown, at)) return { ...times, result: failure('storage_failed') };
          if (attempts > FAILED_ATTEMPTS || chance >= 14) return times;
          const result =
            chance < 10 ? failure('source_unavailable') : failure('source_rate_limited', { retryAfterMs: 1_500 });
          return { ...times, result };
        },
      });
      const inOrder = requests.map((one, n) => ({ ...one, id: `r${n}` })).sort((a, b) => a.at - b.at);
      for (const { at, id, hosts } of inOrder) {
        world.runUntil(() => world.now() >= at, LIMIT_MS);
        world.add(
          id,
          hosts.map(({ host, images }) => ({ url: `https://h${host}.example`, images })),
        );
      }
      world.runUntil(() => world.finishedAt.size === requests.length, LIMIT_MS);
    }),
    { numRuns: RUNS },
  );
});
