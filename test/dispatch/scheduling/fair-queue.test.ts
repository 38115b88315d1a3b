import type { ClaimLeft } from '../../../src/dispatch/due.ts';
import { createFairQueue, type RequestSchedule } from '../../../src/dispatch/scheduling/fair-queue.ts';
import { type ActiveRequest, ALL_IDS } from '../../../src/requests/request-store.ts';
import { NO_COUNTS } from '../../../src/requests/types.ts';

const request = (_id: string): ActiveRequest => ({
  _id,
  state: 'queued',
  run: 1,
  options: { quality: 50, format: 'jpeg' },
  total: 100,
  counters: NO_COUNTS,
});

/** Others work on it already. */
const begun = (_id: string): ActiveRequest => ({ ...request(_id), state: 'processing' });

const clocked = () => {
  const time = { now: 0 };
  const queue = createFairQueue(
    () => time.now,
    { isWorthAClaim: () => false, pauseEndsAt: () => Number.POSITIVE_INFINITY },
    () => 0.5,
  );
  /** All that is active, asked for now. */
  const update = (requests: readonly ActiveRequest[]): void =>
    queue.update({ requests, range: ALL_IDS, askedAt: Number.POSITIVE_INFINITY });
  /** Asks what is due, and answers with what is, in so many milliseconds; nothing for the others. Returns what was asked. */
  const probe = (dueInMs: Record<string, number> = {}): readonly string[] => {
    const asked = queue.toProbe();
    queue.probed({ asked, dueInMs: new Map(Object.entries(dueInMs)), tookMs: 20 });
    return asked;
  };
  return { time, queue, update, probe };
};
const names = (schedules: readonly RequestSchedule[]) => schedules.map(({ request }) => request._id);

test('the request with the fewest images in flight comes first, so a small one overtakes a large one', () => {
  const { queue, update } = clocked();
  update([request('large'), request('small')]);
  const large = queue.candidates().find((schedule) => schedule.request._id === 'large');
  if (large === undefined) throw new Error('missing');
  large.inFlight = 8;
  expect(names(queue.candidates())).toEqual(['small', 'large']);
});

test('among equals the one granted longest ago comes first', () => {
  const { queue, update } = clocked();
  update([request('a'), request('b'), request('c')]);
  const order: string[] = [];
  for (let round = 0; round < 6; round += 1) {
    const [next] = queue.candidates();
    if (next === undefined) throw new Error('missing');
    order.push(next.request._id);
    queue.granted(next);
  }
  expect(order).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
});

test('a request with nothing due rests, and is asked about when the next image was said to be due', () => {
  const { queue, time, update, probe } = clocked();
  const active = [request('a'), request('b')];
  update(active);
  for (const schedule of queue.candidates()) queue.nothingDue(schedule);
  expect(probe({ a: 20_000, b: 25_000 })).toEqual(['a', 'b']);
  time.now += 15_000;
  update(active);
  expect(queue.candidates()).toEqual([]);
  expect(queue.nextAt()).toBe(20_050);
  expect(probe()).toEqual([]);
  time.now = 20_050;
  // The other one is asked along: it would be soon.
  expect(probe({ a: 28_000, b: 0 })).toEqual(['a', 'b']);
  expect(names(queue.candidates())).toEqual(['b']);
});

test('what is due within a second is waited for', () => {
  const { queue, time, update, probe } = clocked();
  update([request('a')]);
  for (const schedule of queue.candidates()) queue.nothingDue(schedule);
  probe({ a: 400 });
  expect(queue.candidates()).toEqual([]);
  expect(queue.nextAt()).toBe(400);
  time.now = 400;
  expect(names(queue.candidates())).toEqual(['a']);
});

test('a request is asked about at once when somebody has given images of it back, and at most once in 0.9 s', () => {
  const { queue, time, update, probe } = clocked();
  const active = [request('a'), request('b')];
  update(active);
  for (const schedule of queue.candidates()) queue.nothingDue(schedule);
  probe({ a: 29_000, b: 12_000 });
  const returned = (returns: number) => active.map((one) => (one._id === 'a' ? { ...one, returns } : one));
  time.now += 100;
  update(returned(1));
  expect(probe()).toEqual([]);
  time.now += 800;
  expect(probe({ a: 5_000 })).toEqual(['a']);
  time.now += 900;
  update(returned(1));
  expect(probe()).toEqual([]);
  update(returned(2));
  expect(probe({ a: 0 })).toEqual(['a']);
  expect(names(queue.candidates())).toEqual(['a']);
});

