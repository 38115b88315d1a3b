import { createClock } from '../../src/database/clock.ts';
import { type TestConnection, testConnection } from '../support/database.ts';

const HOUR = 3_600_000;
/** Half a round trip under load, plus the database's resolution of 1 ms. */
const TOLERANCE_MS = 250;

let database: TestConnection;
beforeAll(async () => {
  database = await testConnection();
});
afterAll(() => database.close());

// The database runs on this machine, so its time is Date.now.
const distance = (now: () => Date): number => Math.abs(now().getTime() - Date.now());

test.each([
  ['two hours slow', -2 * HOUR],
  ['exact', 0],
  ['a day fast', 24 * HOUR],
])('an instance whose clock is %s gets the time of the database', async (_, skew) => {
  const clock = createClock(database.connection, { localNow: () => Date.now() + skew });
  await clock.start();
  expect(distance(clock.now)).toBeLessThan(TOLERANCE_MS);
  clock.stop();
});

test('the default monotonic clock does not depend on the local time', async () => {
  const clock = createClock(database.connection);
  await clock.start();
  expect(distance(clock.now)).toBeLessThan(TOLERANCE_MS);
  const first = clock.now().getTime();
  expect(clock.now().getTime()).toBeGreaterThanOrEqual(first);
  clock.stop();
});

test('the next sample corrects a stepped clock', async () => {
  let skew = 0;
  const clock = createClock(database.connection, { localNow: () => Date.now() + skew });
  await clock.start();
  await clock.refresh();
  skew = HOUR;
  expect(distance(clock.now)).toBeGreaterThan(HOUR / 2);
  await clock.refresh();
  expect(distance(clock.now)).toBeLessThan(TOLERANCE_MS);
  clock.stop();
});

test('the sample with the shortest round trip is used', async () => {
  let extra = 0;
  let calls = 0;
  // Every second reading ends a round trip, which is made to look `extra` ms longer.
  const localNow = (): number => {
    calls += 1;
    return Date.now() + (calls % 2 === 0 ? extra : 0);
  };
  const clock = createClock(database.connection, { localNow });
  await clock.refresh();
  extra = 2 * HOUR;
  await clock.refresh();
  extra = 0;
  expect(distance(clock.now)).toBeLessThan(TOLERANCE_MS);
});

test('reading it before the first sample throws', () => {
  expect(() => createClock(database.connection).now()).toThrow('before it was started');
});
