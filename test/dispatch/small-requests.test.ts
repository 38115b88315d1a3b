import { v4 as uuid } from 'uuid';
import { createClaimer } from '../../src/dispatch/claimer.ts';
import { createCoalescer } from '../../src/dispatch/coalescing.ts';
import { createDispatcher, type Dispatcher } from '../../src/dispatch/dispatcher.ts';
import { NO_HOST_NAMES } from '../../src/dispatch/host-names.ts';
import type { ImagePool, ImageResult } from '../../src/images/task.ts';
import { createCompletion } from '../../src/requests/completion.ts';
import { createImageStore } from '../../src/requests/image-store.ts';
import { createModels, ensureIndexes, type Models } from '../../src/requests/models.ts';
import { type ActiveRequest, createRequestStore } from '../../src/requests/request-store.ts';
import { NO_COUNTS } from '../../src/requests/types.ts';
import { requestReportOf } from '../../src/results/request-report.ts';
import { type TestConnection, testConnection } from '../support/database.ts';
import { ACROSS_REQUESTS } from '../support/router/rules.ts';
import { waitFor } from '../support/service.ts';

const now = (): Date => new Date();
const CAPACITY = 8;
/** No lease of this test ends by itself. */
const LEASE_MS = 600_000;
const IDLE = 600;
/** Small requests of one query: at least 16, so that many idle ones cost few. */
const QUERIES_FOR_IDLE = IDLE / 16;

let database: TestConnection;
let models: Models;
/** Names of the commands that the database got from here. */
let commands: string[] = [];
const dispatchers: Dispatcher[] = [];

beforeAll(async () => {
  database = await testConnection();
  database.connection.getClient().on('commandStarted', ({ commandName }) => commands.push(commandName));
  models = createModels(database.connection);
  await ensureIndexes(models);
});
afterEach(async () => {
  await Promise.all(dispatchers.splice(0).map((dispatcher) => dispatcher.stop(5_000)));
  await models.requests.deleteMany({});
  await models.images.deleteMany({}, ACROSS_REQUESTS);
});
afterAll(() => database.close());

/** Requests of `total` images each. */
const seed = async (requests: number, total: number, nextAt = (seq: number) => new Date(seq)) => {
  const records = Array.from({ length: requests }, () => ({
    ...{ _id: uuid(), state: 'queued' as const, run: 1, createdAt: now(), heartbeatAt: now(), total },
    ...{ options: { quality: 50, format: 'jpeg' as const }, csv: { header: [], delimiter: ',', chunks: 0 } },
    counters: NO_COUNTS,
  }));
  const images = records.flatMap(({ _id: requestId }) =>
    Array.from({ length: total }, (_, seq) => ({
      ...{ _id: uuid(), requestId, seq, row: seq, index: 0, serialNumber: `${seq}`, productName: 'p' },
      ...{ inputUrl: `${requestId}-${seq}`, status: 'pending' as const, nextAt: nextAt(seq), attempts: 0, reports: 0 },
    })),
  );
  await models.images.insertMany(images, { lean: true });
  await models.requests.insertMany(records, { lean: true });
  return records satisfies ActiveRequest[];
};

const done: ImageResult = {
  ...{ ok: true, bytesIn: 2, bytesOut: 1, crc32: 7, width: 1, height: 1, notes: [] },
  timings: { download: 0, encode: 0, store: 0 },
};

const start = (run: ImagePool['run'] = async () => done) => {
  const requests = createRequestStore(models, now);
  const images = createImageStore(models, now);
  const claimer = createClaimer(images, now);
  const counts = { looks: 0, looked: new Set<string>(), passes: 0 };
  const dispatcher = createDispatcher({
    requests: {
      ...requests,
      active: (...range) => {
        counts.passes += 1;
        return requests.active(...range);
      },
    },
    images,
    claimer: {
      ...claimer,
      async claim(together, ...rest) {
        const claim = await claimer.claim(together, ...rest);
        counts.looks += 1;
        for (const { _id } of together) counts.looked.add(_id);
        return claim;
      },
    },
    completion: createCompletion(requests, images, async () => {}, requestReportOf),
    pool: { capacity: CAPACITY, most: CAPACITY * 4, run },
    ...{ connections: () => 6, maxConsecutiveThrottles: 5, maxQueueMs: 120_000, maxSettleMs: 60_000 },
    names: NO_HOST_NAMES,
    coalescer: createCoalescer(
      async () => true,
      () => performance.now(),
    ),
    checkStorage: async () => {},
    ...{
      leaseMs: LEASE_MS,
      maxAttempts: 5,
      random: Math.random,
      log: { debug: () => {}, info: () => {}, warn: () => {} },
    },
  });
  dispatchers.push(dispatcher);
  return { dispatcher, counts };
};

const completed = () => models.requests.collection.countDocuments({ state: 'completed' });

test('three hundred requests of one image cost a handful of commands each, their completion included', async () => {
  const requests = await seed(300, 1);
  const { dispatcher } = start();
  commands = [];
  for (const request of requests) dispatcher.add(request);
  dispatcher.start();
  await waitFor(async () => (await completed()) === requests.length, 60_000);

  const count = (name: string): number => commands.filter((command) => command === name).length;
  // An outcome and an end for each; claims, marks and reads are shared.
  expect(count('update')).toBeLessThan(2.5 * requests.length);
  expect(count('find')).toBeLessThan(requests.length);
  const records = await models.requests.find().lean();
  for (const { counters, startedAt, report, reportDue } of records) {
    expect(counters).toEqual({ completed: 1, failed: 0, cancelled: 0, bytesIn: 2, bytesOut: 1 });
    expect(startedAt).toBeInstanceOf(Date);
    expect([report?.productCount, reportDue]).toEqual([1, undefined]);
  }
  expect(await models.images.countDocuments({ attempts: { $ne: 1 } }, ACROSS_REQUESTS)).toBe(0);
});

test('with hundreds of requests that wait for something each pass is short, and one that comes later begins', async () => {
  // Leased by others, as far as anyone here can tell.
  const idle = await seed(IDLE, 1, () => new Date(Date.now() + LEASE_MS));
  const { dispatcher, counts } = start();
  dispatcher.start();
  await waitFor(async () => counts.looked.size === idle.length, 60_000);
  // The dispatcher is not notified: as if another instance had taken the upload.
  await seed(1, 3);
  await waitFor(async () => (await completed()) === 1, 60_000);
  expect(counts.looks).toBeLessThan((counts.passes + 1) * (QUERIES_FOR_IDLE + 10));
}, 150_000);

test('requests of some images share the slots, and are counted while they run', async () => {
  const running = new Set<string>();
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const requests = await seed(4, 5);
  const { dispatcher } = start(async ({ url }) => {
    running.add(url.slice(0, 36));
    if (url.endsWith('-0')) return done;
    await held;
    return done;
  });
  dispatcher.start();
  await waitFor(async () => running.size === requests.length);
  const counted = () => models.requests.collection.countDocuments({ 'counters.completed': { $gte: 1 } });
  await waitFor(async () => (await counted()) === requests.length);
  release();
  await waitFor(async () => (await completed()) === requests.length);
  expect(await models.images.countDocuments({ status: 'completed', attempts: 1 }, ACROSS_REQUESTS)).toBe(20);
});
