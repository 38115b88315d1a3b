import { createClientCounts } from '../../../src/http/readers/client-counts.ts';

const MINUTE_MS = 60_000;

const setup = () => {
  const clock = { now: 1_000 };
  return { clock, counts: createClientCounts(MINUTE_MS, () => clock.now) };
};

test('each client is counted separately, in a window that starts with its first call', () => {
  const { clock, counts } = setup();
  expect(counts.increment('a')).toEqual({ totalHits: 1, resetTime: new Date(61_000) });
  clock.now += 30_000;
  expect(counts.increment('a').totalHits).toBe(2);
  expect(counts.increment('b')).toEqual({ totalHits: 1, resetTime: new Date(91_000) });
  clock.now += 30_000;
  expect(counts.increment('a').totalHits).toBe(1);
  expect(counts.increment('b').totalHits).toBe(2);
  void counts.decrement('b');
  expect(counts.increment('b').totalHits).toBe(2);
  void counts.resetKey('b');
  expect(counts.increment('b').totalHits).toBe(1);
});

test('of a million clients in a minute, only the newest ten thousand are counted', () => {
  const { counts } = setup();
  for (let n = 0; n < 1_000_000; n += 1) counts.increment(`address ${n}`);
  const remembered = (n: number) => counts.increment(`address ${n}`).totalHits === 2;
  expect(remembered(999_999)).toBe(true);
  expect(remembered(991_000)).toBe(true);
  expect(remembered(989_990)).toBe(false);
  expect(remembered(0)).toBe(false);
});
