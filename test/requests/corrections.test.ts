import { v4 as uuid } from 'uuid';
import { newCursor } from '../../src/dispatch/due.ts';
import { createControl } from '../../src/requests/control.ts';
import { createModels, ensureIndexes, type Models } from '../../src/requests/models.ts';
import { createReconciler } from '../../src/requests/reconciler.ts';
import { createRemovalStore } from '../../src/requests/removal-store.ts';
import { createRequestStore, type RequestStore } from '../../src/requests/request-store.ts';
import { planOfCorrections } from '../../src/requests/retries/retry-plan.ts';
import { finalState } from '../../src/requests/transitions.ts';
import { type ImageRecord, NO_COUNTS, type RequestRecord } from '../../src/requests/types.ts';
import { type ClaimingStore, createClaimingStore } from '../support/claiming-store.ts';
import { type TestConnection, testConnection } from '../support/database.ts';

const MINUTE_MS = 60_000;
const FIXED = 'https://images.example/fixed.jpg';

let database: TestConnection;
let models: Models;
let requests: RequestStore;
let images: ClaimingStore;
let clock: number;

beforeAll(async () => {
  database = await testConnection();
  models = createModels(database.connection);
  await ensureIndexes(models);
});
afterAll(() => database.close());
beforeEach(() => {
  clock = Date.UTC(2026, 0, 1);
  requests = createRequestStore(models, () => new Date(clock));
  images = createClaimingStore(models, () => new Date(clock));
});

const control = (fault: (step: string) => void = () => undefined) => {
  const stepping = <Store extends object>(store: Store): Store =>
    new Proxy(store, {
      get: (target, name) => {
        const member = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return (...values: unknown[]) => {
          fault(String(name));
          return member.apply(target, values);
        };
      },
    });
  return createControl({
    requests: stepping(requests),
    images: stepping(images),
    completion: { settleEvent: async () => undefined },
    removal: createRemovalStore(models),
    sourceBuckets: [],
    forgetDeliveries: async () => undefined,
    removeSoon: () => undefined,
    wake: () => undefined,
  });
};
const reconcile = async (): Promise<void> => {
  clock += MINUTE_MS + 1;
  const log = { warn: () => undefined };
  await createReconciler(
    requests,
    { repairEvents: async () => undefined },
    control(),
    () => new Date(clock),
    log,
    1_000,
  ).look();
};

type Ended = 'completed' | 'failed' | 'cancelled' | 'skipped';

/** A finished request with images that ended so. */
const finishedRequest = async (ends: readonly Ended[]): Promise<{ request: RequestRecord; ids: string[] }> => {
  const count = (...ended: Ended[]): number => ends.filter((end) => ended.includes(end)).length;
  const counters = {
    ...NO_COUNTS,
    ...{ completed: count('completed'), failed: count('failed', 'skipped'), cancelled: count('cancelled') },
  };
  const skipped = count('skipped');
  const request: RequestRecord = {
    _id: uuid(),
    state: finalState('processing', counters),
    run: 1,
    createdAt: new Date(clock),
    finishedAt: new Date(clock),
    heartbeatAt: new Date(clock),
    options: { quality: 50, format: 'jpeg' },
    csv: { header: ['a'], delimiter: ',', chunks: 0 },
    total: ends.length,
    counters,
    ...(skipped > 0 && { skipped }),
  };
  await requests.insert(request);
  const records = ends.map((end, seq): ImageRecord => {
    const isFailed = end === 'failed' || end === 'skipped';
    return {
      ...{
        _id: uuid(),
        requestId: request._id,
        seq,
        row: seq,
        index: 0,
        inputUrl: `https://images.example/${seq}.jpg`,
      },
      ...{ status: end === 'skipped' ? 'failed' : end, attempts: 3, reports: 3, finishedAt: new Date(clock) },
      ...(isFailed && { error: { code: 'source_not_found', message: 'gone' } as const }),
      ...(end === 'skipped' && { skipped: true }),
    };
  });
  await models.images.insertMany(records, { lean: true });
  return { request, ids: records.map(({ _id }) => _id) };
};
const stored = async (id: string): Promise<RequestRecord> => {
  const found = await requests.find(id);
  if (found === null) throw new Error('gone');
  return found;
};
const imagesOf = (id: string) => images.page(id, 0, 100);

