import { createResultWriter, type Written } from '../../src/dispatch/result-writer.ts';
import type { ImageOutcome, ImageStore } from '../../src/requests/image-store.ts';
import type { ActiveRequest, RequestStore } from '../../src/requests/request-store.ts';
import { NO_COUNTS } from '../../src/requests/types.ts';

const request: ActiveRequest = {
  _id: 'r',
  state: 'processing',
  run: 1,
  options: { quality: 50, format: 'jpeg' },
  total: 9,
  counters: NO_COUNTS,
};

const failure = (seq: number, of = request): Written => ({
  request: of,
  image: {
    _id: `i${seq}`,
    requestId: of._id,
    seq,
    inputUrl: 'http://a.example/',
    attempts: 1,
    reports: 0,
    leaseToken: 't',
  },
  outcome: { kind: 'failed', error: { code: 'source_not_found', message: 'gone' } },
});

/** Stores whose writes the test ends one by one. */
const manual = (mayWait: (written: Written) => boolean = () => false) => {
  const writes: { ids: string[]; end: (error?: Error) => void }[] = [];
  const counts: { failed: number[]; end: () => void }[] = [];
  const images: Pick<ImageStore, 'finish'> = {
    finish: (outcomes) =>
      new Promise<ImageOutcome[]>((resolve, reject) => {
        const end = (error?: Error) => (error === undefined ? resolve([...outcomes]) : reject(error));
        writes.push({ ids: outcomes.map(({ image }) => image._id), end });
      }),
  };
  const requests: Pick<RequestStore, 'addCounts'> = {
    addCounts: (added) => new Promise((end) => counts.push({ failed: added.map((each) => each.added.failed), end })),
  };
  const writer = createResultWriter(images, requests, {
    ...{ mayWait, deadlineMs: 60_000, onFailure: async () => true },
  });
  const done: string[] = [];
  const write = (seq: number, of = request) => writer.write(failure(seq, of)).then(() => done.push(`i${seq}`));
  return { writes, counts, writer, write, done };
};

/** Lets every promise that can write do so. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('outcomes that come during a write are written together, and each ends with its write', async () => {
  const { writes, write, done } = manual();
  for (const seq of [1, 2, 3]) void write(seq);
  expect(writes.map(({ ids }) => ids)).toEqual([['i1']]);

  writes[0]?.end();
  await turn();
  expect(writes.map(({ ids }) => ids)).toEqual([['i1'], ['i2', 'i3']]);
  expect(done).toEqual(['i1']);

  writes[1]?.end();
  await turn();
  expect(done).toEqual(['i1', 'i2', 'i3']);
});

test('outcomes that others may join are written together after 200 ms, or when there are enough of them', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate'] });
  const { writes, counts, write, writer } = manual(() => true);
  void write(1);
  jest.advanceTimersByTime(199);
  void write(2);
  expect(writes).toEqual([]);
  jest.advanceTimersByTime(1);
  expect(writes.map(({ ids }) => ids)).toEqual([['i1', 'i2']]);

  void write(3);
  writes[0]?.end();
  await turn();
  expect(writes).toHaveLength(1);
  jest.advanceTimersByTime(200);
  expect(writes[1]?.ids).toEqual(['i3']);
  writes[1]?.end();
  await turn();

  for (let seq = 4; seq <= 103; seq += 1) void write(seq);
  expect(writes[2]?.ids).toHaveLength(100);
  writes[2]?.end();
  await turn();

  void write(104);
  const idle = writer.idle();
  expect(writes[3]?.ids).toEqual(['i104']);
  writes[3]?.end();
  await turn();
  for (const { end } of counts) end();
  await turn();
  for (const { end } of counts) end();
  await idle;
  jest.useRealTimers();
});

test('an outcome that may not wait takes along those that do', () => {
  const { writes, write } = manual(({ image }) => image.seq < 3);
  void write(1);
  void write(2);
  expect(writes).toEqual([]);
  void write(3);
  expect(writes.map(({ ids }) => ids)).toEqual([['i1', 'i2', 'i3']]);
});

test('counters are added up and written together once a second, and at once for whoever ends a request', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate'] });
  const { writes, counts, writer, write } = manual();
  const add = async (seq: number, of = request): Promise<void> => {
    void write(seq, of);
    writes.at(-1)?.end();
    await turn();
  };
  await add(1);
  jest.advanceTimersByTime(1);
  expect(counts.map(({ failed }) => failed)).toEqual([[1]]);
  for (const seq of [2, 3, 4]) await add(seq);
  for (const seq of [7, 8]) await add(seq, { ...request, _id: 'other' });
  jest.advanceTimersByTime(900);
  expect(counts).toHaveLength(1);
  jest.advanceTimersByTime(100);
  expect(counts.map(({ failed }) => failed)).toEqual([[1], [3, 2]]);
  await add(5);
  const settled = writer.settleCounts();
  expect(counts.map(({ failed }) => failed)).toEqual([[1], [3, 2], [1]]);
  for (const { end } of counts) end();
  await settled;
  await add(6);
  writer.dropCounts(request);
  jest.advanceTimersByTime(1_000);
  expect(counts).toHaveLength(3);
  jest.useRealTimers();
});

test('nothing is left to write only when the counters are written too', async () => {
  const { writes, counts, writer, write } = manual();
  void write(1);
  let idle = false;
  const waiting = writer.idle().then(() => {
    idle = true;
  });
  writes[0]?.end();
  await turn();
  await turn();
  expect(idle).toBe(false);
  counts[0]?.end();
  await waiting;
});

test('a write that fails is repeated, and counted once', async () => {
  const { writes, counts, writer, write, done } = manual();
  void write(1);
  writes[0]?.end(new Error('connection lost'));
  await turn();
  expect(writes).toHaveLength(2);
  expect(counts).toHaveLength(0);
  writes[1]?.end();
  await turn();
  void writer.settleCounts();
  expect(counts).toHaveLength(1);
  expect(done).toEqual(['i1']);
});
