import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { type TestConnection, testConnection } from '../../support/database.ts';
import { ACROSS_REQUESTS } from '../../support/router/rules.ts';
import { type ImageServer, startPictures } from '../../support/servers/image-server.mjs';
import { finished, inTheMiddle, uploaded } from '../../support/service.ts';

/** The built service as a separate process that tests can kill. */
interface Instance {
  readonly url: string;
  readonly process: ChildProcess;
  readonly exited: Promise<{ code: number | null; signal: string | null }>;
}

const IMAGES = 40;
let database: TestConnection;
let directory: string;
let pictures: ImageServer;
let running: Instance[] = [];

beforeAll(async () => {
  // Slow enough that every kill happens in the middle of the batch.
  pictures = await startPictures(150);
});
afterAll(() => pictures.close());

beforeEach(async () => {
  database = await testConnection();
  directory = await mkdtemp(join(tmpdir(), 'restart-'));
});
afterEach(async () => {
  for (const instance of running) {
    instance.process.kill('SIGKILL');
    await instance.exited;
  }
  running = [];
  await database.close();
  await rm(directory, { recursive: true, force: true });
});

const start = async (): Promise<Instance> => {
  const child = spawn(process.execPath, ['dist/main.js'], {
    env: {
      ...process.env,
      PORT: '0',
      HOST: '127.0.0.1',
      MONGODB_URI: database.uri,
      DATA_DIR: join(directory, 'data'),
      PROCESSED_DIR: join(directory, 'processed_images'),
      ALLOW_PRIVATE_NETWORKS: '127.0.0.0/8',
      LEASE_SECONDS: '2',
      WORKER_THREADS: '2',
      LOG_LEVEL: 'info',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
  const url = await new Promise<string>((resolve, reject) => {
    let log = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      const ready = /"url":"([^"]+)"/.exec(log);
      if (ready?.[1] !== undefined) resolve(ready[1]);
    });
    exited.then(() => reject(new Error(`the service ended before it was ready: ${log}`)));
  });
  const instance = { url, process: child, exited };
  running.push(instance);
  return instance;
};

const batch = (): string =>
  `S. No.,Product Name,Input Image Urls\n${Array.from({ length: IMAGES }, (_, n) => `${n},Product ${n},${pictures.origin}/${n}.jpg`).join('\n')}\n`;

const outputs = async (): Promise<string[]> =>
  (await readdir(join(directory, 'processed_images'))).filter((name) => name.endsWith('.jpg'));

test.each(['SIGKILL', 'SIGTERM'] as const)(
  'a batch interrupted by %s is completed exactly once after a restart',
  async (signal) => {
    const first = await start();
    const requestId = await uploaded(first.url, batch());
    await inTheMiddle(first.url, requestId, 5, 10);

    const stoppedAt = performance.now();
    first.process.kill(signal);
    const exit = await first.exited;
    if (signal === 'SIGTERM') {
      expect(exit).toEqual({ code: 0, signal: null });
      expect(performance.now() - stoppedAt).toBeLessThan(10_000);
    }

    const second = await start();
    const status = await finished(second.url, requestId, 40_000);
    expect(status).toMatchObject({
      status: 'completed',
      progress: { total: IMAGES, completed: IMAGES, failed: 0, pending: 0, percent: 100 },
    });
    const names = await outputs();
    const ids = status.products.flatMap((product) => product.images.map((image) => `${image.id}.jpg`));
    expect(names.sort()).toEqual(ids.sort());
    for (const name of names.slice(0, 5)) {
      expect((await sharp(join(directory, 'processed_images', name)).metadata()).format).toBe('jpeg');
    }
  },
  90_000,
);

test('SIGTERM hands back its images, so that nothing waits for a lease to expire', async () => {
  const first = await start();
  const requestId = await uploaded(first.url, batch());
  await inTheMiddle(first.url, requestId, 5, 10);
  first.process.kill('SIGTERM');
  await first.exited;
  const held = await database.connection.collection('images').countDocuments({ status: 'processing' }, ACROSS_REQUESTS);
  expect(held).toBe(0);
  const tries = await database.connection
    .collection('images')
    .find({ attempts: { $gt: 1 } }, ACROSS_REQUESTS)
    .toArray();
  expect(tries).toEqual([]);
});
