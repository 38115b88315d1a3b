import type { ImageResult } from '../../src/images/task.ts';
import { createVirtualWorld, type VirtualRun } from './virtual-world.ts';

const FAST = 'https://fast.example';
const SLOW = 'https://slow.example';
const failure = (code: Extract<ImageResult, { ok: false }>['code'], retryAfterMs?: number): ImageResult => ({
  ...{ ok: false, code, message: 'no', retryable: true },
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});
const hostOf = ({ url }: VirtualRun): string => url;

test('1,000 requests of 10 images each share the capacity, and all finish', () => {
  const world = createVirtualWorld();
  const ids = Array.from({ length: 1_000 }, (_, n) => n.toString(16).padStart(4, '0'));
  for (const [n, id] of ids.entries()) world.add(id, [{ url: `https://h${n % 50}.example`, images: 10 }]);
  world.runUntil(() => world.finishedAt.size === ids.length, 600_000);

  expect(world.grants).toHaveLength(10_000);
  // No request is served a second image before every other one had its first.
  const firsts = new Set(world.grants.slice(0, 1_100).map(({ requestId }) => requestId));
  expect(firsts.size).toBeGreaterThan(950);
  // 24 slots of 100 ms: 42 s at the very least.
  expect(world.now()).toBeLessThan(60_000);
  expect(world.asked.claim).toBeLessThan(5_000);
});

test('one request of 1,000,000 images keeps the capacity busy with few queries', () => {
  const world = createVirtualWorld();
  const hosts = Array.from({ length: 10 }, (_, n) => ({ url: `https://h${n}.example`, images: 100_000 }));
  world.add('large', hosts);
  world.runUntil(() => world.finishedAt.size === 1, 20_000_000);
  expect(world.grants).toHaveLength(1_000_000);
  expect(world.mostInFlight()).toBeLessThanOrEqual(48);
  expect(world.asked.claim).toBeLessThan(300_000);
}, 120_000);

test('a small request that comes after one of 1,000,000 images does not wait for it', () => {
  const world = createVirtualWorld();
  world.add('large', [{ url: SLOW, images: 1_000_000 }]);
  world.runUntil(() => world.grants.length > 100, 60_000);
  const cameAt = world.now();
  world.add('small', [{ url: FAST, images: 5 }]);
  world.runUntil(() => world.finishedAt.has('small'), 60_000);
  expect(world.now() - cameAt).toBeLessThan(500);
});

test('a fast host behind 100,000 images of a slow one is served at its own pace', () => {
  const world = createVirtualWorld({
    process: ({ url }) => ({ downloadMs: url === SLOW ? 5_000 : 20, encodeMs: 20 }),
  });
  world.add('both', [
    { url: SLOW, images: 100_000 },
    { url: FAST, images: 1_000 },
  ]);
  const fast = () => world.grants.filter((run) => hostOf(run) === FAST).length;
  world.runUntil(() => fast() === 1_000, 30_000);
  const slow = world.grants.filter((run) => hostOf(run) === SLOW);
  // Six connections of 5 s each: the slow host has what it can use, and no more.
  expect(slow.length).toBeLessThanOrEqual(6 * (1 + Math.ceil(world.now() / 5_000)));
  expect(slow.length).toBeGreaterThan(5);
});

test('a host that throttles is left alone while it wants that, and the others continue', () => {
  const ASKED_MS = 10_000;
  let throttledAt = -1;
  const world = createVirtualWorld({
    process: ({ url, at }) => {
      if (url === SLOW && throttledAt < 0 && at > 1_000) throttledAt = at + 50;
      const isThrottled = url === SLOW && throttledAt >= 0 && at < throttledAt + ASKED_MS;
      return {
        ...{ downloadMs: 50, encodeMs: isThrottled ? 0 : 50 },
        ...(isThrottled ? { result: failure('source_rate_limited', ASKED_MS) } : {}),
      };
    },
  });
  world.add('both', [
    { url: SLOW, images: 500 },
    { url: FAST, images: 20_000 },
  ]);
  world.runUntil(() => throttledAt >= 0 && world.now() > throttledAt + ASKED_MS + 2_000, 60_000);
  const inPause = world.grants.filter(({ at }) => at > throttledAt && at < throttledAt + ASKED_MS);
  expect(inPause.filter((run) => hostOf(run) === SLOW)).toEqual([]);
  expect(inPause.length).toBeGreaterThan(400);
  // One image tries the host, and the others follow.
  const after = world.grants.filter((run) => hostOf(run) === SLOW && run.at >= throttledAt + ASKED_MS);
  expect(after.length).toBeGreaterThan(6);
  expect(after.filter(({ at }) => at < (after[0]?.at ?? 0) + 50)).toHaveLength(1);
});

