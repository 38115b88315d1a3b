import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v4 as uuid } from 'uuid';
import { createModels, ensureIndexes, type Models } from '../../src/requests/models.ts';
import { createRemovalStore } from '../../src/requests/removal-store.ts';
import { createRequestStore, PAGE_SIZE } from '../../src/requests/request-store.ts';
import { createRetention, type RetentionDeps } from '../../src/requests/retention.ts';
import { NO_COUNTS, type RequestState } from '../../src/requests/types.ts';
import { createLocalStorage, type LocalStorage } from '../../src/storage/local.ts';
import { outputNames } from '../../src/storage/output-names.ts';
import { createOutbox, type Outbox } from '../../src/webhooks/outbox.ts';
import { type TestConnection, testConnection } from '../support/database.ts';
import { ACROSS_REQUESTS } from '../support/router/rules.ts';

const DAY = 24 * 60 * 60_000;
const NOW = Date.UTC(2026, 5, 30);
const now = (): Date => new Date(NOW);
const never = new AbortController().signal;

let database: TestConnection;
let models: Models;
let outbox: Outbox;
let directory: string;
let storage: LocalStorage;

beforeAll(async () => {
  database = await testConnection();
  models = createModels(database.connection);
  outbox = createOutbox(database.connection, now);
  await ensureIndexes(models);
  await outbox.ensureIndexes();
});
afterAll(() => database.close());
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'retention-'));
  storage = createLocalStorage(directory);
});
afterEach(async () => {
  for (const name of ['requests', 'images', 'rows', 'deliveries', 'uploadKeys'])
    await database.connection.collection(name).deleteMany({}, ACROSS_REQUESTS);
  await rm(directory, { recursive: true });
});

/** A finished request with everything that belongs to one: images, outputs, rows and a delivery. */
const seed = async (
  daysAgo: number,
  {
    state = 'completed',
    total = 3,
    eventPending = false,
  }: { state?: RequestState; total?: number; eventPending?: boolean } = {},
): Promise<string> => {
  const requestId = uuid();
  const image = { requestId, index: 0, inputUrl: 'http://a.example/', status: 'completed' as const };
  const ids = Array.from({ length: total }, () => uuid());
  await models.images.insertMany(
    ids.map((_id, seq) => ({ ...image, _id, seq, row: seq, attempts: 1, reports: 0 })),
    { lean: true },
  );
  for (const id of ids.slice(0, 3)) await storage.put(`${id}.webp`, Buffer.from('x'));
  await models.rows.create({ _id: `${requestId}:0`, firstRow: 0, rows: [['a']] });
  await outbox.enqueue({ requestId, run: 1, url: 'http://a.example/', secret: null, type: 't', payload: {} });
  const uploadKey = `key of ${requestId}`;
  await models.uploadKeys.create({ _id: uploadKey, token: 't', requestId, fingerprint: 'f' });
  const finishedAt = new Date(NOW - daysAgo * DAY);
  await models.requests.create({
    ...{ _id: requestId, state, run: 1, createdAt: finishedAt, heartbeatAt: finishedAt, total, uploadKey },
    ...(state === 'processing' ? {} : { finishedAt }),
    ...(eventPending ? { eventPending } : {}),
    ...{
      options: { quality: 50, format: 'webp' },
      csv: { header: [], delimiter: ',', chunks: 1 },
      counters: NO_COUNTS,
    },
  });
  return requestId;
};

const retention = (changes: Partial<RetentionDeps> = {}) =>
  createRetention({
    store: createRemovalStore(models),
    removeOutput: (name) => storage.remove(name),
    forgetDeliveries: (requestId) => outbox.forget(requestId),
    stop: (request) => createRequestStore(models, now).beginCancel(request),
    now,
    retentionMs: 7 * DAY,
    log: { info: () => {}, warn: () => {} },
    ...changes,
  });

const left = async (requestId: string) => ({
  request: await models.requests.countDocuments({ _id: requestId }),
  images: await models.images.countDocuments({ requestId }),
  rows: await models.rows.countDocuments({ _id: `${requestId}:0` }),
  deliveries: (await outbox.list(requestId)).length,
  uploadKeys: await models.uploadKeys.countDocuments({ _id: `key of ${requestId}` }),
});
const NOTHING = { request: 0, images: 0, rows: 0, deliveries: 0, uploadKeys: 0 };
const ALL = { request: 1, images: 3, rows: 1, deliveries: 1, uploadKeys: 1 };

