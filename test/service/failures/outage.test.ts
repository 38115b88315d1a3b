import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedDatabase, startEmbedded } from '../../../src/embedded/embedded.ts';
import { csvOf } from '../../support/csv.ts';
import { GUARDIAN_FILE, TEST_ENGINES } from '../../support/database.ts';
import { embeddedTest as test } from '../../support/embedded-test.ts';
import { scrape } from '../../support/exposition.ts';
import { killInstances, startInstance } from '../../support/instance.ts';
import { type ImageServer, startPictures } from '../../support/servers/image-server.mjs';
import { finished, inTheMiddle, upload, uploaded, waitFor } from '../../support/service.ts';

const IMAGES = 60;
let directory: string;
let pictures: ImageServer;
let database: EmbeddedDatabase | null = null;
let exits = 0;

beforeEach(async () => {
  exits = 0;
  directory = await mkdtemp(join(tmpdir(), 'outage-'));
  pictures = await startPictures(150);
});
afterEach(async () => {
  await killInstances();
  await database?.stop();
  database = null;
  await pictures.close();
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
});

/** A separate database, external to the service; restarted when it exits. */
const ownDatabase = async (): Promise<EmbeddedDatabase> => {
  database = await startEmbedded({
    ...{ dataDirectory: join(directory, 'database'), guardianFile: GUARDIAN_FILE, engines: TEST_ENGINES },
    log: () => undefined,
    onExit: () => {
      exits += 1;
    },
  });
  return database;
};

const completedOnce = async (url: string, requestId: string): Promise<void> => {
  const status = await finished(url, requestId, 60_000);
  expect(status).toMatchObject({ status: 'completed', progress: { total: IMAGES, completed: IMAGES, failed: 0 } });
};

const timed = async <T>(call: () => Promise<T>): Promise<{ ms: number; result: T }> => {
  const begun = performance.now();
  const result = await call();
  return { ms: performance.now() - begun, result };
};

/** What the log says of the database, by level. */
const said = (log: string) =>
  log
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line): { level: number; msg: string } => JSON.parse(line))
    .filter(({ level, msg }) => level > 30 || /database/i.test(msg))
    .map(({ level, msg }) => `${level} ${msg.replace(/:.*/s, '')}`);
const ONE_OUTAGE = ['40 The database is away; work waits for it', '30 The database is back; work continues'];

test('a hanging database: reported everywhere immediately, nothing lost, work resumes', async () => {
  const { uri, pid } = await ownDatabase();
  const { url, log } = await startInstance(directory, { MONGODB_URI: uri, LEASE_SECONDS: '30' });
  const requestId = await uploaded(url, csvOf(pictures.origin, IMAGES));
  await inTheMiddle(url, requestId, 5, 20);
  // They are counted once the write of their results is answered, a moment after a reader sees them.
  const completed = async () => (await scrape(url)).value('bulk_image_images_total', { outcome: 'completed' });
  await waitFor(async () => Number(await completed()) >= 5);

  process.kill(pid, 'SIGSTOP');
  try {
    const notReady = async () => {
      const response = await fetch(`${url}/ready`);
      return response.status === 503 && response.json();
    };
    expect(await waitFor(notReady)).toMatchObject({
      status: 'not_ready',
      checks: { database: { ok: false, reason: expect.stringContaining('database') }, storage: { ok: true } },
    });
    const calls = [
      () => upload(url, csvOf(pictures.origin, 1)),
      () => fetch(`${url}/api/status/${requestId}`),
      () => fetch(`${url}/api/output/${requestId}`),
    ];
    for (const call of calls) {
      const { ms, result } = await timed(call);
      expect(result.status).toBe(503);
      expect(Number(result.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await result.json()).toMatchObject({ code: 'database_unavailable' });
      expect(ms).toBeLessThan(4_000);
    }
    expect((await fetch(`${url}/health`)).status).toBe(200);
    // Once its 5 s cache has expired, the queue depth is omitted; all other metrics are served immediately.
    const scraped = await waitFor(async () => {
      const { ms, result } = await timed(() => scrape(url));
      expect(ms).toBeLessThan(4_000);
      return result.value('bulk_image_queue_images') === undefined && result;
    });
    expect(scraped.value('bulk_image_images_total', { outcome: 'completed' })).toBeGreaterThanOrEqual(5);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await waitFor(async () => (await fetch(`${url}/ready`)).status === 200);
  await completedOnce(url, requestId);
  await waitFor(async () => (await scrape(url)).value('bulk_image_queue_images') === 0);
  await waitFor(async () => said(log()).length > 1);
  expect(said(log())).toEqual(ONE_OUTAGE);
}, 120_000);

test('killing and restarting the database only costs time', async () => {
  const { uri, pid } = await ownDatabase();
  const { url, log } = await startInstance(directory, { MONGODB_URI: uri, LEASE_SECONDS: '30' });
  const requestId = await uploaded(url, csvOf(pictures.origin, IMAGES));
  await inTheMiddle(url, requestId, 5, 20);
  process.kill(pid, 'SIGKILL');
  await waitFor(async () => exits === 1);
  await completedOnce(url, requestId);
  await waitFor(async () => said(log()).length > 1);
  expect(said(log())).toEqual(ONE_OUTAGE);
}, 120_000);

test('a killed embedded database is restarted, and the batch continues', async () => {
  const { url } = await startInstance(directory, { MONGODB_URI: '' });
  const requestId = await uploaded(url, csvOf(pictures.origin, IMAGES));
  const owner = () => JSON.parse(readFileSync(join(directory, 'data', 'embedded.json'), 'utf8')).databasePid as number;
  for (let kill = 0; kill < 2; kill += 1) {
    const killed = owner();
    process.kill(killed, 'SIGKILL');
    await waitFor(async () => owner() !== killed);
    await waitFor(async () => (await fetch(`${url}/ready`)).status === 200);
  }
  await completedOnce(url, requestId);
}, 120_000);