test('while the store takes nothing images are held back, and cost no attempt', () => {
  const brokenUntil = 60_000;
  const world = createVirtualWorld({
    storageWorks: (at) => at >= brokenUntil / 2,
    process: ({ at }) => ({
      ...{ downloadMs: 20, encodeMs: 20 },
      ...(at < brokenUntil ? { result: failure('storage_failed') } : {}),
    }),
  });
  world.add('r', [{ url: FAST, images: 500 }]);
  world.runUntil(() => world.now() >= brokenUntil, brokenUntil + 1_000);
  // The first ones together, then single ones, ever more rarely.
  expect(world.grants.length).toBeLessThan(24 + 10);
  expect(world.asked['check storage']).toBeGreaterThan(2);
  world.runUntil(() => world.finishedAt.size === 1, brokenUntil + 60_000);
  expect(Math.max(...world.grants.map(({ attempts }) => attempts))).toBe(1);
});

test('while the database fails nothing is claimed, and leases are renewed before anything else', () => {
  const world = createVirtualWorld({ databaseWorks: (at) => at < 1_000 || at > 31_000 });
  world.add('r', [{ url: FAST, images: 2_000 }]);
  world.runUntil(() => world.now() >= 1_100, 2_000);
  const { claim, recover } = world.asked;
  world.runUntil(() => world.asked.recover > recover && world.now() > 31_000, 33_000);
  expect(world.asked.claim).toBe(claim);
  // Every half second.
  expect(world.asked.recover - recover).toBeGreaterThan(50);
  expect(world.asked.recover - recover).toBeLessThan(70);
  world.runUntil(() => world.finishedAt.size === 1, 120_000);
  expect(world.grants).toHaveLength(2_000);
});

test('a request that the database could not end is ended once it can, though its counters say nothing', () => {
  const down = { from: 90, to: 3_000 };
  const world = createVirtualWorld({ databaseWorks: (at) => at < down.from || at >= down.to });
  // Each image takes 100 ms, so the last one ends during the outage.
  world.add('small', [{ url: FAST, images: 5 }]);
  world.runUntil(() => world.finishedAt.has('small'), 60_000);
  expect(world.checks()).toBe(2);
  expect(world.now()).toBeGreaterThan(down.to);
  expect(world.now()).toBeLessThan(down.to + 8_000);
});

test('a request that is cancelled starts nothing more, though its images wait for their host', () => {
  const world = createVirtualWorld({ process: () => ({ downloadMs: 1_000, encodeMs: 10 }) });
  world.add('r', [{ url: SLOW, images: 1_000 }]);
  world.runUntil(() => world.grants.length === 6 && world.scheduler.inFlight > 10, 10_000);
  const request = world.requests.get('r');
  if (request === undefined) throw new Error('missing');
  request.request = { ...request.request, state: 'cancelling' };
  world.handle({ type: 'changed' });
  world.runUntil(() => world.finishedAt.has('r'), 10_000);
  expect(world.grants).toHaveLength(6);
  expect(world.asked.cancel).toBeLessThan(20);
});

test('images that may have crashed their process run one at a time, with nothing next to them', () => {
  const world = createVirtualWorld();
  world.add('suspects', [{ url: FAST, images: 5 }], { attempts: 3, reports: 0 });
  world.add('others', [{ url: SLOW, images: 300 }]);
  world.runUntil(() => world.finishedAt.size === 2, 120_000);
  const suspects = world.grants.filter(({ requestId }) => requestId === 'suspects');
  expect(suspects).toHaveLength(5);
  for (const { at, requeueing } of suspects) {
    // What it would take down with it is given back first.
    expect(requeueing).toBe(0);
    const overlapping = world.grants.filter((run) => run.at < at + 100 && run.at > at - 100);
    expect(overlapping).toHaveLength(1);
  }
});

