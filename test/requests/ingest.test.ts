import { Readable } from 'node:stream';
import { openCsv } from '../../src/csv/read.ts';
import { createIngest, type IngestLimits } from '../../src/requests/ingest.ts';
import { createModels, ensureIndexes, type Models } from '../../src/requests/models.ts';
import { createRequestStore, type RequestStore } from '../../src/requests/request-store.ts';
import { type TestConnection, testConnection } from '../support/database.ts';
import { ACROSS_REQUESTS } from '../support/router/rules.ts';
import { waitFor } from '../support/service.ts';

const LIMITS: IngestLimits = {
  ...{ maxRows: 100, maxUrls: 100, maxRowBytes: 10_000, maxColumns: 10, maxQueuedImages: 1_000_000 },
};
const CSV = 'S. No.,Product Name,Input Image Urls\n1,A,http://images.example/1.jpg\n2,B,http://images.example/2.jpg\n';
const openTable = () => openCsv(() => Readable.from([Buffer.from(CSV)]), LIMITS);
const upload = {
  options: { quality: 50, format: 'jpeg' },
  onInvalidRow: 'reject',
  output: { mode: 'add', formulas: 'escape' },
  tenant: 'default',
  client: 'tenant default',
} as const;
const never = new AbortController().signal;
const now = (): Date => new Date();

let database: TestConnection;
let models: Models;
let requests: RequestStore;

beforeAll(async () => {
  database = await testConnection();
  models = createModels(database.connection);
  await ensureIndexes(models);
  requests = createRequestStore(models, now);
});
afterAll(() => database.close());
afterEach(async () => {
  for (const name of ['requests', 'images', 'rows'])
    await database.connection.collection(name).deleteMany({}, ACROSS_REQUESTS);
});

const counts = async () => ({
  requests: await models.requests.countDocuments(),
  images: await models.images.countDocuments({}, ACROSS_REQUESTS),
  rows: await models.rows.countDocuments(),
});

/** The store, whose activation fails as the database would make it fail: before it is done, or after. */
const failing = (done: boolean): RequestStore => ({
  ...requests,
  async activate(...facts) {
    if (done) await requests.activate(...facts);
    throw new Error('the connection was cut');
  },
});

test('an upload whose activation was done and reported as failed is kept, and is answered', async () => {
  const { requestId, total } = await createIngest(models, failing(true), LIMITS, now)(await openTable(), upload, never);
  expect(total).toBe(2);
  expect(await requests.find(requestId)).toMatchObject({ state: 'queued', total: 2 });
  expect(await counts()).toEqual({ requests: 1, images: 2, rows: 1 });
});

test('an upload whose activation failed leaves nothing', async () => {
  const ingest = createIngest(models, failing(false), LIMITS, now);
  await expect(ingest(await openTable(), upload, never)).rejects.toThrow('the connection was cut');
  expect(await counts()).toEqual({ requests: 0, images: 0, rows: 0 });
});

test('an upload that is being removed as abandoned cannot become active any more', async () => {
  const frozen: RequestStore = {
    ...requests,
    async activate(requestId, facts) {
      // Cut off after its first step, as by a crash.
      await createRequestStore(
        { ...models, images: { deleteMany: () => Promise.reject(new Error('crash')) } as unknown as Models['images'] },
        now,
      )
        .discard(requestId, { total: 1_000, chunks: 1 })
        .catch(() => undefined);
      return requests.activate(requestId, facts);
    },
  };
  await expect(createIngest(models, frozen, LIMITS, now)(await openTable(), upload, never)).rejects.toThrow();
  expect(await counts()).toEqual({ requests: 0, images: 0, rows: 0 });
});

test('a write that hangs is answered in time, and what was stored is removed when it ends', async () => {
  let release = (): void => undefined;
  const hangs = new Promise<void>((resolve) => {
    release = resolve;
  });
  const rows = Object.assign(Object.create(models.rows), {
    async insertMany(...args: Parameters<Models['rows']['insertMany']>) {
      await hangs;
      return models.rows.insertMany(...args);
    },
  });
  const ingest = createIngest({ ...models, rows }, requests, LIMITS, now, 500);
  const begun = performance.now();
  await expect(ingest(await openTable(), upload, never)).rejects.toMatchObject({
    code: 'database_unavailable',
    message: expect.stringContaining('took too long'),
  });
  expect(performance.now() - begun).toBeLessThan(5_000);
  // Nothing is removed under a write that is still to come, which would then stay for ever.
  expect(await counts()).toEqual({ requests: 1, images: 2, rows: 0 });
  expect(await models.requests.findOne({}).lean()).toMatchObject({ state: 'ingesting' });
  release();
  await waitFor(async () => (await counts()).requests === 0);
  expect(await counts()).toEqual({ requests: 0, images: 0, rows: 0 });
});
