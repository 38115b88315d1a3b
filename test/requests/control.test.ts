import { v4 as uuid } from 'uuid';
import { newCursor } from '../../src/dispatch/due.ts';
import { createControl } from '../../src/requests/control.ts';
import { createModels, ensureIndexes, type Models } from '../../src/requests/models.ts';
import { createReconciler } from '../../src/requests/reconciler.ts';
import { createRemovalStore } from '../../src/requests/removal-store.ts';
import { createRequestStore, PAGE_SIZE, type RequestStore } from '../../src/requests/request-store.ts';
import { NO_COUNTS, type RequestRecord } from '../../src/requests/types.ts';
import { type ClaimingStore, createClaimingStore } from '../support/claiming-store.ts';
import { type TestConnection, testConnection } from '../support/database.ts';

const TOTAL = PAGE_SIZE + 5;
const MINUTE_MS = 60_000;
const silent = { warn: () => undefined };

let database: TestConnection;
let models: Models;
let requests: RequestStore;
let images: ClaimingStore;
let clock: number;
let events: string[];

beforeAll(async () => {
  database = await testConnection();
  models = createModels(database.connection);
  await ensureIndexes(models);
});
afterAll(() => database.close());
beforeEach(() => {
  clock = Date.UTC(2026, 0, 1);
  events = [];
  requests = createRequestStore(models, () => new Date(clock));
  images = createClaimingStore(models, () => new Date(clock));
});

const control = () =>
  createControl({
    requests,
    images,
    completion: {
      settleEvent: async ({ _id, run }) => {
        events.push(`${_id}_${run}`);
        await requests.markEventStored(_id, run);
      },
    },
    removal: createRemovalStore(models),
    sourceBuckets: [],
    forgetDeliveries: async (id) => {
      events.push(`forget ${id}`);
    },
    removeSoon: () => undefined,
    wake: () => undefined,
  });
const reconciler = () =>
  createReconciler(requests, { repairEvents: async () => undefined }, control(), () => new Date(clock), silent, 1_000);

/** A request all of whose images failed. */
const failedRequest = async (facts: Partial<RequestRecord> = {}): Promise<RequestRecord> => {
  const record: RequestRecord = {
    _id: uuid(),
    state: 'failed',
    run: 1,
    createdAt: new Date(clock),
    finishedAt: new Date(clock),
    heartbeatAt: new Date(clock),
    options: { quality: 50, format: 'jpeg' },
    csv: { header: ['a'], delimiter: ',', chunks: 0 },
    total: TOTAL,
    counters: { ...NO_COUNTS, failed: TOTAL },
    ...facts,
  };
  await requests.insert(record);
  const place = { row: 0, index: 0, serialNumber: '1', productName: 'p', inputUrl: 'http://images.example/1.jpg' };
  const error = { code: 'source_not_found' as const, message: 'gone' };
  const ended = { status: 'failed' as const, attempts: 5, reports: 4, settledBy: uuid(), finishedAt: new Date(clock) };
  await models.images.insertMany(
    Array.from({ length: record.total }, (_, seq) => ({
      _id: uuid(),
      requestId: record._id,
      seq,
      ...place,
      ...ended,
      error,
    })),
    { lean: true },
  );
  return record;
};
const stateOf = async (id: string) => (await requests.find(id))?.state;
const statuses = async (id: string) => new Set((await images.page(id, 0, TOTAL)).map(({ status }) => status));

test('a retry that was cut off is resumed, and a late pass requeues nothing twice', async () => {
  const request = await failedRequest();
  expect(await requests.beginRetry(request, 'tenant a')).toBe(true);
  expect(await requests.beginRetry(request, 'tenant a')).toBe(false);
  await images.requeue(request._id, 2, 0, PAGE_SIZE);
  // The process dies here. It is left alone until a minute has passed.
  await reconciler().look();
  expect(await stateOf(request._id)).toBe('retrying');
  clock += MINUTE_MS + 1;
  await reconciler().look();

  expect(await requests.find(request._id)).toMatchObject({ state: 'queued', run: 2, counters: NO_COUNTS });
  expect(await statuses(request._id)).toEqual(new Set(['pending']));
  const [claimed] = await images.claim(request, 1, 30_000, newCursor());
  if (claimed === undefined) throw new Error('nothing was due');
  expect(claimed).toMatchObject({ seq: 0, attempts: 1, reports: 0 });
  const outcome = { kind: 'failed', error: { code: 'source_not_found', message: 'gone' } } as const;
  await images.finish([{ image: claimed, outcome }]);
  await images.requeue(request._id, 2, 0, PAGE_SIZE);
  expect((await images.page(request._id, 0, 1))[0]?.status).toBe('failed');
});

