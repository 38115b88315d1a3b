import { v4 as uuid } from 'uuid';
import { type ClaimCursor, newCursor as start } from '../../src/dispatch/due.ts';
import { createModels, ensureIndexes, type Models } from '../../src/requests/models.ts';
import type { Outcome } from '../../src/requests/transitions.ts';
import { type ClaimingStore, createClaimingStore } from '../support/claiming-store.ts';
import { type TestConnection, testConnection } from '../support/database.ts';

const LEASE_MS = 30_000;
const failed: Outcome = { kind: 'failed', error: { code: 'source_not_found', message: 'gone' } };
const completed: Outcome = {
  kind: 'completed',
  result: {
    ok: true,
    bytesIn: 9,
    bytesOut: 4,
    crc32: 7,
    width: 2,
    height: 3,
    notes: ['kept_original'],
    timings: { download: 1, encode: 1, store: 1 },
  },
};

let database: TestConnection;
let models: Models;
let store: ClaimingStore;
let clock: { ms: number };

beforeAll(async () => {
  database = await testConnection();
  models = createModels(database.connection);
  await ensureIndexes(models);
});
afterAll(() => database.close());

beforeEach(() => {
  clock = { ms: Date.UTC(2026, 0, 1) };
  store = createClaimingStore(models, () => new Date(clock.ms));
});

const seed = async (total: number): Promise<{ _id: string; total: number }> => {
  const requestId = uuid();
  await models.images.insertMany(
    Array.from({ length: total }, (_, seq) => ({
      _id: uuid(),
      requestId,
      seq,
      row: seq,
      index: 0,
      serialNumber: `${seq}`,
      productName: 'p',
      inputUrl: 'http://images.example/1.jpg',
      status: 'pending' as const,
      nextAt: new Date(seq),
      attempts: 0,
      reports: 0,
    })),
    { lean: true },
  );
  return { _id: requestId, total };
};

const only = <T>(items: readonly T[]): T => {
  expect(items).toHaveLength(1);
  return items[0] as T;
};
/** The claimer is told that an image came back. */
const told = (cursor: ClaimCursor): void => {
  cursor.noneRequeuedUntil = 0;
};
const imageOf = async (requestId: string) => only(await store.page(requestId, 0, 1));

test('says how long an image has been due: since its upload, since its pause, since its lease ended', async () => {
  const request = await seed(1);
  const cursor = start();
  const queuedAt = { ...request, heartbeatAt: new Date(clock.ms - 2_500) };
  const fresh = only(await store.claim(queuedAt, 1, LEASE_MS, cursor));
  expect(fresh.waitedMs).toBe(2_500);
  const error = { code: 'source_unavailable', message: 'busy' } as const;
  const again = { kind: 'again', delayMs: 1_000, error, counts: true, reported: true } as const;
  await store.finish([{ image: fresh, outcome: again }]);
  told(cursor);
  clock.ms += 1_300;
  expect(only(await store.claim(queuedAt, 1, LEASE_MS, cursor)).waitedMs).toBe(300);
  clock.ms += LEASE_MS + 700;
  expect(only(await store.claim(queuedAt, 1, LEASE_MS, cursor)).waitedMs).toBe(700);
  const unknown = await seed(1);
  expect(only(await store.claim(unknown, 1, LEASE_MS, start()))).not.toHaveProperty('waitedMs');
});

test('claims in the order of the file, never more than wanted', async () => {
  const request = await seed(50);
  const cursor = start();
  const first = await store.claim(request, 8, LEASE_MS, cursor);
  const second = await store.claim(request, 8, LEASE_MS, cursor);
  expect(first.map((image) => image.seq).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(second.map((image) => image.seq).sort((a, b) => a - b)).toEqual([8, 9, 10, 11, 12, 13, 14, 15]);
  expect(first.every((image) => image.attempts === 1)).toBe(true);
});

test('twenty claimers share 400 images, and no image is had twice', async () => {
  const request = await seed(400);
  const shares = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const mine: string[] = [];
      const cursor = start();
      for (let dry = 0; dry < 2; ) {
        const claimed = await store.claim(request, 7, LEASE_MS, cursor);
        mine.push(...claimed.map((image) => image._id));
        dry = claimed.length === 0 ? dry + 1 : 0;
      }
      return mine;
    }),
  );
  const all = shares.flat();
  expect(all).toHaveLength(400);
  expect(new Set(all).size).toBe(400);
});

test('an image is due again when its lease has expired, and the old claimer can no longer write', async () => {
  const request = await seed(1);
  const stale = only(await store.claim(request, 1, LEASE_MS, start()));
  expect(await store.claim(request, 1, LEASE_MS, start())).toEqual([]);
  clock.ms += LEASE_MS + 1;
  const fresh = only(await store.claim(request, 1, LEASE_MS, start()));
  expect(fresh).toMatchObject({ _id: stale._id, attempts: 2 });

  expect(await store.finish([{ image: stale, outcome: failed }])).toEqual([]);
  expect(await imageOf(request._id)).toMatchObject({ status: 'processing', leaseToken: fresh.leaseToken });
  expect(await store.finish([{ image: fresh, outcome: completed }])).toHaveLength(1);
  expect(await store.finish([{ image: stale, outcome: failed }])).toEqual([]);
  expect(await imageOf(request._id)).toMatchObject({
    status: 'completed',
    bytesIn: 9,
    bytesOut: 4,
    crc32: 7,
    notes: ['kept_original'],
  });
});

