import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { createImagePool } from '../src/images/pool/pool.ts';
import type { ImagePool, ImageTask } from '../src/images/task.ts';
import type { WorkerData } from '../src/worker.ts';
import { ImageServer, makeImage, ok, silent } from './support/servers/image-server.mjs';
import { waitFor } from './support/service.ts';

/** Threads load built JavaScript: `npm run build` comes first. */
const workerFile = resolve('dist/worker.js');
let directory: string;
let server: ImageServer;
let pool: ImagePool;
let workerData: WorkerData;

const task = (url: string, format: ImageTask['format'] = 'jpeg'): ImageTask => ({
  id: randomUUID(),
  url,
  quality: 50,
  format,
});

beforeAll(async () => {
  expect(existsSync(workerFile)).toBe(true);
  directory = await mkdtemp(join(tmpdir(), 'outputs-'));
  server = await ImageServer.start();
  workerData = {
    limits: {
      maxImageBytes: 1_000_000,
      maxPixels: 1_000_000,
      maxDownloadSeconds: 20,
      maxRedirects: 3,
      maxConnectionsPerOrigin: 5,
    },
    network: { allowPrivateNetworks: ['127.0.0.1/32'] },
    storage: { kind: 'local', directory },
    sources: null,
    threads: 2,
    encodeConcurrency: 1,
  };
  pool = await createImagePool({
    workerFile,
    threads: 2,
    tasksPerThread: 4,
    maxPixelsInFlight: 10_000,
    workerData,
    deadlines: { download: 60_000, decode: 60_000, encode: 60_000, store: 60_000 },
  });
});

afterAll(async () => {
  await pool.close();
  await server.close();
  await rm(directory, { recursive: true });
});

it('stores an image under its id, whole', async () => {
  const one = task(server.on('/a.png', ok(await makeImage('png'))));
  const result = await pool.run(one);
  expect(result).toMatchObject({ ok: true, width: 64, height: 48 });
  const bytes = await readFile(join(directory, `${one.id}.jpg`));
  expect(result.ok && result.bytesOut).toBe(bytes.length);
  expect((await sharp(bytes).metadata()).format).toBe('jpeg');
});

it('gives each format its ending', async () => {
  const url = server.on('/b.png', ok(await makeImage('png')));
  for (const format of ['webp', 'avif', 'png'] as const) {
    const one = task(url, format);
    expect(await pool.run(one)).toMatchObject({ ok: true });
    expect(await readdir(directory)).toContain(`${one.id}.${format}`);
  }
});

it('errors come back across the threads with their code', async () => {
  expect(await pool.run(task(server.url('/nowhere')))).toMatchObject({ ok: false, code: 'source_not_found' });
  expect(await pool.run(task('http://169.254.169.254/'))).toMatchObject({ ok: false, code: 'address_not_allowed' });
});

it('a small image that asks for nothing says when it is downloaded', async () => {
  const url = server.on('/small.png', ok(await makeImage('png')));
  const small = await createImagePool({
    ...{ workerFile, threads: 1, tasksPerThread: 4, maxPixelsInFlight: 1 },
    workerData: { ...workerData, unasked: { sourceBytes: 1_000_000, pixels: 64 * 48, decodeBytes: 1e9 } },
    deadlines: { download: 60_000, decode: 60_000, encode: 60_000, store: 60_000 },
  });
  const downloaded: string[] = [];
  const run = (name: string, url: string) => small.run(task(url), { onDownloaded: () => downloaded.push(name) });
  const results = await Promise.all(['a', 'b', 'c'].map((name) => run(name, `${url}?${name}`)));
  await small.close();
  expect(results.every((result) => result.ok)).toBe(true);
  expect(downloaded.sort()).toEqual(['a', 'b', 'c']);
});

it('one origin gets no more connections than allowed, over all threads', async () => {
  const jpeg = await makeImage('jpeg');
  const url = server.on('/held', silent);
  let open = 0;
  let most = 0;
  server.on('/held', (response, attempt, request) => {
    open += 1;
    most = Math.max(most, open);
    const timer = setTimeout(() => {
      open -= 1;
      ok(jpeg)(response, attempt, request);
    }, 50);
    response.on('close', () => clearTimeout(timer));
  });
  const results = await Promise.all(Array.from({ length: 8 }, () => pool.run(task(url))));
  expect(results.every((result) => result.ok)).toBe(true);
  expect(most).toBe(5);
});

it('leaves no temporary file', async () => {
  expect((await readdir(directory)).filter((name) => name.startsWith('.'))).toEqual([]);
});

it('a task whose result is no longer wanted ends, and its neighbours are left alone', async () => {
  const hanging = server.on('/hanging', silent);
  const fine = server.on('/neighbour.png', ok(await makeImage('png')));
  const controller = new AbortController();
  const cancelled = pool.run(task(hanging), { signal: controller.signal });
  await waitFor(async () => server.requests('/hanging').length > 0);
  controller.abort();
  expect(await cancelled).toMatchObject({ ok: false });
  expect(await pool.run(task(fine))).toMatchObject({ ok: true });
  // Well before the deadline of the download.
}, 10_000);
