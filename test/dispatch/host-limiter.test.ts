import { createOrigins } from '../../src/dispatch/host-limiter.ts';

const A = 'https://a.example';
const clocked = (limits: Partial<Parameters<typeof createOrigins>[0]> = {}) => {
  const time = { now: 1 };
  const origins = createOrigins({ connections: 2, most: 40, patience: 3, ...limits }, () => time.now);
  return { time, origins };
};
/** What a promise has become after all that was ready has run. */
const settled = async <T>(promise: Promise<T>): Promise<T | 'waiting'> =>
  Promise.race([promise, new Promise<'waiting'>((resolve) => setImmediate(resolve, 'waiting'))]);

test('an origin is scheme, host and port, or a bucket, and nothing else of the URL', () => {
  const { origins } = clocked();
  expect(origins.originOf('https://user:pw@A.example:443/x.jpg?y')).toBe(A);
  expect(origins.originOf('http://a.example:8080/')).toBe('http://a.example:8080');
  expect(origins.originOf('s3://photos/a/b.jpg')).toBe('s3://photos');
  expect(origins.originOf('nonsense')).toBeNull();
});

test('as many load at once as there are connections, and the others follow in their order', async () => {
  const { origins } = clocked();
  const entered = [origins.enter(A), origins.enter(A), origins.enter(A), origins.enter(A)];
  expect(await Promise.all(entered.map(settled))).toEqual([true, true, 'waiting', 'waiting']);
  expect(origins.room(A)).toBe(2);
  expect(await settled(origins.enter('https://b.example'))).toBe(true);
  origins.leave(A);
  expect(await Promise.all(entered.map(settled))).toEqual([true, true, true, 'waiting']);
  for (const _ of [1, 2, 3]) origins.leave(A);
  expect(origins.room(A)).toBe(6);
  expect(await settled(origins.enter(A))).toBe(true);
});

test('slow origins leave room for one more, however many they are', async () => {
  const { origins } = clocked({ most: 12 });
  const held: string[] = [];
  for (let n = 0; n < 6; n += 1) {
    const origin = `https://slow-${n}.example`;
    const room = origins.room(origin);
    expect(room).toBeGreaterThan(0);
    for (let one = 0; one < room; one += 1) void origins.enter(origin).then(() => held.push(origin));
  }
  expect(origins.room('https://fast.example')).toBeGreaterThan(0);
});

test('a pause sends away who is in line, lets nobody in, and then one goes ahead of the others', async () => {
  const { origins, time } = clocked();
  const entered = [1, 2, 3].map(() => origins.enter(A));
  origins.slowDown(A, 5_000);
  expect(await Promise.all(entered.map(settled))).toEqual([true, true, false]);
  expect(origins.room(A)).toBe(0);
  expect(await origins.enter(A)).toBe(false);
  expect(origins.room('https://b.example')).toBe(6);
  origins.leave(A);
  origins.leave(A);

  time.now += 5_000;
  expect(origins.room(A)).toBe(1);
  expect(await origins.enter(A)).toBe(true);
  expect(origins.room(A)).toBe(0);
  origins.worked(A);
  expect(origins.room(A)).toBe(5);
});

test('without a wish the pauses double; those told together count once; patience ends', () => {
  const { origins, time } = clocked();
  const pauses: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    origins.slowDown(A, undefined);
    origins.slowDown(A, undefined);
    const begun = time.now;
    while (origins.room(A) === 0) time.now += 100;
    pauses.push(time.now - begun);
  }
  expect(pauses).toEqual([1_000, 2_000, 4_000]);
  expect(origins.room(A)).toBe(1);
  origins.slowDown(A, 60_000);
  expect(origins.room(A)).toBe(6);
});

test('a pause is a quarter of an hour at most', () => {
  const { origins, time } = clocked();
  origins.slowDown(A, 24 * 60 * 60_000);
  time.now += 15 * 60_000;
  expect(origins.room(A)).toBe(1);
});

test('the end of the service sends away who is in line', async () => {
  const { origins } = clocked();
  const entered = [1, 2, 3].map(() => origins.enter(A));
  origins.close();
  expect(await Promise.all(entered.map(settled))).toEqual([true, true, false]);
  expect(await origins.enter(A)).toBe(false);
});
