import { Registry } from 'prom-client';
import { createQueueGauge } from '../../src/metrics/queue.ts';
import { readScrape } from '../support/exposition.ts';

const NAME = 'bulk_image_queue_images';

/** A gauge with a fake query, and the value in a scrape. */
const gauge = (ask: () => Promise<number>, times = { freshMs: 60_000, timeoutMs: 50 }) => {
  const registry = new Registry();
  let asked = 0;
  createQueueGauge(
    registry,
    () => {
      asked += 1;
      return ask();
    },
    times,
  );
  return {
    asked: () => asked,
    show: async () => readScrape(await registry.metrics()).value(NAME),
  };
};

test('queries once for many scrapes, concurrent and sequential', async () => {
  const { show, asked } = gauge(async () => 42);
  expect(await Promise.all(Array.from({ length: 20 }, show))).toEqual(Array(20).fill(42));
  for (let n = 0; n < 20; n += 1) expect(await show()).toBe(42);
  expect(asked()).toBe(1);
});

test('queries again once the result has expired', async () => {
  let depth = 1;
  const { show } = gauge(async () => depth++, { freshMs: 0, timeoutMs: 50 });
  expect([await show(), await show(), await show()]).toEqual([1, 2, 3]);
});

test('has no value while the database fails, neither stale nor 0, and does not query it more often', async () => {
  let isAway = false;
  const answered = async () => {
    if (isAway) throw new Error('away');
    return 7;
  };
  const often = gauge(answered, { freshMs: 0, timeoutMs: 50 });
  expect(await often.show()).toBe(7);
  isAway = true;
  expect(await often.show()).toBeUndefined();
  isAway = false;
  expect(await often.show()).toBe(7);

  isAway = true;
  const seldom = gauge(answered);
  for (let n = 0; n < 5; n += 1) expect(await seldom.show()).toBeUndefined();
  expect(seldom.asked()).toBe(1);
});

test('a scrape waits only briefly for a hanging database, and no second query is sent meanwhile', async () => {
  let answer: (depth: number) => void = () => {};
  const { show, asked } = gauge(
    () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
    { freshMs: 60_000, timeoutMs: 20 },
  );
  expect(await show()).toBeUndefined();
  expect(await show()).toBeUndefined();
  expect(asked()).toBe(1);
  answer(3);
  expect(await show()).toBe(3);
});