test('a renewed lease does not expire, and a lost one is not renewed', async () => {
  const request = await seed(1);
  const held = only(await store.claim(request, 1, LEASE_MS, start()));
  clock.ms += LEASE_MS - 1;
  await store.renew([held], LEASE_MS);
  clock.ms += LEASE_MS - 1;
  expect(await store.claim(request, 1, LEASE_MS, start())).toEqual([]);

  clock.ms += 2;
  const other = only(await store.claim(request, 1, LEASE_MS, start()));
  await store.renew([held], 10 * LEASE_MS);
  expect((await imageOf(request._id)).nextAt).toEqual(new Date(clock.ms + LEASE_MS));
  expect(other.leaseToken).not.toBe(held.leaseToken);
});

test('what is released is due again and has lost no attempt', async () => {
  const request = await seed(2);
  const held = await store.claim(request, 2, LEASE_MS, start());
  await store.release(held, 0);
  const again = await store.claim(request, 2, LEASE_MS, start());
  expect(again.map((image) => image.attempts)).toEqual([1, 1]);
});

test('a retry is due after its pause, before fresh images, and counts as reported', async () => {
  const request = await seed(3);
  const cursor = start();
  const first = only(await store.claim(request, 1, LEASE_MS, cursor));
  const again: Outcome = {
    kind: 'again',
    delayMs: 1_000,
    error: { code: 'source_unavailable', message: '503' },
    counts: true,
    reported: true,
  };
  await store.finish([{ image: first, outcome: again }]);
  told(cursor);
  expect(only(await store.claim(request, 1, LEASE_MS, cursor)).seq).toBe(1);
  clock.ms += 1_001;
  expect(only(await store.claim(request, 1, LEASE_MS, cursor))).toMatchObject({ seq: 0, attempts: 2, reports: 1 });
});

test('what a claim returns of an image is true even when it was tried between the look and the lease', async () => {
  const request = await seed(1);
  const again: Outcome = {
    kind: 'again',
    delayMs: 0,
    error: { code: 'source_unavailable', message: '503' },
    counts: true,
    reported: true,
  };
  let meddled = false;
  const slow: typeof models.images = Object.create(models.images, {
    updateMany: {
      value: async (...write: Parameters<typeof models.images.updateMany>) => {
        const tried = only(await store.claim(request, 1, LEASE_MS, start()));
        await store.finish([{ image: tried, outcome: again }]);
        meddled = true;
        return models.images.updateMany(...write);
      },
    },
  });
  const behind = createClaimingStore({ ...models, images: slow }, () => new Date(clock.ms));
  const claimed = await behind.claim(request, 1, LEASE_MS, start());
  expect(meddled).toBe(true);
  const { attempts, reports } = await imageOf(request._id);
  for (const image of claimed) expect(image).toMatchObject({ attempts, reports });
  expect({ attempts, reports }).toEqual({ attempts: 1 + claimed.length, reports: 1 });
});

test('an attempt that does not count is taken back', async () => {
  const request = await seed(1);
  const image = only(await store.claim(request, 1, LEASE_MS, start()));
  const again: Outcome = {
    kind: 'again',
    delayMs: 0,
    error: { code: 'storage_failed', message: 'full' },
    counts: false,
    reported: true,
  };
  await store.finish([{ image, outcome: again }]);
  expect(await imageOf(request._id)).toMatchObject({
    status: 'pending',
    attempts: 0,
    reports: 0,
    error: { code: 'storage_failed' },
  });
});

test('a write that is repeated after a lost answer still counts as settled', async () => {
  const request = await seed(1);
  const image = only(await store.claim(request, 1, LEASE_MS, start()));
  expect(await store.finish([{ image, outcome: completed }])).toHaveLength(1);
  expect(await store.finish([{ image, outcome: completed }])).toHaveLength(1);
});

test('a claimer that came to the end finds what was requeued before its position', async () => {
  const request = await seed(30);
  const cursor = start();
  const all = await store.claim(request, 30, LEASE_MS, cursor);
  await store.finish(all.map((image) => ({ image, outcome: failed })));
  expect(await store.claim(request, 5, LEASE_MS, { ...start(), fresh: 29 })).toEqual([]);
  await models.images.updateOne(
    { requestId: request._id, seq: 3 },
    { $set: { status: 'pending', nextAt: new Date(3) } },
  );
  expect(only(await store.claim(request, 5, LEASE_MS, { ...start(), fresh: 29 })).seq).toBe(3);
});

test('knows whether anything is unfinished: fresh, leased or waiting', async () => {
  const request = await seed(1);
  expect(await store.hasUnfinished(request)).toBe(true);
  const image = only(await store.claim(request, 1, LEASE_MS, start()));
  expect(await store.hasUnfinished(request)).toBe(true);
  await store.finish([{ image, outcome: completed }]);
  expect(await store.hasUnfinished(request)).toBe(false);
});