test('removes what is older than the days it is kept, with everything that belongs to it, and nothing else', async () => {
  const old = [await seed(8), await seed(30, { state: 'failed' }), await seed(400, { state: 'cancelled' })];
  const kept = [
    await seed(6),
    await seed(100, { state: 'processing' }),
    await seed(100, { state: 'retrying' }),
    await seed(100, { eventPending: true }),
  ];
  await retention()(never);
  for (const id of old) expect(await left(id)).toEqual(NOTHING);
  for (const id of kept) expect(await left(id)).toEqual(ALL);
  expect(await readdir(directory)).toHaveLength(3 * kept.length);
});

test('removes all outputs of each image, also of one that did not complete', async () => {
  const requestId = await seed(8);
  const outputs = [{ format: 'webp' }, { format: 'jpeg', maxSide: 80 }, { format: 'jpeg', maxSide: 40 }] as const;
  await models.requests.updateOne({ _id: requestId }, { $set: { 'options.outputs': outputs } });
  await models.images.updateOne({ requestId, seq: 1 }, { $set: { status: 'cancelled' } });
  for (const { _id } of await models.images.find({ requestId }).lean()) {
    for (const name of outputNames(_id, { format: 'webp', outputs })) await storage.put(name, Buffer.from('x'));
  }
  expect(await readdir(directory)).toHaveLength(9);
  await retention()(never);
  expect(await left(requestId)).toEqual(NOTHING);
  expect(await readdir(directory)).toEqual([]);
});

test('keeps everything for ever when no days are set', async () => {
  const requestId = await seed(10_000);
  await retention({ retentionMs: 0 })(never);
  expect(await left(requestId)).toEqual(ALL);
});

test('a request of more than one page goes page by page', async () => {
  const requestId = await seed(8, { total: PAGE_SIZE + 5 });
  await retention()(never);
  expect(await left(requestId)).toEqual(NOTHING);
  expect(await readdir(directory)).toEqual([]);
});

const store = () => createRemovalStore(models);
const dies = async (): Promise<never> => {
  throw new Error('the process died here');
};

test.each<[string, () => Partial<RetentionDeps>, number]>([
  ['before the first output', () => ({ removeOutput: dies }), 3],
  ['after the outputs', () => ({ store: { ...store(), removeImages: dies } }), 0],
  ['after the images', () => ({ store: { ...store(), removeRows: dies } }), 0],
  ['after the rows', () => ({ forgetDeliveries: dies }), 0],
  ['after the deliveries', () => ({ store: { ...store(), removeUploadKey: dies } }), 0],
  ['after the upload key', () => ({ store: { ...store(), removeRequest: dies } }), 0],
])('cut off %s, it is seen by nobody and the next round brings it to its end', async (_where, changes, files) => {
  const requestId = await seed(8);
  await retention(changes())(never);
  expect(await readdir(directory)).toHaveLength(files);
  expect(await createRequestStore(models, now).find(requestId)).toBeNull();
  expect(await left(requestId)).toMatchObject({ request: 1 });

  // Also when the operator has switched it off meanwhile.
  await retention({ retentionMs: 0 })(never);
  expect(await left(requestId)).toEqual(NOTHING);
  expect(await readdir(directory)).toEqual([]);
});

test('a key that another upload has by now stays with it', async () => {
  const requestId = await seed(8);
  await models.uploadKeys.updateOne({ _id: `key of ${requestId}` }, { $set: { token: 'u', requestId: uuid() } });
  await retention()(never);
  expect(await left(requestId)).toEqual({ ...NOTHING, uploadKeys: 1 });
});

test('ten instances at once remove each output once', async () => {
  const ids = await Promise.all(Array.from({ length: 6 }, () => seed(8)));
  const begun = await seed(9, { state: 'removing' });
  const removed: string[] = [];
  const removeOutput = async (name: string): Promise<void> => {
    removed.push(name);
    await storage.remove(name);
  };
  await Promise.all(Array.from({ length: 10 }, () => retention({ removeOutput })(never)));
  for (const id of [...ids, begun]) expect(await left(id)).toEqual(NOTHING);
  expect(removed).toHaveLength(7 * 3);
  expect(new Set(removed).size).toBe(removed.length);
});

test('what an instance was removing when it died is taken over when its lease ends, not before', async () => {
  const requestId = await seed(8);
  // It hangs on its first outputs for good, as a process that was killed.
  let reached = (): void => {};
  const dying = new Promise<void>((resolve) => {
    reached = resolve;
  });
  void retention({
    removeOutput: () => {
      reached();
      return new Promise(() => undefined);
    },
  })(never);
  await dying;

  const removed: string[] = [];
  const removeOutput = async (name: string): Promise<void> => {
    removed.push(name);
    await storage.remove(name);
  };
  await retention({ removeOutput, now: () => new Date(NOW + 59_000) })(never);
  expect(removed).toEqual([]);
  await retention({ removeOutput, now: () => new Date(NOW + 61_000) })(never);
  expect(removed).toHaveLength(3);
  expect(await left(requestId)).toEqual(NOTHING);
});

