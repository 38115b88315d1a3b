import { resolve } from 'node:path';
import { createImagePool } from '../../../src/images/pool/pool.ts';
import { stageDeadlines } from '../../../src/images/pool/stage-deadline.ts';
import type { ImagePool, ImageTask } from '../../../src/images/task.ts';
import { waitFor } from '../../support/service.ts';

const exitWorker = resolve('test/support/workers/exit-worker.mjs');
const tellingWorker = resolve('test/support/workers/telling-worker.mjs');
let pool: ImagePool | null = null;

const deadlinesOf = (ms: number) => ({ download: ms, decode: ms, encode: ms, store: ms });

const start = async ({
  stageMs = 5_000,
  ...options
}: {
  workerFile?: string;
  threads?: number;
  tasksPerThread?: number;
  stageMs?: number;
} = {}) => {
  pool = await createImagePool({
    workerFile: exitWorker,
    threads: 1,
    tasksPerThread: 2,
    maxPixelsInFlight: 1_000,
    deadlines: deadlinesOf(stageMs),
    graceMs: 0,
    workerData: {},
    ...options,
  });
  return pool;
};

const task = (url: string): ImageTask => ({ id: 'id', url, quality: 50, format: 'jpeg' });

afterEach(async () => {
  await pool?.close();
  pool = null;
});

it('has capacity for the tasks of all its threads, and for more when they wait', async () => {
  expect(await start({ threads: 2, tasksPerThread: 4 })).toMatchObject({ capacity: 8, most: 24 });
});

it.each(['exit', 'throw'])('a thread that ends by "%s" fails what was in it, and another takes over', async (how) => {
  const { run } = await start();
  const [neighbour, culprit] = await Promise.all([run(task('never')), run(task(how))]);
  expect(culprit).toMatchObject({ ok: false, code: 'worker_crashed', retryable: true });
  expect(neighbour).toMatchObject({ ok: false, code: 'worker_crashed', retryable: true });
  expect(await run(task('fine'))).toMatchObject({ ok: true });
});

it('leaves the other threads alone when one ends', async () => {
  const { run } = await start({ threads: 2, tasksPerThread: 1 });
  const results = await Promise.all([run(task('slow')), run(task('exit'))]);
  expect(results.map((result) => result.ok)).toEqual([true, false]);
});

it('one thread gets all images, and after one has crashed each gets some', async () => {
  const { run } = await start({ workerFile: tellingWorker, threads: 3, tasksPerThread: 2 });
  const several = async () => {
    const results = await Promise.all(Array.from({ length: 12 }, () => run(task('fine'))));
    return results.map((result) => (result.ok ? { thread: result.bytesIn, open: result.width } : null));
  };
  const spread = (results: Awaited<ReturnType<typeof several>>) => new Set(results.map((each) => each?.thread)).size;

  // The threads load one after the other; the one that has been there longest is open.
  await waitFor(async () => spread(await several()) === 1);
  const together = await several();
  expect(spread(together)).toBe(1);
  expect(together.every((each) => each?.open === 1)).toBe(true);

  expect(await run(task('exit'))).toMatchObject({ ok: false, code: 'worker_crashed' });
  await waitFor(async () => spread(await several()) === 3);
  expect((await several()).every((each) => each?.open === 3)).toBe(true);
});

it.each(['hang', 'never'])('a task that stays in "%s" is given up, and new threads take over', async (how) => {
  // Long enough for a new thread to start on a busy machine.
  const { run } = await start({ stageMs: 2_000 });
  expect(await run(task(how))).toMatchObject({ ok: false, code: 'worker_crashed' });
  expect(await run(task('fine'))).toMatchObject({ ok: true });
});

it('closing waits for what is in flight and takes nothing new', async () => {
  const { run, close } = await start({ threads: 2 });
  const inFlight = [run(task('slow')), run(task('slow')), run(task('slow'))];
  const closed = close();
  expect(await run(task('fine'))).toMatchObject({ ok: false, code: 'worker_crashed', retryable: true });
  await closed;
  expect((await Promise.all(inFlight)).every((result) => result.ok)).toBe(true);
});

it.each([
  ['that throws as it loads', 'test/support/workers/broken-worker.mjs'],
  ['that is missing', 'test/support/no-such-worker.mjs'],
])('a worker %s is reported at start', async (_what, file) => {
  const started = createImagePool({
    workerFile: resolve(file),
    threads: 1,
    tasksPerThread: 1,
    maxPixelsInFlight: 1_000,
    deadlines: deadlinesOf(5_000),
    workerData: {},
    startMs: 5000,
  });
  await expect(started).rejects.toMatchObject({ code: 'internal_error', publicMessage: expect.stringContaining(file) });
});

it('takes the deadline of each stage from the limits', () => {
  const limits = {
    maxImageBytes: 1,
    maxPixels: 1,
    maxDownloadSeconds: 60,
    maxRedirects: 1,
    maxConnectionsPerOrigin: 1,
  };
  expect(stageDeadlines(limits)).toEqual({ download: 60_000, decode: 30_000, encode: 120_000, store: 120_000 });
  const own = { maxDecodeSeconds: 1, maxEncodeSeconds: 2, maxStoreSeconds: 3 };
  expect(stageDeadlines({ ...limits, ...own })).toEqual({
    download: 60_000,
    decode: 1_000,
    encode: 2_000,
    store: 3_000,
  });
});