test('a stop refuses who waits for a permit, requeues the quarantined image and claims nothing more', () => {
  const world = createVirtualWorld({ process: () => ({ downloadMs: 1_000, encodeMs: 10 }) });
  world.add('r', [{ url: SLOW, images: 100 }]);
  world.runUntil(() => world.grants.length === 6 && world.scheduler.inFlight > 10, 10_000);
  world.handle({ type: 'stop' });
  const { claim } = world.asked;
  world.runUntil(() => world.scheduler.inFlight === 0, 10_000);
  expect(world.grants).toHaveLength(6);
  expect(world.asked.claim).toBe(claim);
  expect(world.requests.get('r')?.unfinished).toBe(94);
});

test('the counts say where each image in flight is, and what holds images back', () => {
  const world = createVirtualWorld({
    process: () => ({ downloadMs: 500, encodeMs: 500, result: failure('source_rate_limited', 60_000) }),
  });
  world.add('r', [{ url: SLOW, images: 100 }]);
  world.runUntil(() => world.scheduler.inFlight === 18, 1_000);
  const counts = () => world.scheduler.counts(world.now());
  expect(counts()).toEqual({
    inFlight: { resolving: 0, waiting: 0, queued: 12, downloading: 6, downloaded: 0, quarantined: 0 },
    ...{ pausedHosts: 0, isStorageDown: false, limitingHosts: [{ host: SLOW, connections: 6, waiting: 12 }] },
  });
  expect([...world.scheduler.limiting()]).toEqual([['r', { host: 'slow.example', connections: 6 }]]);
  world.runUntil(() => world.now() > 1_100, 2_000);
  expect(counts().pausedHosts).toBe(1);
  expect(world.scheduler.limiting().size).toBe(0);
});

const LEASE_MS = 30_000;

/** 30 requests, half of them small, of whose images another instance holds the leases, and renews them as time passes. */
const worldInProgress = () => {
  const world = createVirtualWorld({ capacity: 4 });
  const leased = (id: string, images: number) =>
    world.add(id, [{ url: FAST, images }], { dueAt: LEASE_MS, attempts: 1 });
  const ids = Array.from({ length: 30 }, (_, n) => `r${n}`);
  for (const [n, id] of ids.entries()) leased(id, n % 2 === 0 ? 20 : 200);
  const pass = (until: number) => {
    while (world.now() < until) {
      const next = Math.min(until, world.now() + LEASE_MS / 3);
      world.runUntil(() => world.now() >= next, next + 1_000);
      for (const id of ids) for (const image of world.requests.get(id)?.requeued ?? []) image.dueAt = next + LEASE_MS;
    }
  };
  return { world, leased, pass };
};
/** Each question is a command (crowd.test.ts); a claim that finds nothing two. */
const commandsOf = (asked: Record<string, number>) =>
  (asked['read requests'] ?? 0) + (asked['read due'] ?? 0) + 2 * (asked.claim ?? 0);

test('with nothing to claim the database is asked for the active requests and little more, however many there are', () => {
  const { world, pass } = worldInProgress();
  pass(5_000);
  const before = commandsOf(world.asked) + world.checks();
  pass(65_000);
  expect(commandsOf(world.asked) + world.checks() - before).toBeLessThan(1.3 * 60);
  expect(world.grants).toEqual([]);
});

test('what others give back is begun within a second', () => {
  const { world, pass } = worldInProgress();
  pass(10_000);
  for (const id of ['r3', 'r20']) {
    const [image] = world.requests.get(id)?.requeued ?? [];
    if (image === undefined) throw new Error('missing');
    const before = world.now();
    world.giveBack(id, image, before);
    world.runUntil(() => world.grants.some(({ requestId }) => requestId === id), before + 1_000);
  }
});

test('what is due because its instance died is begun within a second after its lease', () => {
  const { world, leased, pass } = worldInProgress();
  for (const [id, images] of [
    ['small', 3],
    ['large', 900],
  ] as const)
    leased(id, images);
  pass(LEASE_MS - 1);
  expect(world.grants).toEqual([]);
  world.runUntil(() => new Set(world.grants.map(({ requestId }) => requestId)).size === 2, LEASE_MS + 1_000);
});
