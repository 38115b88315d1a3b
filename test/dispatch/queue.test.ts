import type { Look } from '../../src/dispatch/due-together.ts';
import { createFairQueue } from '../../src/dispatch/queue.ts';
import { type ActiveRequest, ALL_IDS } from '../../src/requests/request-store.ts';
import { NO_COUNTS } from '../../src/requests/types.ts';

const request = (_id: string): ActiveRequest => ({
  _id,
  state: 'processing',
  run: 1,
  options: { quality: 50, format: 'jpeg' },
  total: 100,
  counters: NO_COUNTS,
});

const clocked = () => {
  const time = { now: 0 };
  const queue = createFairQueue(() => time.now);
  /** All that is active, asked for now. */
  const update = (active: readonly ActiveRequest[]): void => queue.update(active, ALL_IDS, Number.POSITIVE_INFINITY);
  return { time, queue, update };
};

test('the request with the least in work comes first, so a small one overtakes a large one', () => {
  const { queue, update } = clocked();
  update([request('large'), request('small')]);
  const large = queue.candidates().find((turn) => turn.request._id === 'large');
  if (large === undefined) throw new Error('missing');
  large.running = 8;
  expect(queue.candidates().map((turn) => turn.request._id)).toEqual(['small', 'large']);
});

test('among equals the one served longest ago comes first', () => {
  const { queue, update } = clocked();
  update([request('a'), request('b'), request('c')]);
  const order: string[] = [];
  for (let turn = 0; turn < 6; turn += 1) {
    const [next] = queue.candidates();
    if (next === undefined) throw new Error('missing');
    order.push(next.request._id);
    queue.served(next);
  }
  expect(order).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
});

test('a request with nothing due is left alone for a growing while, at most half a second', () => {
  const { queue, time, update } = clocked();
  update([request('a')]);
  const pauses: number[] = [];
  for (let round = 0; round < 6; round += 1) {
    const [turn] = queue.candidates();
    if (turn === undefined) throw new Error('missing');
    queue.dry(turn);
    expect(queue.candidates()).toEqual([]);
    pauses.push(turn.dryUntil - time.now);
    time.now = turn.dryUntil;
  }
  expect(pauses).toEqual([50, 100, 200, 400, 500, 500]);
});

test('the end of its last image makes a dry request a candidate at once', () => {
  const { queue, update } = clocked();
  update([request('a')]);
  const [turn] = queue.candidates();
  if (turn === undefined) throw new Error('missing');
  turn.running = 1;
  queue.dry(turn);
  queue.ended(turn, null);
  expect(queue.candidates()).toEqual([turn]);
});

test('a request that is no longer active is forgotten once nothing of it runs', () => {
  const { queue, update } = clocked();
  update([request('a')]);
  const [turn] = queue.candidates();
  if (turn === undefined) throw new Error('missing');
  turn.running = 1;
  update([]);
  expect(queue.candidates()).toHaveLength(1);
  queue.ended(turn, null);
  update([]);
  expect(queue.candidates()).toEqual([]);
});

const small = (_id: string, total = 2): ActiveRequest => ({ ...request(_id), total });
const look: Look = { unfinished: 2, more: false, waitingFor: [], dueInMs: Number.POSITIVE_INFINITY };

test('a small request rests while all that is left of it is in work here, and its last end ends it', () => {
  const { queue, time } = clocked();
  queue.add(small('a'));
  const [turn] = queue.candidates();
  if (turn === undefined) throw new Error('missing');
  turn.running = 2;
  queue.looked(turn, look);
  time.now = 1e9;
  expect(queue.candidates()).toEqual([]);
  expect(queue.ended(turn, null)).toBe(false);
  expect(queue.ended(turn, null)).toBe(true);
});

test('a small request whose image is tried again rests until then', () => {
  const { queue, time } = clocked();
  queue.add(small('a', 1));
  const [turn] = queue.candidates();
  if (turn === undefined) throw new Error('missing');
  turn.running = 1;
  queue.looked(turn, { ...look, unfinished: 1 });
  expect(queue.ended(turn, 40)).toBe(false);
  expect(queue.candidates()).toEqual([]);
  time.now = 40;
  expect(queue.candidates()).toEqual([turn]);
});

test('a request that waits for an image server comes back as soon as that has room', () => {
  const roomy = new Set<string | null>();
  const queue = createFairQueue(
    () => 0,
    (origin) => roomy.has(origin),
  );
  queue.add(small('a'));
  const [turn] = queue.candidates();
  if (turn === undefined) throw new Error('missing');
  queue.looked(turn, { ...look, waitingFor: ['http://slow.example'] });
  expect(queue.candidates()).toEqual([]);
  roomy.add('http://slow.example');
  expect(queue.candidates()).toEqual([turn]);
});

test('what came after the question is not forgotten for missing in its answer, nor what was not asked for', () => {
  const { queue, time } = clocked();
  queue.add(small('a'));
  queue.add(small('c'));
  time.now = 10;
  queue.add(small('b'));
  queue.update([], { from: '0', to: 'c' }, 5);
  expect(queue.candidates().map((turn) => turn.request._id)).toEqual(['c', 'b']);
});

test('no more than two thousand are remembered, and idle ones make room', () => {
  const { queue, update } = clocked();
  const id = (n: number): string => n.toString(16).padStart(8, '0');
  const all = Array.from({ length: 2_500 }, (_, n) => small(id(n)));
  for (const each of all) queue.add(each);
  expect(queue.candidates()).toHaveLength(2_000);
  for (const turn of queue.candidates().slice(0, 1_500)) queue.dry(turn);
  queue.update(all.slice(2_000), { from: id(2_000), to: 'g' }, 0);
  expect(queue.candidates().map((turn) => turn.request._id)).toEqual(all.slice(1_500).map(({ _id }) => _id));
  update([]);
  expect(queue.candidates()).toEqual([]);
});

test('hundreds that wait for image servers leave the time to the one that has something to do', () => {
  const { queue, time, update } = clocked();
  update(Array.from({ length: 600 }, (_, n) => request(`waits${n}`)));
  for (const turn of queue.candidates()) queue.withoutRoom(turn, ['name:dead.example']);
  queue.add(request('busy'));
  for (const turn of queue.candidates()) if (turn.request._id === 'busy') turn.running = 5;
  time.now += 2_000;
  expect(queue.candidates().map((turn) => turn.request._id)).toEqual(['busy']);
  time.now += 10_000;
  expect(queue.candidates()).toHaveLength(601);
});
