import { createDueDeliveries, type DueDelivery } from '../../src/webhooks/due.ts';

const setUp = () => {
  const time = { now: 1_000_000 };
  const stored: DueDelivery[] = [];
  const limits: number[] = [];
  const due = createDueDeliveries(
    async (from, to, order, limit) => {
      limits.push(limit);
      return stored
        .filter(({ nextAt }) => nextAt > from && nextAt <= to)
        .sort((a, b) => order * (a.nextAt.getTime() - b.nextAt.getTime()))
        .slice(0, limit);
    },
    () => new Date(time.now),
  );
  const add = (_id: string): void => void stored.push({ _id, nextAt: new Date(time.now), tries: 0 });
  return { time, stored, due, limits, add };
};

test('lists newly due deliveries immediately, even behind thousands that are not claimed', async () => {
  const { due, add, time } = setUp();
  for (let n = 0; n < 5_000; n += 1) {
    time.now += 1;
    add(`silent${n}`);
  }
  await due.list();
  time.now += 1;
  add('new');
  const listed = await due.list();
  expect(listed[0]?._id).toBe('new');
  expect(listed.some(({ _id }) => _id === 'silent0')).toBe(true);
});

test('lists everything in turn with small queries, then starts over', async () => {
  const { due, add, time, limits } = setUp();
  for (let n = 0; n < 1_000; n += 1) {
    time.now += 10;
    add(`${n}`);
  }
  time.now += 60_000;
  for (const _ of [1, 2]) {
    const seen = new Set<string>();
    for (let round = 0; round < 5; round += 1) {
      for (const { _id } of await due.list()) seen.add(_id);
      time.now += 1_000;
    }
    expect(seen.size).toBe(1_000);
    // The empty page at the end of the range does not count as a round.
    limits.length = 0;
  }
  expect(Math.max(...limits, 200)).toBe(200);
});

test('reads a page once a second, and the next one when it is used up', async () => {
  const { due, add, time, limits } = setUp();
  add('a');
  add('b');
  const first = await due.list();
  expect(first.map(({ _id }) => _id)).toEqual(['a', 'b']);
  await due.list();
  await due.list();
  // Newly due deliveries are read each time, the page is not.
  expect(limits).toEqual([200, 100, 100]);
  due.remove(first);
  expect(limits).toHaveLength(3);
  time.now += 1;
  add('c');
  expect((await due.list()).map(({ _id }) => _id)).toContain('c');
  expect(limits.filter((limit) => limit === 200)).toHaveLength(2);
});
