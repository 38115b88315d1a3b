import { jest } from '@jest/globals';
import { v4 as uuid } from 'uuid';
import { createClock } from '../../src/database/clock.ts';
import { createClaimer } from '../../src/dispatch/claimer.ts';
import { createCoalescer } from '../../src/dispatch/coalescing.ts';
import { createDispatcher, type Dispatcher, type DispatcherDeps } from '../../src/dispatch/dispatcher.ts';
import { NO_HOST_NAMES } from '../../src/dispatch/host-names.ts';
import type { ImagePool, ImageResult, ImageTask } from '../../src/images/task.ts';
import { createCompletion } from '../../src/requests/completion.ts';
import { createImageStore } from '../../src/requests/image-store.ts';
import { createModels, ensureIndexes, type Models } from '../../src/requests/models.ts';
import { createRequestStore } from '../../src/requests/request-store.ts';
import { NO_COUNTS } from '../../src/requests/types.ts';
import { requestReportOf } from '../../src/results/request-report.ts';
import { type TestConnection, testConnection } from '../support/database.ts';
import { waitFor } from '../support/service.ts';

const MINUTE = 60_000;
let database: TestConnection;
let models: Models;
const dispatchers: Dispatcher[] = [];

beforeAll(async () => {
  database = await testConnection();
  models = createModels(database.connection);
  await ensureIndexes(models);
});
afterEach(async () => {
  await Promise.all(dispatchers.splice(0).map((dispatcher) => dispatcher.stop(5_000)));
  await models.requests.deleteMany({});
});
afterAll(() => database.close());

const seed = async (total: number): Promise<string> => {
  const requestId = uuid();
  const image = { requestId, index: 0, serialNumber: '1', productName: 'p', status: 'pending' as const };
  await models.images.insertMany(
    Array.from({ length: total }, (_, seq) => ({
      ...image,
      ...{ _id: uuid(), seq, row: seq, inputUrl: `${seq}`, nextAt: new Date(seq), attempts: 0, reports: 0 },
    })),
    { lean: true },
  );
  await models.requests.create({
    ...{ _id: requestId, state: 'queued', run: 1, createdAt: new Date(), heartbeatAt: new Date(), total },
    ...{
      options: { quality: 50, format: 'jpeg' },
      csv: { header: [], delimiter: ',', chunks: 0 },
      counters: NO_COUNTS,
    },
  });
  return requestId;
};

const done: ImageResult = {
  ...{ ok: true, bytesIn: 2, bytesOut: 1, crc32: 7, width: 1, height: 1, notes: [] },
  timings: { download: 0, encode: 0, store: 0 },
};
const full: ImageResult = { ok: false, code: 'storage_failed', message: 'The disk is full.', retryable: true };
const after = <T>(ms: number, value: T): Promise<T> => new Promise((resolve) => setTimeout(resolve, ms, value));

interface Settings {
  readonly run: ImagePool['run'];
  readonly check?: () => Promise<void>;
  readonly leaseMs?: number;
  /** Whether leases are renewed. */
  readonly renews?: boolean;
  readonly capacity?: number;
  /** How wrong the clock of the instance is, in milliseconds. */
  readonly skewMs?: number;
  readonly onOutcome?: DispatcherDeps['onOutcome'];
}

const start = async ({
  run,
  check = async () => {},
  leaseMs = 30_000,
  renews = true,
  capacity = 8,
  skewMs = 0,
  onOutcome = () => {},
}: Settings) => {
  const clock = createClock(database.connection, { localNow: () => Date.now() + skewMs });
  await clock.refresh();
  const requests = createRequestStore(models, clock.now);
  const store = createImageStore(models, clock.now);
  const images = renews ? store : { ...store, renew: async () => [] };
  const dispatcher = createDispatcher({
    ...{ images, claimer: createClaimer(images, clock.now), requests, leaseMs, maxAttempts: 5, random: Math.random },
    completion: createCompletion(requests, images, async () => {}, requestReportOf),
    pool: { capacity, most: capacity * 4, run },
    ...{ connections: () => 6, maxConsecutiveThrottles: 5, maxQueueMs: 120_000, maxSettleMs: 60_000 },
    names: NO_HOST_NAMES,
    coalescer: createCoalescer(
      async () => true,
      () => performance.now(),
    ),
    checkStorage: check,
    log: { debug: () => {}, info: () => {}, warn: () => {} },
    onOutcome,
  });
  dispatchers.push(dispatcher);
  dispatcher.start();
  return dispatcher;
};

const holding = () => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { held, release };
};

const request = (requestId: string) => models.requests.findById(requestId).lean();
const isDone = (requestId: string) => async () => (await request(requestId))?.state === 'completed';

test('images whose leases end while they run here go on under the next ones', async () => {
  const total = 40;
  const { held, release } = holding();
  const run = jest.fn((_task: ImageTask) => held.then(() => done));
  const applied = jest.fn();
  const onOutcome: Settings['onOutcome'] = (_request, _image, _outcome, wasApplied) => applied(wasApplied);
  const dispatcher = await start({ leaseMs: 300, renews: false, run, onOutcome });
  const requestId = await seed(total);
  dispatcher.wake();
  // Claims count attempts.
  await waitFor(async () => (await models.images.countDocuments({ requestId, attempts: { $gt: 1 } })) > 1);
  // None runs twice at a time.
  expect(new Set(run.mock.calls.map(([{ id }]) => id)).size).toBe(run.mock.calls.length);
  release();
  await waitFor(isDone(requestId));
  // A lease may also end while the result is written.
  expect(applied.mock.calls.filter(([wasApplied]) => wasApplied)).toHaveLength(total);
  expect(dispatcher.counts().inFlight.waiting).toBe(0);
});

