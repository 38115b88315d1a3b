import { v4 as uuid } from 'uuid';
import { createModels, ensureIndexes, type Models } from '../../src/requests/models.ts';
import { createRequestStore, PAGE_SIZE } from '../../src/requests/request-store.ts';
import { NO_COUNTS, type RequestRecord } from '../../src/requests/types.ts';
import { createRequestReportStore, type RequestReportStore } from '../../src/results/request-report-store.ts';
import { createRequestReportTask } from '../../src/results/request-report-task.ts';
import { type TestConnection, testConnection } from '../support/database.ts';
import { ACROSS_REQUESTS } from '../support/router/rules.ts';
import { waitFor } from '../support/service.ts';

const never = new AbortController().signal;
let at = Date.UTC(2026, 5, 30);
const now = (): Date => new Date(at);

let database: TestConnection;
let models: Models;
beforeAll(async () => {
  database = await testConnection();
  models = createModels(database.connection);
  await ensureIndexes(models);
});
afterAll(() => database.close());
afterEach(async () => {
  for (const name of ['requests', 'images']) await database.connection.collection(name).deleteMany({}, ACROSS_REQUESTS);
});

const seed = async (total: number, changes: Partial<RequestRecord> = {}): Promise<RequestRecord> => {
  const requestId = uuid();
  await models.images.insertMany(
    Array.from({ length: total }, (_, seq) => ({
      ...{ _id: uuid(), requestId, seq, row: seq, index: 0, serialNumber: String(seq), productName: 'P' },
      ...{ inputUrl: 'http://a.example/', attempts: 1, reports: 0, status: 'completed' as const },
      ...{ bytesIn: 1_000 + seq, bytesOut: 500 },
    })),
    { lean: true },
  );
  const record: RequestRecord = {
    ...{ _id: requestId, state: 'completed', run: 1, createdAt: now(), heartbeatAt: now(), finishedAt: now(), total },
    ...{ options: { quality: 50, format: 'jpeg' }, csv: { header: [], delimiter: ',', chunks: 0 } },
    ...{ counters: { ...NO_COUNTS, completed: total }, reportDue: now() },
    ...changes,
  };
  await models.requests.create(record);
  return record;
};

const store = (): RequestReportStore => createRequestReportStore(models, now);
const reportTask = (changes: Partial<RequestReportStore> = {}, log = { warn: () => {} }) =>
  createRequestReportTask({ store: { ...store(), ...changes }, log, everyMs: 60_000 });
const stored = ({ _id }: RequestRecord) => models.requests.findById(_id).lean<RequestRecord>();

test('the report of a finished request is created once, from all its pages', async () => {
  const request = await seed(PAGE_SIZE + 3);
  let pages = 0;
  const counting = reportTask({
    page: (...args) => {
      pages += 1;
      return store().page(...args);
    },
  });
  counting.enqueue(request);
  const { report, reportDue } = await waitFor(async () => {
    const found = await stored(request);
    return found?.report !== undefined && found;
  });
  expect(report).toMatchObject({ productCount: PAGE_SIZE + 3, failures: [] });
  expect(report?.products[0]).toMatchObject({ serialNumber: String(PAGE_SIZE + 2), bytesIn: 1_000 + PAGE_SIZE + 2 });
  expect(reportDue).toBeUndefined();
  counting.enqueue(request);
  await counting.runOnce(never);
  expect(pages).toBe(2);
}, 60_000);

test('of several tasks at the same time only one reads the images', async () => {
  const request = await seed(5);
  let pages = 0;
  const one = () =>
    reportTask({
      page: (...args) => {
        pages += 1;
        return store().page(...args);
      },
    });
  await Promise.all([one().runOnce(never), one().runOnce(never), one().runOnce(never)]);
  expect((await stored(request))?.report?.productCount).toBe(5);
  expect(pages).toBe(1);
});

test('a report whose task died is created by another one after the lease expires', async () => {
  const request = await seed(5);
  await store().lease({ ...request, reportDue: request.reportDue ?? now() }, 60_000);
  await reportTask().runOnce(never);
  expect((await stored(request))?.report).toBeUndefined();
  at += 60_001;
  await reportTask().runOnce(never);
  expect((await stored(request))?.report?.productCount).toBe(5);
});

test('a task that stalled past its lease no longer writes', async () => {
  const request = await seed(5);
  await reportTask({
    page: async (...args) => {
      at += 60_001;
      await reportTask().runOnce(never);
      await models.requests.updateOne({ _id: request._id }, { $set: { 'report.productCount': -1 } });
      return store().page(...args);
    },
  }).runOnce(never);
  expect((await stored(request))?.report?.productCount).toBe(-1);
});

test('a retry discards a report in progress, and a saved one', async () => {
  const requests = createRequestStore(models, now);
  const request = await seed(5);
  await reportTask({
    page: async (...args) => {
      expect(await requests.beginRetry({ ...request, counters: { ...NO_COUNTS, completed: 5 } }, 'tenant a')).toBe(
        true,
      );
      return store().page(...args);
    },
  }).runOnce(never);
  expect(await stored(request)).toMatchObject({ state: 'retrying', run: 2 });
  expect((await stored(request))?.report).toBeUndefined();

  const done = await seed(5);
  await reportTask().runOnce(never);
  expect((await stored(done))?.report).toBeDefined();
  await requests.beginRetry(done, 'tenant a');
  expect((await stored(done))?.report).toBeUndefined();
  expect((await stored(done))?.reportDue).toBeUndefined();
});

test('a request that is being removed gets no report', async () => {
  const request = await seed(5, { state: 'removing' });
  await reportTask().runOnce(never);
  expect((await stored(request))?.report).toBeUndefined();
});

test('stopping ends it between two pages and releases the report immediately', async () => {
  const request = await seed(PAGE_SIZE + 1);
  const stopping = new AbortController();
  await reportTask({
    page: (...args) => {
      stopping.abort();
      return store().page(...args);
    },
  }).runOnce(stopping.signal);
  expect((await stored(request))?.report).toBeUndefined();
  await reportTask().runOnce(never);
  expect((await stored(request))?.report?.productCount).toBe(PAGE_SIZE + 1);
}, 60_000);

test('a failed report does not block the others', async () => {
  const [bad, good] = [await seed(2), await seed(3)];
  const failing = reportTask({
    page: async (requestId, from) => {
      if (requestId === bad._id) throw new Error('unavailable');
      return store().page(requestId, from);
    },
  });
  failing.enqueue(bad);
  failing.enqueue(good);
  await waitFor(async () => (await stored(good))?.report !== undefined);
  expect((await stored(bad))?.report).toBeUndefined();
});
