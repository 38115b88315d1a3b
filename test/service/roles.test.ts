import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { csvOf } from '../support/csv.ts';
import { type TestConnection, testConnection } from '../support/database.ts';
import { type Scrape, scrape, scrapeUntil } from '../support/exposition.ts';
import { killInstances, startInstance } from '../support/instance.ts';
import { type ImageServer, startPictures } from '../support/servers/image-server.mjs';
import { WebhookReceiver } from '../support/servers/webhook-receiver.ts';
import { finished, statusOf, uploaded, waitFor } from '../support/service.ts';

let database: TestConnection;
let directory: string;
let pictures: ImageServer;

beforeEach(async () => {
  database = await testConnection();
  directory = await mkdtemp(join(tmpdir(), 'roles-'));
  pictures = await startPictures(300);
});
afterEach(async () => {
  await killInstances();
  await pictures.close();
  await database.close();
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
});

/** Two images at a time, so that the effect of a second instance is visible at the image server. */
const start = (environment: Record<string, string> = {}) =>
  startInstance(directory, {
    MONGODB_URI: database.uri,
    WORKER_THREADS: '1',
    TASKS_PER_THREAD: '2',
    ...environment,
  });

test('api serves the API, worker processes images and serves only probes and metrics', async () => {
  const receiver = await WebhookReceiver.start();
  const api = await start({ ROLE: 'api' });
  const requestId = await uploaded(api.url, csvOf(pictures.origin, 6), { webhookUrl: receiver.url() });
  expect((await fetch(`${api.url}/ready`)).status).toBe(200);

  const worker = await start({ ROLE: 'worker' });
  // If the api instance processed images, it would have started before the worker was up.
  expect(pictures.load.most).toBeLessThanOrEqual(2);
  const status = await finished(api.url, requestId);
  expect(status).toMatchObject({ status: 'completed', progress: { total: 6, completed: 6 } });
  expect((await fetch(status.products[0]?.images[0]?.outputUrl ?? '')).status).toBe(200);

  for (const path of ['/health', '/ready']) expect((await fetch(worker.url + path)).status).toBe(200);
  const completed = ({ value }: Scrape) => value('bulk_image_images_total', { outcome: 'completed' }) ?? 0;
  const work = await scrapeUntil(worker.url, (now) => completed(now) >= 6);
  const uploads = await scrape(api.url);
  expect(completed(work)).toBe(6);
  expect(completed(uploads)).toBe(0);
  expect([uploads.value('bulk_image_pool_slots'), work.value('bulk_image_pool_slots')]).toEqual([0, 2]);
  for (const path of [`/api/status/${requestId}`, `/api/output/${requestId}`, '/processed_images/x.jpg', '/']) {
    expect((await fetch(worker.url + path)).status).toBe(404);
  }
  expect((await fetch(`${worker.url}/api/upload`, { method: 'POST' })).status).toBe(404);

  // The links point to the instance that received the upload, although the worker sent them.
  const [webhook] = await receiver.count(1);
  expect(JSON.parse(webhook?.body ?? '').data.statusUrl).toBe(`${api.url}/api/status/${requestId}`);
  await receiver.close();
});

test('an api instance alone processes nothing', async () => {
  const api = await start({ ROLE: 'api' });
  const requestId = await uploaded(api.url, csvOf(pictures.origin, 3));
  // Meanwhile an instance that does work, with a database of its own, is started and processes the same upload.
  const otherDatabase = await testConnection();
  const others = await startPictures(300);
  try {
    const both = await start({ MONGODB_URI: otherDatabase.uri, DATA_DIR: join(directory, 'other') });
    const done = await finished(both.url, await uploaded(both.url, csvOf(others.origin, 3)));
    expect(done.status).toBe('completed');
    expect(pictures.load.most).toBe(0);
    expect((await statusOf(api.url, requestId)).status).toBe('queued');
  } finally {
    await killInstances();
    await others.close();
    await otherDatabase.close();
  }
});

test('work spreads to an instance that joins while the first one is busy', async () => {
  const first = await start();
  const release = pictures.hold();
  const requestId = await uploaded(first.url, csvOf(pictures.origin, 60));
  await waitFor(async () => pictures.load.now === 2);
  expect(pictures.load.most).toBe(2);
  await start();
  await waitFor(async () => pictures.load.now > 2);
  release();
  const status = await finished(first.url, requestId, 40_000);
  expect(status.progress).toMatchObject({ total: 60, completed: 60 });
  const attempts = status.products.flatMap((product) => product.images.map((image) => image.attempts));
  expect(new Set(attempts)).toEqual(new Set([1]));
  expect(await readdir(join(directory, 'processed_images'))).toHaveLength(60);
});