test('a large request of which somebody has given images back is claimed from at once', () => {
  const { queue, time, update, probe } = clocked();
  const active = Array.from({ length: 3 }, (_, n) => ({ ...request(`${n}`), total: 100_000 }));
  update(active);
  for (const schedule of queue.candidates()) queue.nothingDue(schedule, 20_000);
  time.now += 100;
  update(active.map((one) => (one._id === '1' ? one : { ...one, returns: 1 })));
  expect(names(queue.candidates())).toEqual(['0', '2']);
  expect(probe()).toEqual([]);
});

test('requests that others work on begin at rest, unless they are large', () => {
  const { queue, update, probe } = clocked();
  update([begun('theirs'), begun('due'), request('new'), { ...begun('large'), total: 100_000 }]);
  expect(names(queue.candidates())).toEqual(['new', 'large']);
  expect(probe({ due: 0, theirs: 9_000 })).toEqual(['theirs', 'due']);
  expect(names(queue.candidates())).toEqual(['due', 'new', 'large']);
});

test('however many rest, it is asked about all of them together, a few times a minute', () => {
  const { queue, time, update, probe } = clocked();
  const active = Array.from({ length: 30 }, (_, n) => begun(`${n}`));
  update(active);
  let questions = 0;
  for (const end = time.now + 600_000; time.now < end; time.now += 100) {
    update(active);
    // Leases of 30 s that are renewed every 10 s.
    const leases = active.map(({ _id }, n) => [_id, 20_000 + ((time.now + n * 337) % 10_000)] as const);
    if (probe(Object.fromEntries(leases)).length > 0) questions += 1;
    expect(queue.toCheck()).toEqual([]);
  }
  expect(questions).toBeLessThanOrEqual(31);
});

test('a large request at rest is asked about by itself', () => {
  const { queue, update, probe } = clocked();
  update([{ ...request('large'), total: 100_000 }, request('small'), { ...request('other'), total: 50_000 }]);
  for (const schedule of queue.candidates()) queue.nothingDue(schedule);
  expect(probe()).toEqual(['large']);
});

test('it is checked whether a request has ended when none of its images is due within half a minute', () => {
  const { queue, time, update, probe } = clocked();
  const active = Array.from({ length: 3 }, (_, n) => begun(`${n}`));
  update(active);
  probe({ 0: 20_000, 2: 20_000 });
  expect(names(queue.toCheck())).toEqual(['1']);
  time.now += 10_000;
  expect(queue.toCheck()).toEqual([]);
  // Counters never run ahead: these say that it has ended.
  update(active.map((one) => (one._id === '2' ? { ...one, counters: { ...NO_COUNTS, failed: 100 } } : one)));
  expect(names(queue.toCheck())).toEqual(['2']);
});

test('large requests that may have ended are checked one by one, with a pause between them', () => {
  const { queue, time, update, probe } = clocked();
  update(Array.from({ length: 4 }, (_, n) => begun(`${n}`)));
  probe();
  let checks = 0;
  for (; time.now <= 10_000; time.now += 500) checks += queue.toCheck().length;
  expect(checks).toBe(3);
});

test('a request that seemed to have ended is not asked about again before it is time', () => {
  const { queue, time, update, probe } = clocked();
  update([begun('a')]);
  probe();
  const [schedule] = queue.toCheck();
  if (schedule === undefined) throw new Error('missing');
  time.now += 1_000;
  queue.hasNotEnded(schedule);
  expect(probe()).toEqual([]);
  expect(queue.nextAt()).toBe(30_050);
});

test('the end of its last image makes a paused request a candidate at once', () => {
  const { queue, update } = clocked();
  update([request('a')]);
  const [schedule] = queue.candidates();
  if (schedule === undefined) throw new Error('missing');
  schedule.inFlight = 1;
  queue.nothingDue(schedule);
  queue.ended(schedule, null);
  expect(queue.candidates()).toEqual([schedule]);
});

test('a request that is no longer active is forgotten once nothing of it runs', () => {
  const { queue, update } = clocked();
  update([request('a')]);
  const [schedule] = queue.candidates();
  if (schedule === undefined) throw new Error('missing');
  schedule.inFlight = 1;
  update([]);
  expect(queue.candidates()).toHaveLength(1);
  queue.ended(schedule, null);
  update([]);
  expect(queue.candidates()).toEqual([]);
});

const small = (_id: string, total = 2): ActiveRequest => ({ ...request(_id), total });
const left: ClaimLeft = { unfinished: 2, more: false, saturatedHosts: [], dueInMs: Number.POSITIVE_INFINITY };