test('an instance that wakes up after its lease has passed to another removes nothing more', async () => {
  const requestId = await seed(8, { total: 40 });
  let clock = NOW;
  const late: string[] = [];
  let others = 0;
  const sleepy = async (name: string): Promise<void> => {
    late.push(name);
    if (late.length !== 16) return;
    // It sleeps past its lease. The other one is held up as well, in the middle of what it removes.
    clock += 61_000;
    const other = async (): Promise<void> => {
      others += 1;
      if (others > 16) await dies();
    };
    await retention({ removeOutput: other, now: () => new Date(clock), store: { ...store(), release } })(never);
  };
  // As if the other one were still at it.
  const release = async (): Promise<void> => undefined;
  await retention({ removeOutput: sleepy, now: () => new Date(clock) })(never);
  expect(late).toHaveLength(16);
  expect(others).toBeGreaterThan(16);
  expect(await left(requestId)).toMatchObject({ request: 1, images: 40, rows: 1 });
});

test('a long removal keeps its lease', async () => {
  const requestId = await seed(8, { total: 40 });
  let clock = NOW;
  const removed: string[] = [];
  const slow = async (name: string): Promise<void> => {
    removed.push(name);
    if (removed.length % 16 !== 0) return;
    clock += 50_000;
    await retention({ removeOutput: dies, now: () => new Date(clock) })(never);
  };
  await retention({ removeOutput: slow, now: () => new Date(clock) })(never);
  expect(new Set(removed).size).toBe(40);
  expect(removed).toHaveLength(40);
  expect(await left(requestId)).toEqual(NOTHING);
});

test('several instances at once remove the same things without getting in each other’s way', async () => {
  const ids = await Promise.all(Array.from({ length: 12 }, () => seed(8)));
  await Promise.all([retention()(never), retention()(never), retention()(never)]);
  await retention()(never);
  for (const id of ids) expect(await left(id)).toEqual(NOTHING);
  expect(await readdir(directory)).toEqual([]);
});

test('one whose outputs cannot be removed does not hold up the others', async () => {
  const stuck = await seed(9);
  const stuckNames = new Set((await models.images.find({ requestId: stuck })).map(({ _id }) => `${_id}.webp`));
  const other = await seed(8);
  const removeOutput = (name: string) => (stuckNames.has(name) ? dies() : storage.remove(name));
  await retention({ removeOutput })(never);
  expect(await left(stuck)).toEqual(ALL);
  expect(await left(other)).toEqual(NOTHING);
});

test('an upload that was cut off is discarded whole, also when its discarding was cut off', async () => {
  const requestId = await seed(1, { state: 'ingesting', total: 2 * PAGE_SIZE + 7 });
  await models.images.deleteMany({ requestId, seq: { $lt: PAGE_SIZE } });
  await outbox.forget(requestId);
  await models.uploadKeys.deleteOne({ _id: `key of ${requestId}` });
  await createRequestStore(models, now).discard(requestId, { total: 2 * PAGE_SIZE + 7, chunks: 1 });
  expect(await left(requestId)).toEqual(NOTHING);
});

test('fifty requests and more that cannot be removed do not hold up the others', async () => {
  const stuck: string[] = [];
  for (let n = 0; n < 55; n += 1) stuck.push(await seed(30, { state: 'removing', total: 1 }));
  for (let n = 0; n < 55; n += 1) stuck.push(await seed(30, { eventPending: true, total: 1 }));
  const half = await seed(9, { state: 'removing' });
  await models.requests.updateOne({ _id: half }, { $set: { 'options.format': 'png' } });
  const old = await seed(8);
  const removeOutput = async (name: string): Promise<void> => {
    const { requestId } = (await models.images.findById(name.split('.', 1)[0], null, ACROSS_REQUESTS).lean()) ?? {};
    if (requestId !== undefined && stuck.includes(requestId)) throw new Error('the store refuses');
  };
  await retention({ removeOutput })(never);
  expect(await left(half)).toEqual(NOTHING);
  expect(await left(old)).toEqual(NOTHING);
  expect(await models.requests.countDocuments({ _id: { $in: stuck } })).toBe(stuck.length);
});