test('a cancel stops what waits while every slot is busy', async () => {
  const { held, release } = holding();
  const dispatcher = await start({ capacity: 2, run: () => held.then(() => done) });
  const requestId = await seed(20);
  dispatcher.wake();
  const counted = (status: string) => models.images.collection.countDocuments({ requestId, status });
  await waitFor(async () => (await counted('processing')) >= 2);
  await models.requests.updateOne({ _id: requestId }, { $set: { state: 'cancelling' } });
  dispatcher.wake();
  await waitFor(async () => (await counted('pending')) === 0);
  const running = await counted('processing');
  expect(running).toBeGreaterThanOrEqual(2);
  release();
  await waitFor(async () => (await request(requestId))?.state === 'cancelled');
  expect((await request(requestId))?.counters).toMatchObject({ completed: running, cancelled: 20 - running });
});

test('a small request that comes after a large one does not wait for it', async () => {
  const dispatcher = await start({ run: () => after(5, done) });
  const large = await seed(2_000);
  const ended = async (): Promise<number> => (await request(large))?.counters.completed ?? 2_000;
  dispatcher.wake();
  await waitFor(async () => (await ended()) > 20);
  const small = await seed(5);
  const before = await ended();
  dispatcher.wake();
  await waitFor(isDone(small));
  // Far fewer than the 1,900 that were before it.
  expect((await ended()) - before).toBeLessThan(500);
});

test('two instances whose clocks are two minutes apart share a request, and no image is worked on twice', async () => {
  const total = 60;
  const requestId = await seed(total);
  const shares: string[][] = [[], []];
  // Longer than the lease, so that only renewals at the right time keep the other instance away.
  const work = (share: string[]) => (task: ImageTask) => {
    share.push(task.id);
    return after(2_000, done);
  };
  const settings = { leaseMs: 1_500, capacity: 6 };
  await start({ ...settings, skewMs: MINUTE, run: work(shares[0] ?? []) });
  await start({ ...settings, skewMs: -MINUTE, run: work(shares[1] ?? []) });
  await waitFor(isDone(requestId), 40_000);

  const all = shares.flat();
  expect(all).toHaveLength(total);
  expect(new Set(all).size).toBe(total);
  for (const share of shares) expect(share.length).toBeGreaterThan(total / 5);
  expect(await models.images.countDocuments({ requestId, attempts: { $ne: 1 } })).toBe(0);
  const record = await request(requestId);
  expect(Math.abs((record?.finishedAt?.getTime() ?? 0) - Date.now())).toBeLessThan(MINUTE / 2);
});

test('while the store is full images wait, cost no attempt and are not downloaded over and over', async () => {
  const requestId = await seed(40);
  let isFull = true;
  let runs = 0;
  await start({
    run: () => {
      runs += 1;
      return after(5, isFull ? full : done);
    },
    // The few bytes of a check find room; an image does not.
    check: async () => {},
  });
  const waiting = () => models.images.countDocuments({ requestId, 'error.code': 'storage_failed' });
  await waitFor(async () => (await waiting()) >= 9);
  // The first eight together, then one at a time.
  expect(runs).toBeLessThan(13);
  expect(await models.images.countDocuments({ requestId, status: { $in: ['completed', 'failed'] } })).toBe(0);

  isFull = false;
  await waitFor(isDone(requestId), 30_000);
  expect(await models.images.countDocuments({ requestId, attempts: 1, status: 'completed' })).toBe(40);
  expect(await waiting()).toBe(0);
});

test('an outcome is reported as not applied when the lease has passed to another instance', async () => {
  const requestId = await seed(2);
  const reported: string[] = [];
  await start({
    run: async ({ id, url }) => {
      if (url === '0') {
        await models.images.updateOne({ _id: id, requestId, seq: 0 }, { $set: { leaseToken: 'another' } });
      }
      return done;
    },
    onOutcome: (_request, image, outcome, applied) => reported.push(`${image.seq} ${outcome.kind} ${applied}`),
  });
  await waitFor(async () => reported.length === 2);
  expect(reported.sort()).toEqual(['0 completed false', '1 completed true']);
  // Counters follow within a second.
  await waitFor(async () => (await request(requestId))?.counters.completed === 1);
});

test('a lease that renewal finds lost stops the work, and the other instance keeps the image', async () => {
  const requestId = await seed(1);
  let aborted = 0;
  await start({
    leaseMs: 600,
    run: (task, { signal } = {}) =>
      new Promise((resolve) => {
        void models.images.collection.updateOne(
          { _id: task.id as never, requestId, seq: 0 },
          { $set: { leaseToken: 'another', nextAt: new Date(Date.now() + MINUTE) } },
        );
        signal?.addEventListener('abort', () => {
          aborted += 1;
          resolve({ ok: false, code: 'worker_crashed', message: 'cancelled', retryable: true });
        });
      }),
  });
  await waitFor(async () => aborted === 1);
  const image = await models.images.findOne({ requestId }).lean();
  expect(image).toMatchObject({ leaseToken: 'another', attempts: 1, status: 'processing' });
});