test('a small request pauses while all that is left of it is in flight here, and its last end finishes it', () => {
  const { queue, time } = clocked();
  queue.add(small('a'));
  const [schedule] = queue.candidates();
  if (schedule === undefined) throw new Error('missing');
  schedule.inFlight = 2;
  queue.read(schedule, left, true);
  time.now = 1e9;
  expect(queue.candidates()).toEqual([]);
  expect(queue.ended(schedule, null)).toBe(false);
  expect(queue.ended(schedule, null)).toBe(true);
});

test('a small request whose image is tried again pauses until then', () => {
  const { queue, time } = clocked();
  queue.add(small('a', 1));
  const [schedule] = queue.candidates();
  if (schedule === undefined) throw new Error('missing');
  schedule.inFlight = 1;
  queue.read(schedule, { ...left, unfinished: 1 }, true);
  expect(queue.ended(schedule, 40)).toBe(false);
  expect(queue.candidates()).toEqual([]);
  time.now = 40;
  expect(queue.candidates()).toEqual([schedule]);
});

test('a request that waits for a host comes back as soon as that has capacity', () => {
  const available = new Set<string | null>();
  const queue = createFairQueue(() => 0, {
    isWorthAClaim: (host) => available.has(host),
    pauseEndsAt: () => Number.POSITIVE_INFINITY,
  });
  queue.add(small('a'));
  const [schedule] = queue.candidates();
  if (schedule === undefined) throw new Error('missing');
  queue.read(schedule, { ...left, saturatedHosts: ['http://slow.example'] }, true);
  expect(queue.candidates()).toEqual([]);
  available.add('http://slow.example');
  expect(queue.candidates()).toEqual([schedule]);
});

test('what came after the query is not forgotten for missing in its answer, nor what was out of its range', () => {
  const { queue, time } = clocked();
  queue.add(small('a'));
  queue.add(small('c'));
  time.now = 10;
  queue.add(small('b'));
  queue.update({ requests: [], range: { from: '0', to: 'c' }, askedAt: 5 });
  expect(names(queue.candidates())).toEqual(['c', 'b']);
});

test('no more than two thousand are remembered, and idle ones make room', () => {
  const { queue, update } = clocked();
  const id = (n: number): string => n.toString(16).padStart(8, '0');
  const all = Array.from({ length: 2_500 }, (_, n) => small(id(n)));
  for (const each of all) queue.add(each);
  expect(queue.candidates()).toHaveLength(2_000);
  for (const schedule of queue.candidates().slice(0, 1_500)) queue.nothingDue(schedule);
  queue.update({ requests: all.slice(2_000), range: { from: id(2_000), to: 'g' }, askedAt: 0 });
  expect(names(queue.candidates())).toEqual(all.slice(1_500).map(({ _id }) => _id));
  update([]);
  expect(queue.candidates()).toEqual([]);
});

test('hundreds that wait for hosts leave the time to the one that has something to do', () => {
  const { queue, time, update } = clocked();
  update(Array.from({ length: 600 }, (_, n) => request(`waits${n}`)));
  for (const schedule of queue.candidates()) queue.hostsSaturated(schedule, ['name:dead.example']);
  queue.add(request('busy'));
  for (const schedule of queue.candidates()) if (schedule.request._id === 'busy') schedule.inFlight = 5;
  time.now += 12_000;
  expect(names(queue.candidates())).toEqual(['busy']);
  time.now += 3_600_000;
  expect(queue.candidates()).toHaveLength(601);
});

test('the end of the pause that a host asked for ends that of the requests that wait for it', () => {
  const time = { now: 0 };
  const queue = createFairQueue(() => time.now, { isWorthAClaim: () => false, pauseEndsAt: () => 700 });
  queue.add(request('a'));
  for (const schedule of queue.candidates()) queue.hostsSaturated(schedule, ['http://slow.example']);
  expect(queue.nextAt()).toBe(700);
});

test('a small request for which a claim had no room keeps its turn', () => {
  const { queue, update } = clocked();
  update([request('a'), request('b')]);
  const [a, b] = ['a', 'b'].map((id) => queue.get(id));
  if (a === undefined || b === undefined) throw new Error('missing');
  const left: ClaimLeft = { unfinished: 2, more: true, saturatedHosts: [], dueInMs: Number.POSITIVE_INFINITY };
  queue.read(a, left, true);
  queue.read(b, left, false);
  queue.read(a, left, true);
  expect(names(queue.candidates())).toEqual(['b', 'a']);
  expect(b.lastGranted).toBeLessThan(1);
});
