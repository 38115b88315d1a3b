import { createHostPace } from '../../../src/dispatch/scheduling/host-pace.ts';
import { type Answered, type PacedBatch, runPaced, seeded } from './virtual-server.ts';

const ok = (roundTripMs: number, bodyMs = 10): Answered => ({ how: 'ok', roundTripMs, bodyMs });
/** What two cores encode in a second: 33 images. */
const machine = { capacity: 24, cores: 2, encodeMs: 60 };
const bestFixed = (batch: PacedBatch): number =>
  Math.max(...[2, 4, 6, 8, 9, 10, 11, 12, 16, 24, 32].map((fixed) => runPaced({ ...batch, fixed }).imagesPerSecond));
const latest = (limits: readonly { readonly limit: number }[]) => limits.at(-1)?.limit;

test('a server 300 ms away gets as many connections as this machine needs, within a second', () => {
  const batch = { images: 200, serve: () => ok(300), machine };
  const paced = runPaced(batch);
  expect(paced.limits.find(({ limit }) => limit >= 12)?.at).toBeLessThan(1_000);
  expect(paced.imagesPerSecond).toBeGreaterThan(0.95 * bestFixed(batch));
  expect(runPaced({ ...batch, fixed: 6 }).imagesPerSecond).toBeLessThan(20);
});

test('without anything that limits them the connections grow to the bound and no further', () => {
  const { mostAtServer } = runPaced({ images: 1_000, serve: () => ok(300), connections: 20 });
  expect(mostAtServer).toBe(20);
});

test.each([50, 100, 300])(
  'a server of %d ms whose latency rises above 8 requests keeps its pace and its latency',
  (base) => {
    const batch = { images: 400, serve: (inFlight: number) => ok(base * Math.max(1, inFlight / 8), 5) };
    const paced = runPaced(batch);
    expect(paced.imagesPerSecond).toBeGreaterThan(0.9 * bestFixed(batch));
    const raised = paced.roundTrips.filter((ms) => ms >= 1.5 * base);
    expect(raised.length).toBeLessThan(0.05 * paced.roundTrips.length);
    expect(latest(paced.limits)).toBeLessThan(12);
  },
);

test.each([1, 300])(
  'a server that refuses more than 10 at once, after %d ms, is not asked for more again and again',
  (refusedAfterMs) => {
    const batch = {
      images: 200,
      serve: (inFlight: number): Answered =>
        inFlight > 10 ? { how: 'throttled', roundTripMs: refusedAfterMs } : ok(300),
    };
    const paced = runPaced(batch);
    expect(paced.limit).toBe(10);
    expect(paced.throttled).toBeLessThan(0.03 * paced.answers);
    expect(paced.imagesPerSecond).toBeGreaterThan(0.9 * runPaced({ ...batch, fixed: 10 }).imagesPerSecond);
  },
);

test('a ceiling is tried again, ever more rarely', () => {
  const batch = {
    images: 20_000,
    serve: (inFlight: number): Answered => (inFlight > 10 ? { how: 'throttled', roundTripMs: 1 } : ok(100)),
  };
  const paced = runPaced(batch);
  // 200 seconds: at the start, after one minute and after two more.
  expect(paced.throttled).toBeGreaterThan(4);
  expect(paced.throttled).toBeLessThan(10);
});

test('a server that answers 503 or closes connections above 10 gets about that', () => {
  const batch = {
    images: 1_000,
    serve: (inFlight: number): Answered => (inFlight > 10 ? { how: 'failed', roundTripMs: 1 } : ok(100)),
  };
  const paced = runPaced(batch);
  expect(paced.failed).toBeLessThan(0.03 * paced.answers);
  expect(paced.imagesPerSecond).toBeGreaterThan(0.85 * runPaced({ ...batch, fixed: 10 }).imagesPerSecond);
});

test('single images that fail do not slow down their host', () => {
  const random = seeded(5);
  const serve = (): Answered => (random() < 0.01 ? { how: 'failed', roundTripMs: 100 } : ok(100));
  const { limits } = runPaced({ images: 2_000, serve });
  expect(Math.min(...limits.slice(4).map(({ limit }) => limit))).toBeGreaterThan(12);
});

test('a host that is down gets one connection in the end, and all of them when it works again', () => {
  const serve = (_: number, at: number): Answered =>
    at > 2_000 && at < 20_000 ? { how: 'failed', roundTripMs: 5 } : ok(100);
  const { limits } = runPaced({ images: 2_000, serve });
  const down = limits.filter(({ at }) => at > 2_000 && at < 20_100);
  expect(Math.min(...down.map(({ limit }) => limit))).toBe(1);
  expect(latest(limits)).toBeGreaterThan(20);
});

test.each([20, 50, 300])('answers of a server of %d ms that a busy machine notices late take nothing away', (base) => {
  const random = seeded(2);
  const lateMs = (): number => (random() < 0.5 ? 0 : -20 * Math.log(1 - random()));
  const batch = { images: 400, serve: () => ok(base), machine, lateMs };
  expect(runPaced(batch).imagesPerSecond).toBeGreaterThan(0.95 * bestFixed(batch));
});

test('a latency that has risen for good is the new low load', () => {
  const serve = (_: number, at: number) => ok(at > 5_000 ? 450 : 300);
  const { limits } = runPaced({ images: 1_500, serve });
  expect(latest(limits)).toBeGreaterThan(24);
  const back = limits.findLast(({ limit }) => limit < 24)?.at ?? 0;
  expect(back).toBeLessThan(8_000);
});

test('a latency that has fallen for good is the new low load: a server that got slower at once is noticed', () => {
  const serve = (inFlight: number, at: number) => ok(at < 5_000 ? 300 : 100 * Math.max(1, inFlight / 8));
  const { limits } = runPaced({ images: 3_000, serve });
  expect(latest(limits)).toBeLessThan(20);
});

test('more connections that bring nothing are taken back', () => {
  // The line of the server is full: twice as many take twice as long.
  const { limits } = runPaced({ images: 400, serve: (inFlight) => ok(20, 50 * inFlight) });
  expect(latest(limits)).toBeLessThanOrEqual(9);
});

test('a host whose permits are not used up does not get more', () => {
  const pace = createHostPace(
    () => 32,
    () => 0,
  );
  for (let n = 0; n < 100; n += 1) pace.answered({ at: 0, with: 3, roundTripMs: 50, isWanted: false });
  expect(pace.limit).toBe(6);
});

test('a bound that falls holds at once', () => {
  let bound = 32;
  const pace = createHostPace(
    () => bound,
    () => 0,
  );
  expect(pace.limit).toBe(6);
  bound = 3;
  expect(pace.limit).toBe(3);
  bound = 0;
  expect(pace.limit).toBe(1);
});
