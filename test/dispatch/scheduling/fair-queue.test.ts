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
  /** All that is active, asked for now, and whether something of it is due. */
  const update = (requests: readonly ActiveRequest[], due: readonly string[] = []): void => {
    const probed = new Set(queue.toProbe(requests));
    queue.update({
      requests,
      range: ALL_IDS,
      askedAt: Number.POSITIVE_INFINITY,
      probed,
      due: new Set(due),
      probeMs: 20,
    });
  };
  return { time, queue, update };
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

test('a request with nothing due rests until a read says that something is, however long that takes', () => {
  const { queue, time, update } = clocked();
  const active = [request('a'), request('b')];
  update(active);
  for (const schedule of queue.candidates()) queue.nothingDue(schedule);
  time.now += 3_600_000;
  update(active);
  expect(queue.candidates()).toEqual([]);
  expect(queue.nextAt()).toBe(Number.POSITIVE_INFINITY);
  expect(queue.toProbe(active)).toEqual(['a', 'b']);
  update(active, ['b']);
  expect(names(queue.candidates())).toEqual(['b']);
  expect(queue.toProbe(active)).toEqual(['a']);
});

test('of requests that others work on, those of which nothing is due begin at rest', () => {
  const { queue, update } = clocked();
  const active = [begun('theirs'), begun('due'), request('new'), { ...begun('large'), total: 100_000 }];
  expect(queue.toProbe(active)).toEqual(['theirs', 'due']);
  update(active, ['due']);
  expect(names(queue.candidates())).toEqual(['due', 'new', 'large']);
});

test('the checks whether requests at rest have ended stay few, however many rest', () => {
  const { queue, time, update } = clocked();
  const active = Array.from({ length: 30 }, (_, n) => begun(`${n}`));
  update(active);
  let checks = 0;
  for (const end = time.now + 600_000; time.now < end; time.now += 900) {
    update(active);
    checks += queue.toCheck().length;
  }
  expect(checks).toBeGreaterThan(30);
  expect(checks).toBeLessThan(90);
  // Counters never run ahead: these say that it has ended.
  update(active.map((one) => (one._id === '7' ? { ...one, counters: { ...NO_COUNTS, failed: 100 } } : one)));
  expect(names(queue.toCheck())).toEqual(['7']);
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
  queue.update({
    requests: [],
    range: { from: '0', to: 'c' },
    askedAt: 5,
    probed: new Set(),
    due: new Set(),
    probeMs: 20,
  });
  expect(names(queue.candidates())).toEqual(['c', 'b']);
});

test('no more than two thousand are remembered, and idle ones make room', () => {
  const { queue, update } = clocked();
  const id = (n: number): string => n.toString(16).padStart(8, '0');
  const all = Array.from({ length: 2_500 }, (_, n) => small(id(n)));
  for (const each of all) queue.add(each);
  expect(queue.candidates()).toHaveLength(2_000);
  for (const schedule of queue.candidates().slice(0, 1_500)) queue.nothingDue(schedule);
  const later = { requests: all.slice(2_000), range: { from: id(2_000), to: 'g' }, askedAt: 0 };
  queue.update({ ...later, probed: new Set(), due: new Set(), probeMs: 20 });
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
