import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { csvOf } from '../../support/csv.ts';
import { type TestConnection, testConnection } from '../../support/database.ts';
import { type Instance, killInstances, startInstance } from '../../support/instance.ts';
import { ACROSS_REQUESTS } from '../../support/router/rules.ts';
import { type ImageServer, startPictures } from '../../support/servers/image-server.mjs';
import { finished, inTheMiddle, upload, uploaded, waitFor } from '../../support/service.ts';

let database: TestConnection;
let directory: string;
let pictures: ImageServer;

beforeEach(async () => {
  database = await testConnection();
  directory = await mkdtemp(join(tmpdir(), 'shutdown-'));
});
afterEach(async () => {
  await killInstances();
  await pictures.close();
  await database.close();
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
});

const start = (environment: Record<string, string> = {}, command?: readonly string[]) =>
  startInstance(directory, { MONGODB_URI: database.uri, ...environment }, command);
const leased = () => database.connection.collection('images').countDocuments({ status: 'processing' }, ACROSS_REQUESTS);
const BOUNDARY = 'xxxxxx';
const HEAD = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\n`;

/** An upload whose body the test sends in pieces. */
const slowUpload = (url: string) => {
  const call = request(`${url}/api/upload`, {
    method: 'POST',
    headers: { 'Content-Type': `multipart/form-data; boundary=${BOUNDARY}` },
  });
  const answer = new Promise<{ status: number; body: string }>((resolve, reject) => {
    call.on('error', reject);
    call.on('response', async (response) => {
      let body = '';
      for await (const chunk of response) body += chunk;
      resolve({ status: response.statusCode ?? 0, body });
    });
  });
  return { call, answer };
};
const received = (instance: Instance) =>
  waitFor(async () => (await readdir(join(directory, 'data', 'uploads'))).length > 0 && instance);

/** A connection of its own: one that is kept open and idle is closed at the stop, perhaps as its next call is sent. */
const ONCE = { headers: { Connection: 'close' } };
/** Both are how `fetch` reports a connection that ended without a response. */
const isReset = (outcome: string): boolean => outcome === 'ECONNRESET' || outcome === 'UND_ERR_SOCKET';

test('under load, every call is answered and every lease finished or handed back in time', async () => {
  pictures = await startPictures(100);
  const instance = await start({ SHUTDOWN_SECONDS: '6' });
  const requestId = await uploaded(instance.url, csvOf(pictures.origin, 150));
  await inTheMiddle(instance.url, requestId, 6, 20);

  const outcomes: string[] = [];
  let over = false;
  const client = async (n: number): Promise<void> => {
    let last = '';
    while (!over || isReset(last)) {
      const call =
        n % 2 === 0
          ? fetch(`${instance.url}/api/status/${requestId}`, ONCE)
          : upload(instance.url, csvOf(pictures.origin, 1), {}, ONCE);
      const outcome = await call.then(
        async (response) => {
          const body = await response.text();
          return `${response.status} ${response.status === 202 ? (JSON.parse(body) as { requestId: string }).requestId : ''}`;
        },
        (error: Error) => String((error.cause as { code?: string } | undefined)?.code ?? error.message),
      );
      // Reset before it was accepted: the connection was in the backlog when the port was closed.
      if (outcome === 'ECONNREFUSED' && isReset(last)) outcomes.splice(outcomes.lastIndexOf(last), 1);
      outcomes.push(outcome);
      last = outcome;
      if (outcome === 'ECONNREFUSED') return;
    }
  };
  const clients = [0, 1, 2, 3].map(client);
  await waitFor(async () => outcomes.length > 20);
  const begun = performance.now();
  instance.process.kill('SIGTERM');
  expect(await instance.exited).toEqual({ code: 0, signal: null });
  expect(performance.now() - begun).toBeLessThan(6_000);
  over = true;
  await Promise.all(clients);

  // No call was interrupted: each got a response or no connection.
  expect(outcomes.filter((outcome) => !/^(200|202|503) |^ECONNREFUSED$/.test(outcome))).toEqual([]);
  expect(await leased()).toBe(0);
  const promised = outcomes.filter((outcome) => outcome.startsWith('202 ')).map((outcome) => outcome.slice(4));
  expect(promised.length).toBeGreaterThan(0);
  const second = await start();
  for (const id of [requestId, ...promised]) {
    expect((await finished(second.url, id, 60_000)).status).toBe('completed');
  }
}, 120_000);

test('images that outlast the shutdown are handed back without costing an attempt', async () => {
  pictures = await startPictures(20_000);
  const instance = await start({ SHUTDOWN_SECONDS: '2' });
  await uploaded(instance.url, csvOf(pictures.origin, 4));
  await waitFor(async () => (await leased()) === 4);
  const begun = performance.now();
  instance.process.kill('SIGTERM');
  expect(await instance.exited).toEqual({ code: 0, signal: null });
  expect(performance.now() - begun).toBeLessThan(2_500);
  expect(await leased()).toBe(0);
  expect(await database.connection.collection('images').countDocuments({ attempts: { $ne: 0 } }, ACROSS_REQUESTS)).toBe(
    0,
  );
});

test('an upload in progress at shutdown is completed', async () => {
  pictures = await startPictures(0);
  const instance = await start({ SHUTDOWN_SECONDS: '5' });
  const { call, answer } = slowUpload(instance.url);
  const csv = csvOf(pictures.origin, 5);
  call.write(HEAD + csv.slice(0, 40));
  await received(instance);
  instance.process.kill('SIGTERM');
  await waitFor(async () => instance.log().includes('"msg":"stopping"'));
  call.end(`${csv.slice(40)}\r\n--${BOUNDARY}--\r\n`);
  const { status, body } = await answer;
  expect(status).toBe(202);
  expect((await instance.exited).code).toBe(0);
  const second = await start();
  expect((await finished(second.url, JSON.parse(body).requestId)).status).toBe('completed');
});

test('an upload that does not finish in time is rejected, and nothing of it is stored', async () => {
  pictures = await startPictures(0);
  const instance = await start({ SHUTDOWN_SECONDS: '2' });
  const { call, answer } = slowUpload(instance.url);
  call.write(HEAD + csvOf(pictures.origin, 5));
  await received(instance);
  const begun = performance.now();
  instance.process.kill('SIGTERM');
  const { status, body } = await answer;
  expect(status).toBe(503);
  expect(JSON.parse(body)).toMatchObject({ code: 'shutting_down' });
  call.destroy();
  expect((await instance.exited).code).toBe(0);
  expect(performance.now() - begun).toBeLessThan(2_500);
  expect(await database.connection.collection('requests').countDocuments({})).toBe(0);
});

test('SIGTERM to npm start stops the service the same way', async () => {
  pictures = await startPictures(200);
  const npm = await start({}, ['npm', 'start']);
  const requestId = await uploaded(npm.url, csvOf(pictures.origin, 60));
  await inTheMiddle(npm.url, requestId, 4, 10);
  npm.process.kill('SIGTERM');
  await npm.exited;
  await waitFor(async () => npm.log().includes('"msg":"stopped"'));
  expect(await leased()).toBe(0);
  const refused = await fetch(`${npm.url}/health`).catch((error: Error) => error.cause as { code: string });
  expect(refused).toMatchObject({ code: 'ECONNREFUSED' });
}, 120_000);
