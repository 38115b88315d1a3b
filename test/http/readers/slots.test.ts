import { createSlots, type Shortage, type SlotLimits } from '../../../src/http/readers/slots.ts';

const LIMITS: SlotLimits = {
  ...{ most: 4, mostPerClient: 2, bytes: 100, bytesPerClient: 60 },
  ...{ waiting: 3, waitingPerClient: 2, waitMs: 60_000 },
};
const create = (changes: Partial<SlotLimits> = {}) =>
  createSlots({ ...LIMITS, ...changes }, (shortage: Shortage) => new Error(`refused: ${shortage}`));
/** Aborted after each test, so that no wait is left open. */
let ended: AbortController;
let signal: AbortSignal;
beforeEach(() => {
  ended = new AbortController();
  signal = ended.signal;
});
afterEach(() => ended.abort());
/** Whether a promise has settled once all pending microtasks have run. */
const settledNow = async (promise: Promise<unknown>): Promise<boolean> => {
  let settled = false;
  promise.then(
    () => (settled = true),
    () => (settled = true),
  );
  await new Promise(setImmediate);
  return settled;
};

test('a client at its limit waits, and others overtake it', async () => {
  const slots = create();
  const first = await slots.take('a', 1, signal);
  await slots.take('a', 1, signal);
  const third = slots.take('a', 1, signal);
  expect(await settledNow(third)).toBe(false);
  expect(slots.waiting()).toEqual([{ client: 'a', shortage: 'client' }]);
  await slots.take('b', 1, signal);
  first.release();
  first.release();
  await third;
  expect(slots.waiting()).toEqual([]);
});

test('waiters are admitted in order once slots and bytes are free', async () => {
  const slots = create({ waitingPerClient: 3, bytesPerClient: 80 });
  const held = await Promise.all(['a', 'a', 'b', 'b'].map((client) => slots.take(client, 20, signal)));
  const order: string[] = [];
  const next = ['c1', 'c2'].map((name, at) => slots.take('c', [50, 20][at] ?? 0, signal).then(() => order.push(name)));
  const last = slots.take('d', 20, signal).then(() => order.push('d'));
  held[0]?.release();
  // With 80 bytes in use, 50 more do not fit, but a later 20 do.
  await next[1];
  expect(order).toEqual(['c2']);
  held[1]?.release();
  await last;
  held[2]?.release();
  await new Promise(setImmediate);
  expect(order).toEqual(['c2', 'd']);
  held[3]?.release();
  await next[0];
  expect(order).toEqual(['c2', 'd', 'c1']);
});

test('the queue is bounded, per client and in total', async () => {
  const slots = create();
  for (const client of ['a', 'a', 'b', 'b']) await slots.take(client, 1, signal);
  const waits = [slots.take('a', 1, signal), slots.take('a', 1, signal)];
  await expect(slots.take('a', 1, signal)).rejects.toThrow('refused: client');
  waits.push(slots.take('c', 1, signal));
  await expect(slots.take('d', 1, signal)).rejects.toThrow('refused: server');
  expect(await Promise.all(waits.map(settledNow))).toEqual([false, false, false]);
});

test('a wait times out with the limit that was reached', async () => {
  const slots = create({ waitMs: 20 });
  for (const client of ['a', 'a', 'b', 'b']) await slots.take(client, 1, signal);
  const refused = await Promise.allSettled([slots.take('a', 1, signal), slots.take('c', 1, signal)]);
  expect(refused.map((each) => each.status === 'rejected' && each.reason.message)).toEqual([
    'refused: client',
    'refused: server',
  ]);
  expect(slots.waiting()).toEqual([]);
});

test('an aborted waiter leaves the queue', async () => {
  const slots = create({ most: 1, mostPerClient: 1 });
  const held = await slots.take('a', 1, signal);
  const gone = new AbortController();
  const waiting = slots.take('b', 1, gone.signal);
  gone.abort(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
  await expect(slots.take('b', 1, gone.signal)).rejects.toThrow('gone');
  held.release();
  await slots.take('c', 1, signal);
});

test('unannounced bytes count as they are received', async () => {
  const slots = create();
  const slot = await slots.take('a', 0, signal);
  expect(slot.grow(60)).toBeNull();
  expect(slot.grow(1)).toBe('client');
  const other = await slots.take('b', 39, signal);
  expect(other.grow(1)).toBe('server');
  slot.release();
  expect(other.grow(1)).toBeNull();
  expect(await settledNow(slots.take('a', 60, signal))).toBe(false);
  other.release();
  await slots.take('c', 40, signal);
});
