import type { S3Client } from '@aws-sdk/client-s3';
import { createS3Storage } from '../../src/storage/s3.ts';
import { outputName } from '../../src/storage/storage.ts';

const NAME = outputName('0190a6f0-0000-4000-8000-000000000000', 'jpeg');
const CONFIG = {
  ...{ kind: 's3' as const, connection: { endpoint: null, region: 'x', forcePathStyle: false } },
  ...{ bucket: 'b', prefix: '', publicUrl: null, presignSeconds: 60 },
  ...{ encryption: null, kmsKeyId: null, storageClass: null },
};
const SLOW_DOWN = Object.assign(new Error('Please reduce your request rate.'), {
  name: 'SlowDown',
  $metadata: { httpStatusCode: 503 },
});

/** A store in virtual time that fails until then. */
const world = (untilMs: number, error: Error) => {
  let now = 0;
  const sent: number[] = [];
  const client = {
    send: async () => {
      sent.push(now);
      if (now < untilMs) throw error;
      return {};
    },
  } as unknown as S3Client;
  const clock = {
    now: () => now,
    pause: async (ms: number) => {
      now += ms;
    },
    random: () => 0.5,
  };
  return { storage: createS3Storage(CONFIG, client, clock), sent, now: () => now };
};

test('a store that asks for a slower pace for a minute gets the output it was offered, at longer and longer intervals', async () => {
  const { storage, sent, now } = world(60_000, SLOW_DOWN);
  await storage.put(NAME, new Uint8Array(10));
  expect(now()).toBeGreaterThanOrEqual(60_000);
  expect(now()).toBeLessThan(75_000);
  expect(sent.length).toBeLessThan(15);
  const copied = world(60_000, SLOW_DOWN);
  expect(await copied.storage.copy(NAME, NAME)).toBe(true);
});

test('one that asks for it for longer fails the attempt, before the image is given up as hung', async () => {
  const { storage, now } = world(Number.POSITIVE_INFINITY, SLOW_DOWN);
  await expect(storage.put(NAME, new Uint8Array(10))).rejects.toMatchObject({
    code: 'storage_failed',
    publicMessage: expect.stringContaining('rate-limiting'),
  });
  expect(now()).toBeLessThanOrEqual(100_000);
});

test('whoever has given up on it is not waited for any longer', async () => {
  const { storage, sent } = world(60_000, SLOW_DOWN);
  const stored = storage.put(NAME, new Uint8Array(10), [new AbortController().signal, AbortSignal.abort()]);
  await expect(stored).rejects.toMatchObject({ code: 'storage_failed' });
  expect(sent).toEqual([0]);
});

test('other errors are not repeated here', async () => {
  const { storage, sent } = world(60_000, Object.assign(new Error('no'), { name: 'AccessDenied' }));
  await expect(storage.put(NAME, new Uint8Array(10))).rejects.toMatchObject({ code: 'storage_failed' });
  expect(sent).toEqual([0]);
});
