import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbedded } from '../../src/embedded/embedded.ts';
import { csvOf } from '../support/csv.ts';
import { GUARDIAN_FILE, TEST_ENGINES } from '../support/database.ts';
import { listen } from '../support/events.ts';
import { killInstances, startInstance } from '../support/instance.ts';
import { ImageServer, makeImage, ok, startPictures, status } from '../support/servers/image-server.mjs';
import { startTestService, statusOf, uploaded, waitFor } from '../support/service.ts';

let pictures: ImageServer | null = null;
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'events-'));
});
afterEach(async () => {
  await killInstances();
  await pictures?.close();
  pictures = null;
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
});

test('what one instance does is seen on another, up to the end', async () => {
  const origin = await ImageServer.start();
  const answer = ok(await makeImage('jpeg'));
  let permits = 0;
  const held: (() => void)[] = [];
  const release = (images: number): void => {
    permits += images;
    for (; permits > 0 && held.length > 0; permits -= 1) held.shift()?.();
  };
  origin.on('/image.jpg', (...call) => {
    held.push(() => answer(...call));
    release(0);
  });
  const worker = await startTestService();
  const { MONGODB_URI = '', PROCESSED_DIR = '' } = worker.environment;
  const other = await startTestService({ ROLE: 'api', MONGODB_URI, PROCESSED_DIR });
  const rows = Array.from({ length: 40 }, (_, n) => `${n},P${n},${origin.url(`/image.jpg?${n}`)}\n`);
  const requestId = await uploaded(worker.url, `S. No.,Product Name,Input Image Urls\n${rows.join('')}`);
  const listener = await listen(`${other.url}/api/events/${requestId}`);
  const completed = () => listener.events.map(({ data }) => data.progress.completed);
  // Nothing is released until the other instance has reported what this one has completed.
  for (let images = 8; images <= 40; images += 8) {
    release(8);
    await waitFor(async () => (await statusOf(worker.url, requestId)).progress.completed === images);
    await waitFor(async () => completed().at(-1) === images);
  }
  expect(await listener.closed).toBe('ended');

  expect(listener.events.map(({ event }) => event)).toEqual([...listener.events.slice(1).map(() => 'progress'), 'end']);
  expect(completed()).toEqual(completed().toSorted((a, b) => a - b));
  await origin.close();
  await other.close();
  await worker.close();
});

test('SIGTERM closes the streams immediately, and they do not delay the shutdown', async () => {
  const origin = await ImageServer.start();
  origin.on('/busy.jpg', status(503, { 'Retry-After': '600' }));
  const database = await startTestService();
  const { MONGODB_URI = '' } = database.environment;
  // Longer than the test: a stop that waited for the streams would fail it.
  const instance = await startInstance(directory, { MONGODB_URI, SHUTDOWN_SECONDS: '300', ROLE: 'api' });
  const csv = `S. No.,Product Name,Input Image Urls\n1,Mug,${origin.url('/busy.jpg')}\n`;
  const requestId = await uploaded(instance.url, csv);
  const listeners = await Promise.all(
    Array.from({ length: 20 }, () => listen(`${instance.url}/api/events/${requestId}`)),
  );
  await waitFor(async () => listeners.every(({ events }) => events.length > 0));
  instance.process.kill('SIGTERM');
  expect(await Promise.all(listeners.map(({ closed }) => closed))).toEqual(listeners.map(() => 'ended'));
  expect(await instance.exited).toEqual({ code: 0, signal: null });
  await database.close();
  await origin.close();
});

test('a stream survives a database outage and continues to the end', async () => {
  pictures = await startPictures(150);
  const database = await startEmbedded({
    ...{ dataDirectory: join(directory, 'database'), guardianFile: GUARDIAN_FILE, engines: TEST_ENGINES },
    log: () => undefined,
  });
  const { url } = await startInstance(directory, { MONGODB_URI: database.uri, LEASE_SECONDS: '30' });
  const requestId = await uploaded(url, csvOf(pictures.origin, 150));
  const listener = await listen(`${url}/api/events/${requestId}`);
  await waitFor(async () => listener.events.some(({ data }) => data.progress.completed > 3));
  process.kill(database.pid, 'SIGSTOP');
  try {
    await waitFor(async () => (await fetch(`${url}/ready`)).status === 503);
    const before = listener.events.length;
    expect((await fetch(`${url}/api/events/${requestId}`)).status).toBe(503);
    expect(listener.events.length).toBe(before);
  } finally {
    process.kill(database.pid, 'SIGCONT');
  }
  expect(await listener.closed).toBe('ended');
  expect(listener.events.at(-1)).toMatchObject({
    event: 'end',
    data: { status: 'completed', progress: { completed: 150 } },
  });
  await database.stop();
}, 120_000);
