import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { csvOf } from '../../support/csv.ts';
import { type TestConnection, testConnection } from '../../support/database.ts';
import { type Instance, killInstances, startInstance } from '../../support/instance.ts';
import { type ImageServer, startPictures } from '../../support/servers/image-server.mjs';
import { statusOf, uploaded } from '../../support/service.ts';

const MAX_ATTEMPTS = 3;
let database: TestConnection;
let directory: string;
let pictures: ImageServer;

beforeEach(async () => {
  database = await testConnection();
  directory = await mkdtemp(join(tmpdir(), 'poison-'));
  pictures = await startPictures(100);
});
afterEach(async () => {
  await killInstances();
  await pictures.close();
  await database.close();
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
});

const start = () =>
  startInstance(directory, { MONGODB_URI: database.uri, MAX_ATTEMPTS: `${MAX_ATTEMPTS}`, LEASE_SECONDS: '2' }, [
    process.execPath,
    'test/support/workers/service-process.mjs',
    'test/support/workers/poisoned-worker.mjs',
  ]);

/** Resolves to whichever ends first, the process or the request. */
const outcome = async (instance: Instance, requestId: string): Promise<'died' | 'finished'> => {
  let died = false;
  void instance.exited.then(() => {
    died = true;
  });
  for (;;) {
    if (died) return 'died';
    const status = await statusOf(instance.url, requestId).catch(() => null);
    if (status !== null && status.finishedAt !== null) return 'finished';
    await new Promise((next) => setTimeout(next, 50));
  }
};

test('an image that crashes the whole process fails after its attempts, and all others complete', async () => {
  const lines = csvOf(pictures.origin, 30).trimEnd().split('\n');
  lines.splice(11, 0, `99,Poison,${pictures.origin}/poison.jpg`);
  let instance = await start();
  const requestId = await uploaded(instance.url, `${lines.join('\n')}\n`);

  let deaths = 0;
  while ((await outcome(instance, requestId)) === 'died') {
    expect((await instance.exited).signal).toBe('SIGABRT');
    deaths += 1;
    expect(deaths).toBeLessThanOrEqual(MAX_ATTEMPTS);
    instance = await start();
  }

  expect(deaths).toBe(MAX_ATTEMPTS);
  const status = await statusOf(instance.url, requestId);
  expect(status).toMatchObject({ status: 'completed_with_errors', progress: { total: 31, completed: 30, failed: 1 } });
  const failed = status.products.flatMap((product) => product.images).filter((image) => image.status === 'failed');
  expect(failed.map((image) => [new URL(image.inputUrl).pathname, image.error?.code])).toEqual([
    ['/poison.jpg', 'attempts_exhausted'],
  ]);
}, 120_000);
