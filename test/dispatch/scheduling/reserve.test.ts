import type { RequestSchedule } from '../../../src/dispatch/scheduling/fair-queue.ts';
import { createInFlight } from '../../../src/dispatch/scheduling/in-flight.ts';
import { createReserve } from '../../../src/dispatch/scheduling/reserve.ts';
import { createRoom } from '../../../src/dispatch/scheduling/room.ts';
import { NO_COUNTS } from '../../../src/requests/types.ts';

const CAPACITY = 8;

const requestOf = (_id: string, lastGranted = 1): RequestSchedule => ({
  request: {
    ...{ _id, state: 'processing', run: 1, options: { quality: 50, format: 'jpeg' }, total: 100, counters: NO_COUNTS },
  },
  ...{ since: 0, inFlight: 0, lastGranted, pausedUntil: 0, rest: { askAt: 0, mayHaveEnded: false } },
  ...{ saturatedHosts: [], unfinished: 100, completing: false },
});

const stage = (most = 4 * CAPACITY) => {
  const time = { now: 0 };
  const inFlight = createInFlight(CAPACITY, most, () => time.now);
  const reserve = createReserve(CAPACITY, inFlight, () => time.now);
  const room = createRoom(CAPACITY, inFlight, reserve);
  let seq = 0;
  const claim = (schedule: RequestSchedule) => {
    seq += 1;
    schedule.inFlight += 1;
    const { _id: requestId } = schedule.request;
    const image = {
      _id: `${requestId}${seq}`,
      requestId,
      seq,
      inputUrl: 'u',
      attempts: 1,
      reports: 0,
      leaseToken: 't',
    };
    return inFlight.add(image, schedule, null);
  };
  const run = (schedule: RequestSchedule) => {
    const entry = claim(schedule);
    inFlight.enter(entry, 'downloaded');
    return entry;
  };
  const hold = (schedule: RequestSchedule) => reserve.add(claim(schedule));
  const end = (entry: ReturnType<typeof claim>) => {
    reserve.ended();
    entry.schedule.inFlight -= 1;
    inFlight.remove(entry.image._id);
  };
  return { time, inFlight, reserve, room, run, hold, end };
};

test('holds what ends in two seconds, and asks for more when it is half empty', () => {
  const { time, reserve, run, hold, end } = stage();
  const large = requestOf('a');
  expect(reserve.wanted()).toBe(0);
  for (let n = 0; n < 6; n += 1) end(run(large));
  time.now = 2_000;
  expect(reserve.wanted()).toBe(6);
  for (let n = 0; n < 4; n += 1) hold(large);
  expect(reserve.wanted()).toBe(0);
  time.now = 3_900;
  for (let n = 0; n < 2; n += 1) hold(large);
  expect(reserve.takeAll()).toHaveLength(6);
  expect(reserve.wanted()).toBe(6);
  // Nothing has ended for so long that images are slow.
  time.now = 8_000;
  expect(reserve.wanted()).toBe(0);
});

test('holds at most two images for each that runs, and leaves some of the room to requests that come', () => {
  const many = stage(100);
  for (let n = 0; n < 100; n += 1) many.end(many.run(requestOf('a')));
  expect(many.reserve.wanted()).toBe(2 * CAPACITY);
  const few = stage(CAPACITY + 4);
  for (let n = 0; n < 100; n += 1) few.end(few.run(requestOf('a')));
  for (let n = 0; n < CAPACITY; n += 1) few.run(requestOf('a'));
  expect(few.inFlight.room()).toBe(4);
  expect(few.reserve.wanted()).toBe(2);
});

test('a request that has had nothing yet is claimed for although the reserve is full, others are not', () => {
  const { reserve, room, run, hold } = stage();
  const large = requestOf('a');
  for (let n = 0; n < CAPACITY; n += 1) run(large);
  for (let n = 0; n < 4; n += 1) hold(large);
  expect(reserve.wanted()).toBe(0);
  expect(room.atOnce()).toBe(0);
  expect(room.ahead(large)).toBe(0);
  expect(room.ahead(requestOf('new', 0.5))).toBe(CAPACITY / 4);
});

test('the image that starts next is of the request that has fewest begun', () => {
  const { inFlight, reserve, run, hold } = stage();
  const [large, small] = [requestOf('large'), requestOf('small')];
  const running = Array.from({ length: CAPACITY }, () => run(large));
  for (const schedule of [large, large, small, small]) hold(schedule);
  const next = (): string[] => {
    const one = running.pop();
    if (one === undefined) throw new Error('missing');
    inFlight.enter(one, 'processed');
    const taken = reserve.take();
    for (const entry of taken) inFlight.enter(entry, 'downloaded');
    return taken.map(({ schedule }) => schedule.request._id);
  };
  expect([next(), next(), next(), next(), next()]).toEqual([['small'], ['small'], ['large'], ['large'], []]);
});

test('starts what it holds although more names are being resolved than images may run, once these take long', () => {
  const { time, inFlight, reserve, run, hold } = stage();
  const [unresolved, other] = [requestOf('a'), requestOf('b')];
  for (let n = 0; n < 2 * CAPACITY; n += 1) inFlight.enter(run(unresolved), 'resolving');
  for (let n = 0; n < 3; n += 1) hold(other);
  expect(reserve.take()).toEqual([]);
  expect(inFlight.nextSlowAt()).toBe(500);
  time.now = 500;
  expect(reserve.take().map(({ schedule }) => schedule)).toEqual([other, other, other]);
  expect(reserve.isEmpty).toBe(true);
});