test('only the corrected images run again, a skipped one is skipped no longer, and the counters fit', async () => {
  const { request, ids } = await finishedRequest(['completed', 'failed', 'skipped', 'cancelled', 'failed', 'skipped']);
  const corrections = [1, 2, 3].map((at) => ({ imageId: ids[at] ?? '', url: ` “${FIXED}?n=${at}” ` }));
  const { begun } = await control().retry(request, 'tenant a', corrections);
  await begun;

  const now = await stored(request._id);
  expect(now).toMatchObject({
    ...{ state: 'queued', run: 2, skipped: 1, finishedBefore: 3 },
    counters: { completed: 1, failed: 2, cancelled: 0 },
  });
  expect(now).not.toHaveProperty('corrections');
  const found = await imagesOf(request._id);
  expect(found.map(({ status }) => status)).toEqual([
    ...['completed', 'pending', 'pending', 'pending', 'failed', 'failed'],
  ]);
  for (const at of [1, 2, 3]) {
    expect(found[at]).toMatchObject({ inputUrl: `${FIXED}?n=${at}`, corrected: true, attempts: 0, reports: 0, run: 2 });
    expect(found[at]).not.toHaveProperty('skipped');
    expect(found[at]).not.toHaveProperty('error');
  }
  expect(found[5]).toMatchObject({ skipped: true });

  // A plain retry of the next run takes the rest, and leaves out the one skipped image that is left.
  await models.requests.updateOne({ _id: request._id }, { $set: { state: 'failed' } });
  await models.images.updateMany({ requestId: request._id, status: 'pending' }, { $set: { status: 'failed' } });
  const { begun: again } = await control().retry(await stored(request._id), 'tenant a');
  await again;
  expect((await imagesOf(request._id)).map(({ status }) => status)).toEqual([
    ...['completed', 'pending', 'pending', 'pending', 'pending', 'failed'],
  ]);
});

test('a request whose last skipped image is corrected has none any more', async () => {
  const { request, ids } = await finishedRequest(['skipped']);
  await expect(control().retry(request, 'tenant a')).rejects.toMatchObject({ code: 'nothing_to_retry' });
  const { begun } = await control().retry(request, 'tenant a', [{ imageId: ids[0] ?? '', url: FIXED }]);
  await begun;
  expect(await stored(request._id)).not.toHaveProperty('skipped');
  expect((await stored(request._id)).counters.failed).toBe(0);
});

test.each(['touchRetry', 'correct', 'endRetry'])(
  'a process that dies before %s leaves exactly this retry',
  async (step) => {
    const { request, ids } = await finishedRequest(['failed', 'failed', 'skipped']);
    const dying = control((name) => {
      if (name === step) throw new Error('died');
    });
    const corrections = [1, 2].map((at) => ({ imageId: ids[at] ?? '', url: `${FIXED}?n=${at}` }));
    const { begun } = await dying.retry(request, 'tenant a', corrections);
    await expect(begun).rejects.toThrow('died');
    expect(await stored(request._id)).toMatchObject({ state: 'retrying', run: 2 });
    await reconcile();

    expect(await stored(request._id)).toMatchObject({ state: 'queued', run: 2, counters: { failed: 1 } });
    expect(await stored(request._id)).not.toHaveProperty('corrections');
    const found = await imagesOf(request._id);
    expect(found.map(({ status, inputUrl }) => [status, inputUrl])).toEqual([
      ['failed', 'https://images.example/0.jpg'],
      ['pending', `${FIXED}?n=1`],
      ['pending', `${FIXED}?n=2`],
    ]);
  },
);

test('whoever resumes a retry late changes nothing of what came after it', async () => {
  const { request, ids } = await finishedRequest(['failed', 'failed']);
  const corrections = [{ imageId: ids[0] ?? '', seq: 0, url: FIXED }];
  const { begun } = await control().retry(request, 'tenant a', corrections);
  await begun;
  // It fails again, is corrected once more in run 3, and fails again.
  await models.images.updateOne({ _id: ids[0] ?? '', requestId: request._id, seq: 0 }, { $set: { status: 'failed' } });
  await images.correct(request._id, 2, corrections);
  expect((await imagesOf(request._id))[0]?.status).toBe('failed');
  await images.correct(request._id, 3, [{ imageId: ids[0] ?? '', seq: 0, url: `${FIXED}?third` }]);
  await models.images.updateOne({ _id: ids[0] ?? '', requestId: request._id, seq: 0 }, { $set: { status: 'failed' } });
  await images.correct(request._id, 2, corrections);
  await images.requeue(request._id, 2, 0, 1);
  expect((await imagesOf(request._id))[0]).toMatchObject({ status: 'failed', inputUrl: `${FIXED}?third`, run: 3 });
});

