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

test('shows at once what has just become due, behind however many that nobody takes', async () => {
  const { due, add, time } = setUp();
  for (let n = 0; n < 5_000; n += 1) {
    time.now += 1;
    add(`silent${n}`);
  }
  await due.look();
  time.now += 1;
  add('new');
  const shown = await due.look();
  expect(shown[0]?._id).toBe('new');
  expect(shown.some(({ _id }) => _id === 'silent0')).toBe(true);
});

test('comes to everything in turn, by narrow readings, and begins anew at the end', async () => {
  const { due, add, time, limits } = setUp();
  for (let n = 0; n < 1_000; n += 1) {
    time.now += 10;
    add(`${n}`);
  }
  time.now += 60_000;
  for (const _ of [1, 2]) {
    const seen = new Set<string>();
    for (let look = 0; look < 5; look += 1) {
      for (const { _id } of await due.look()) seen.add(_id);
      time.now += 1_000;
    }
    expect(seen.size).toBe(1_000);
    // An empty page at the end of the range costs no turn.
    limits.length = 0;
  }
  expect(Math.max(...limits, 200)).toBe(200);
});

test('reads a page once a second, and anew when it is used up', async () => {
  const { due, add, time, limits } = setUp();
  add('a');
  add('b');
  const first = await due.look();
  expect(first.map(({ _id }) => _id)).toEqual(['a', 'b']);
  await due.look();
  await due.look();
  // What has just become due is looked for each time, the page is not.
  expect(limits).toEqual([200, 100, 100]);
  due.take(first);
  expect(limits).toHaveLength(3);
  time.now += 1;
  add('c');
  expect((await due.look()).map(({ _id }) => _id)).toContain('c');
  expect(limits.filter((limit) => limit === 200)).toHaveLength(2);
});
