import { createFleet, DEAD_AFTER_MS } from '../../src/dispatch/fleet.ts';

/** Instances that share one record, by a virtual clock. */
const world = () => {
  const beats = new Map<string, Date>();
  const time = { now: 1_000_000 };
  const store = {
    beat: async (id: string, at: Date) => new Map(beats.set(id, at)),
    leave: async (id: string) => void beats.delete(id),
  };
  return { time, join: (id: string) => createFleet(store, id, () => new Date(time.now)) };
};

test('one instance has all of the bound once it has beaten', async () => {
  const fleet = world().join('a');
  expect(fleet.share(32)).toBe(1);
  await fleet.look();
  expect(fleet.share(32)).toBe(32);
});

test('a new instance has one connection until the others know of it, and then all have the same share', async () => {
  const { join, time } = world();
  const [a, b, c] = [join('a'), join('b'), join('c')];
  await a.look();
  time.now += 1_000;
  await b.look();
  expect([a.share(32), b.share(32)]).toEqual([32, 1]);
  time.now += 4_500;
  await a.look();
  expect([a.share(32), b.share(32)]).toEqual([16, 1]);
  time.now += 1_000;
  await b.look();
  expect([a.share(32), b.share(32)]).toEqual([16, 16]);
  await c.look();
  expect([a.share(32), b.share(32), c.share(32)]).toEqual([16, 16, 1]);
  for (const one of [a, b, c]) await one.look();
  expect([a.share(32), b.share(32), c.share(32)]).toEqual([10, 10, 10]);
});

test('the share of an instance that ended or died goes to the others', async () => {
  const { join, time } = world();
  const [a, b, c] = [join('a'), join('b'), join('c')];
  for (const one of [a, b, c, a, b, c]) await one.look();
  await c.leave();
  await a.look();
  expect(a.share(32)).toBe(16);
  time.now += DEAD_AFTER_MS;
  await a.look();
  expect(a.share(32)).toBe(32);
});

test('while nothing changes an instance beats every 5 s, and more often when one has come', async () => {
  let beats = 0;
  const store = {
    beat: async (id: string, at: Date) => {
      beats += 1;
      return new Map([[id, at], ...(at.getTime() > 100_000 ? ([['b', at]] as const) : [])]);
    },
    leave: async () => {},
  };
  const time = { now: 20_000 };
  const fleet = createFleet(store, 'a', () => new Date(time.now));
  const pass = async (seconds: number): Promise<number> => {
    const before = beats;
    for (let n = 0; n < seconds; n += 1) {
      await fleet.look();
      time.now += 1_000;
    }
    return beats - before;
  };
  expect(await pass(11)).toBe(11);
  expect(await pass(60)).toBe(12);
  time.now = 101_000;
  expect(await pass(10)).toBe(10);
});

test('each of more instances than the bound has one connection', async () => {
  const { join } = world();
  const all = Array.from({ length: 5 }, (_, n) => join(`i${n}`));
  for (const one of [...all, ...all]) await one.look();
  expect(all.map((one) => one.share(3))).toEqual([1, 1, 1, 1, 1]);
});

test('while the database fails the last share holds', async () => {
  const beats = new Map<string, Date>();
  let fails = false;
  const store = {
    beat: async (id: string, at: Date) => {
      if (fails) throw new Error('no database');
      return new Map(beats.set(id, at));
    },
    leave: async () => {},
  };
  const fleet = createFleet(store, 'a', () => new Date(1_000));
  await fleet.look();
  fails = true;
  await expect(fleet.look()).rejects.toThrow('no database');
  expect(fleet.share(32)).toBe(32);
});