test('of two corrections at the same time one is stored, and the other is refused', async () => {
  const { request, ids } = await finishedRequest(['failed']);
  const tries = await Promise.allSettled(
    ['a', 'b'].map(async (name) => {
      const url = `${FIXED}?${name}`;
      const { begun } = await control().retry(request, 'tenant a', [{ imageId: ids[0] ?? '', url }]);
      await begun;
      return url;
    }),
  );
  const won = tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const lost = tries.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  expect(won).toHaveLength(1);
  expect(lost).toMatchObject([{ code: 'not_finished' }]);
  expect((await imagesOf(request._id))[0]?.inputUrl).toBe(won[0]);
});

test('what was read of an image before its correction is not leased with the URL of then', async () => {
  const { request, ids } = await finishedRequest(['cancelled']);
  const before = { ...request, state: 'processing' as const };
  const old = { _id: ids[0] ?? '', requestId: request._id, seq: 0, inputUrl: 'https://images.example/0.jpg' };
  const { begun } = await control().retry(request, 'tenant a', [{ imageId: old._id, url: FIXED }]);
  await begun;
  // Another instance has read it ahead, before it was cancelled.
  const ahead = { ...old, attempts: 0, reports: 0, nextAt: new Date(0) };
  expect(await images.lease([before], [ahead], 30_000)).toEqual([]);
  const claimed = await images.claim({ ...request, run: 2 } as RequestRecord, 1, 30_000, newCursor());
  expect(claimed).toMatchObject([{ _id: old._id, inputUrl: FIXED }]);
});

test('each entry with an error is named, and nothing is retried', async () => {
  const { request, ids } = await finishedRequest(['completed', 'failed']);
  const other = await finishedRequest(['failed']);
  const [done = '', failed = ''] = ids;
  const tries: [readonly { imageId: string; url: string }[], string, string, string][] = [
    [[{ imageId: uuid(), url: FIXED }], 'image_not_found', 'corrections.0.imageId', 'is not an image of this request'],
    [[{ imageId: other.ids[0] ?? '', url: FIXED }], 'image_not_found', 'corrections.0.imageId', 'is not an image'],
    [
      [
        { imageId: failed, url: FIXED },
        { imageId: done, url: FIXED },
      ],
      ...(['nothing_to_retry', 'corrections.1.imageId', 'has not failed'] as const),
    ],
    [
      [1, 2].map(() => ({ imageId: failed, url: FIXED })),
      ...(['invalid_field', 'corrections.1.imageId', 'is corrected twice'] as const),
    ],
    [[{ imageId: failed, url: 'ftp://x.example/a.jpg' }], 'invalid_field', 'corrections.0.url', 'Only http:// and'],
    [[{ imageId: failed, url: 's3://bucket/a.jpg' }], 'invalid_field', 'corrections.0.url', 'Only http:// and'],
    [[{ imageId: failed, url: `${FIXED},${FIXED}` }], 'invalid_field', 'corrections.0.url', 'one URL only'],
    [[{ imageId: failed, url: ' - ' }], 'invalid_field', 'corrections.0.url', 'Enter the URL'],
  ];
  for (const [corrections, code, field, message] of tries) {
    await expect(control().retry(request, 'tenant a', corrections)).rejects.toMatchObject({
      code,
      publicMessage: expect.stringContaining(field),
      details: { errors: [{ field, message: expect.stringContaining(message) }] },
    });
  }
  expect(await stored(request._id)).toMatchObject({ run: 1, state: 'completed_with_errors' });
  await expect(
    control().retry(request, 'tenant a', [{ imageId: failed, url: 'https://bob:hidden@:1' }]),
  ).rejects.toMatchObject({ publicMessage: expect.not.stringContaining('hidden') });
});

test('a bucket that may be read may be named', () => {
  const image = { _id: 'i', seq: 0, status: 'failed' as const };
  const request = { counters: { ...NO_COUNTS, failed: 1 } };
  expect(planOfCorrections(request, [{ imageId: 'i', url: 's3://shop/a.jpg' }], [image], ['shop'])).toEqual({
    ...{ failed: 0, cancelled: 0, skipped: 0, corrections: [{ imageId: 'i', seq: 0, url: 's3://shop/a.jpg' }] },
  });
});

test('a run that leaves cancelled images ends as cancelled', () => {
  expect(finalState('processing', { ...NO_COUNTS, completed: 2, cancelled: 1 })).toBe('cancelled');
});
