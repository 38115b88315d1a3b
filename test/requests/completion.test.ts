import { setTimeout as pause } from 'node:timers/promises';
import { v4 as uuid } from 'uuid';
import { createCompletion } from '../../src/requests/completion.ts';
import { createImageStore } from '../../src/requests/image-store.ts';
import { createModels, ensureIndexes, type Models } from '../../src/requests/models.ts';
import { createRemovalStore } from '../../src/requests/removal-store.ts';
import { createRequestStore, type RequestStore } from '../../src/requests/request-store.ts';
import { NO_COUNTS } from '../../src/requests/types.ts';
import { requestReportOf } from '../../src/results/request-report.ts';
import { createOutbox } from '../../src/webhooks/outbox.ts';
import { type TestConnection, testConnection } from '../support/database.ts';

const FINISHERS = 20;
let database: TestConnection;
let models: Models;
/** Each look at the clock is a millisecond later, so that no two writes are alike by chance. */
let tick = Date.UTC(2026, 0, 1);
const now = (): Date => {
  tick += 1;
  return new Date(tick);
};

beforeAll(async () => {
  database = await testConnection();
  models = createModels(database.connection);
  await ensureIndexes(models);
});
afterAll(() => database.close());

/** A request in progress whose only image is done. */
const seed = async (): Promise<string> => {
  const requestId = uuid();
  await models.images.create({
    ...{
      _id: uuid(),
      requestId,
      seq: 0,
      row: 0,
      index: 0,
      inputUrl: 'u',
      status: 'completed',
      attempts: 1,
      reports: 0,
    },
    ...{ bytesIn: 9, bytesOut: 4 },
  });
  await models.requests.create({
    ...{ _id: requestId, state: 'processing', run: 1, createdAt: now(), heartbeatAt: now(), total: 1 },
    ...{
      options: { quality: 50, format: 'jpeg' },
      csv: { header: [], delimiter: ',', chunks: 0 },
      counters: NO_COUNTS,
    },
    webhook: { url: 'http://receiver.example/' },
  });
  return requestId;
};

test('however many instances see at once that a request is done, one of them finishes it', async () => {
  const requestId = await seed();
  const [seen] = await createRequestStore(models, now).active();
  if (seen?._id !== requestId) throw new Error('the request is not active');
  let finished = 0;
  let present = 0;
  const announced: (Date | undefined)[] = [];
  const finisher = () => {
    const store = createRequestStore(models, now);
    const counting: RequestStore = {
      ...store,
      async finish(...facts) {
        // All have read the request before the first one writes.
        present += 1;
        while (present < FINISHERS) await pause(1);
        const won = await store.finish(...facts);
        if (won !== null) finished += 1;
        return won;
      },
    };
    return createCompletion(
      counting,
      createImageStore(models, now),
      async (request) => {
        announced.push(request.finishedAt);
      },
      requestReportOf,
    ).tryComplete(seen);
  };
  const ended = await Promise.all(Array.from({ length: FINISHERS }, finisher));
  expect(finished).toBe(1);
  expect(ended.filter(Boolean)).toHaveLength(1);
  const request = await models.requests.findById(requestId).lean();
  expect(announced).toEqual([request?.finishedAt]);
  expect(request?.counters).toEqual({ completed: 1, failed: 0, cancelled: 0, bytesIn: 9, bytesOut: 4 });
});

test('who still sees a run that was retried since does not finish the next one', async () => {
  const requestId = await seed();
  const store = createRequestStore(models, now);
  const stale = await store.find(requestId);
  if (stale === null) throw new Error('the request is not there');
  await models.requests.updateOne({ _id: requestId }, { $set: { run: 2 } });
  expect(await store.finish(stale, 'completed', NO_COUNTS)).toBeNull();
  expect(await models.requests.findById(requestId).lean()).toMatchObject({ state: 'processing', run: 2 });
});

test('who saw a request in progress does not finish one that is being cancelled since', async () => {
  const requestId = await seed();
  const store = createRequestStore(models, now);
  const stale = await store.find(requestId);
  if (stale === null) throw new Error('the request is not there');
  await models.requests.updateOne({ _id: requestId }, { $set: { state: 'cancelling' } });
  expect(await store.finish(stale, 'completed', NO_COUNTS)).toBeNull();
  expect(await models.requests.findById(requestId).lean()).toMatchObject({ state: 'cancelling' });
});

test('no webhook is sent for a request that is deleted while it finishes', async () => {
  const removal = createRemovalStore(models);
  const outbox = createOutbox(database.connection, now, removal.visible);
  const finish = async (requestId: string, beforeEvent: () => Promise<void>): Promise<void> => {
    const seen = (await createRequestStore(models, now).active()).find(({ _id }) => _id === requestId);
    if (seen === undefined) throw new Error('the request is not active');
    const completion = createCompletion(
      createRequestStore(models, now),
      createImageStore(models, now),
      async ({ run }) => {
        await beforeEvent();
        const url = 'http://receiver.example/';
        await outbox.enqueue({ requestId, run, url, secret: null, type: 'request.completed', payload: {} });
      },
      requestReportOf,
    );
    expect(await completion.tryComplete(seen)).toBe(true);
  };
  const kept = await seed();
  await finish(kept, async () => undefined);
  const deleted = await seed();
  await finish(deleted, async () => {
    expect(await removal.markDeleted(deleted)).toBe(true);
    await outbox.forget(deleted);
  });
  expect((await outbox.claim(10, 30_000)).map(({ requestId }) => requestId)).toEqual([kept]);
  expect(await outbox.list(deleted)).toEqual([]);
});