test('of ten instances one resumes a retry, and one removes an upload that was cut off', async () => {
  const retried = await failedRequest({ total: 3, counters: { ...NO_COUNTS, failed: 3 } });
  await requests.beginRetry(retried, 'client');
  const upload = await failedRequest({ total: 3, state: 'ingesting' });
  clock += 11 * 60_000;
  const seen: string[] = [];
  const log = { warn: (facts: object) => void seen.push((facts as { requestId: string }).requestId) };
  const instance = () =>
    createReconciler(requests, { repairEvents: async () => undefined }, control(), () => new Date(clock), log, 1_000);
  await Promise.all(Array.from({ length: 10 }, () => instance().look()));
  expect(seen.filter((id) => id === retried._id)).toHaveLength(1);
  expect(seen.filter((id) => id === upload._id)).toHaveLength(1);
  expect(await stateOf(retried._id)).toBe('queued');
  expect(await requests.stateOf(upload._id)).toBeNull();
});

test('the event of the run before is in the outbox when a retry begins', async () => {
  const request = await failedRequest({ eventPending: true });
  expect(await requests.beginRetry(request, 'tenant a')).toBe(false);
  const { begun } = await control().retry(request, 'tenant a');
  expect(events).toEqual([`${request._id}_1`]);
  await begun;
  expect(await requests.find(request._id)).toMatchObject({ state: 'queued', run: 2 });
  expect(await requests.find(request._id)).not.toHaveProperty('finishedAt');
});

test('a cancel stops waiting images and expired leases, and leaves a valid lease alone', async () => {
  const request = await failedRequest({ state: 'processing', counters: NO_COUNTS });
  await images.requeue(request._id, 1, 0, TOTAL);
  const expiring = await images.claim(request, 2, 1_000, newCursor());
  clock += 2_000;
  const living = await images.claim(request, 4, 30_000, newCursor());
  expect(living.map(({ seq }) => seq)).toEqual(expect.arrayContaining([0, 1]));
  const [stale] = expiring;
  const renewed = living.filter(({ _id }) => _id !== stale?._id);
  const [expired] = living.filter(({ _id }) => _id === stale?._id);
  await images.release(expired === undefined ? [] : [expired], 60_000);

  await control().cancel(request);
  expect(await stateOf(request._id)).toBe('cancelling');
  let stopped = 0;
  for (let step = 0, now = -1; now !== 0 && step < 50; step += 1) {
    now = await images.cancel(request, 500);
    stopped += now;
  }
  expect(stopped).toBe(TOTAL - renewed.length);
  expect(await images.hasUnfinished(request)).toBe(true);
  clock += 31_000;
  expect(await images.cancel(request, 500)).toBe(renewed.length);
  expect(await images.hasUnfinished(request)).toBe(false);
});

test('a cancel that comes late, from before a retry, stops nothing of the new run', async () => {
  const request = await failedRequest({ state: 'cancelled' });
  await control()
    .retry(request, 'tenant a')
    .then(({ begun }) => begun);
  expect(await images.cancel(request, 500)).toBe(0);
  expect(await statuses(request._id)).toEqual(new Set(['pending']));
  // A lease of the new run that has expired is not the old run's to end either.
  await images.claim(request, 3, 1_000, newCursor());
  clock += 2_000;
  expect(await images.cancel(request, 500)).toBe(0);
  expect(await images.cancel({ ...request, run: 2 }, 500)).toBeGreaterThan(0);
});

test('what a state does not allow is refused', async () => {
  const running = await failedRequest({ state: 'processing' });
  await expect(control().retry(running, 'tenant a')).rejects.toMatchObject({ code: 'not_finished' });
  const retrying = await failedRequest({ state: 'retrying' });
  await expect(control().cancel(retrying)).rejects.toMatchObject({ code: 'not_finished' });
  const done = await failedRequest({ state: 'completed', counters: { ...NO_COUNTS, completed: TOTAL } });
  await expect(control().retry(done, 'tenant a')).rejects.toMatchObject({ code: 'nothing_to_retry' });
  await expect(control().cancel(done)).rejects.toMatchObject({ code: 'already_finished' });
});
