import { createAttemptLimiter } from '../../src/webhooks/attempt-limiter.ts';
import type { DueDelivery } from '../../src/webhooks/due.ts';

const setUp = (concurrency = 16) => {
  const time = { now: 1 };
  const limiter = createAttemptLimiter({ concurrency, preemptAfterMs: 1_000 }, () => time.now);
  let made = 0;
  const due = (facts: Partial<DueDelivery> = {}): DueDelivery => {
    made += 1;
    return { _id: `${made}`, nextAt: new Date(0), origin: `http://${made}.example`, tries: 0, ...facts };
  };
  const preempted: string[] = [];
  /** Selects and starts deliveries as a claim does. */
  const claim = (all: readonly DueDelivery[]): DueDelivery[] => {
    const selection = limiter.selection();
    const selected = selection.select(all, selection.capacity);
    for (const each of selected) limiter.acquire(each, () => preempted.push(each._id));
    return selected;
  };
  return { time, limiter, due, claim, preempted };
};
const many = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

test('one receiver gets at most an eighth of the permits', () => {
  const { due, claim } = setUp();
  const busy = many(100, () => due({ origin: 'http://busy.example' }));
  const other = due();
  expect(claim([...busy, other])).toEqual([busy[0], busy[1], other]);
  expect(claim(busy)).toEqual([]);
});

test('retries get at most a quarter of the permits, and preempt nothing', () => {
  const { due, claim, preempted, time } = setUp();
  expect(claim(many(100, () => due({ tries: 3 })))).toHaveLength(4);
  expect(claim(many(100, () => due()))).toHaveLength(12);
  time.now += 60_000;
  expect(claim(many(5, () => due({ tries: 1 })))).toEqual([]);
  expect(preempted).toEqual([]);
});

test('without a free permit, a new delivery preempts a first attempt that has waited for a second', () => {
  const { due, claim, preempted, time } = setUp();
  const silent = many(16, () => due());
  expect(claim(silent)).toHaveLength(16);
  const quick = due();
  time.now += 999;
  expect(claim([quick])).toEqual([]);
  time.now += 1;
  expect(claim([quick])).toEqual([quick]);
  expect(preempted).toEqual([silent[0]?._id]);
});

test('the tenant with the fewest attempts in flight comes first, and the one with the most is preempted', () => {
  const { due, claim, preempted, time } = setUp();
  const few = many(4, () => due({ tenant: 'few' }));
  claim(few);
  const flood = many(1_000, () => due({ tenant: 'flood' }));
  claim(flood);
  time.now += 2_000;
  const next = due({ tenant: 'few' });
  expect(claim([...flood.slice(100), next])[0]).toBe(next);
  expect(preempted).toHaveLength(12);
  expect(preempted.every((id) => flood.some(({ _id }) => _id === id))).toBe(true);
  const third = due({ tenant: 'third' });
  time.now += 2_000;
  expect(claim([...flood.slice(200), third])[0]).toBe(third);
});

test('reports whether a delivery had to wait', () => {
  const { due, limiter } = setUp(2);
  const selection = limiter.selection();
  selection.select([due()], 1);
  expect(selection.isSaturated).toBe(false);
  selection.select([due(), due()], 2);
  expect(selection.isSaturated).toBe(true);
});
