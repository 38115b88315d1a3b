import type { RequestListener } from 'node:http';
import mongoose from 'mongoose';
import { type LocalServer, makeImage, startServer } from '../support/servers/image-server.mjs';
import { finished, startTestService, type TestService, uploaded, waitFor } from '../support/service.ts';

const HEADER = 'S. No.,Product Name,Input Image Urls\n';
const csvOf = (server: LocalServer, images: number): string =>
  HEADER + Array.from({ length: images }, (_, n) => `${n},P,${server.origin}/${n}.jpg\n`).join('');

interface Shown {
  readonly status: string;
  readonly limitedBy?: { readonly host: string; readonly connections: number };
}

let jpeg: Buffer;
const closing: (() => Promise<void>)[] = [];
beforeAll(async () => {
  jpeg = await makeImage('jpeg');
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** An image server that counts the requests it has at the same time, and refuses more than `most`. */
const countingServer = async (latencyMs: number, most = Number.POSITIVE_INFINITY) => {
  const seen = { inFlight: 0, most: 0, answers: 0, refused: 0 };
  const listener: RequestListener = (_request, response) => {
    seen.inFlight += 1;
    seen.most = Math.max(seen.most, seen.inFlight);
    seen.answers += 1;
    response.on('close', () => {
      seen.inFlight -= 1;
    });
    if (seen.inFlight > most) {
      seen.refused += 1;
      response.writeHead(429).end();
      return;
    }
    setTimeout(() => response.writeHead(200, { 'Content-Type': 'image/jpeg' }).end(jpeg), latencyMs);
  };
  const server = await startServer(listener, { keepAliveMs: 60_000 });
  closing.push(server.close);
  return { server, seen };
};

const startOne = async (environment: Readonly<Record<string, string>> = {}): Promise<TestService> => {
  const service = await startTestService(environment);
  closing.push(service.close);
  return service;
};

test('a server that answers 429 above 10 requests gets about 10, and few more than that', async () => {
  const { server, seen } = await countingServer(150, 10);
  const service = await startOne();
  const requestId = await uploaded(service.url, csvOf(server, 300));
  // Its owner sees what it waits for, as long as it does.
  const { limitedBy } = await waitFor(async () => {
    const shown = (await (await fetch(`${service.url}/api/status/${requestId}?limit=1`)).json()) as Shown;
    if (shown.status === 'completed') throw new Error('it was never limited');
    return shown.limitedBy === undefined ? null : shown;
  });
  expect(limitedBy?.host).toBe(new URL(server.origin).host);
  const ended = await finished(service.url, requestId, 60_000);
  expect(ended.status).toBe('completed');
  expect(ended).not.toHaveProperty('limitedBy');
  expect(seen.most).toBeGreaterThan(6);
  expect(seen.refused).toBeLessThan(0.03 * seen.answers);
});

/** When each instance of the database was last alive. */
const beatsOf = async (uri: string): Promise<readonly number[]> => {
  const connection = await mongoose.createConnection(uri).asPromise();
  try {
    const record = await connection.collection<{ _id: string; beats?: Record<string, Date> }>('meta').findOne({
      _id: 'instances',
    });
    return Object.values(record?.beats ?? {}).map((at) => at.getTime());
  } finally {
    await connection.close();
  }
};

test('three instances together stay within the bound of one', async () => {
  const BOUND = 6;
  const { server, seen } = await countingServer(150);
  const limits = { MAX_CONNECTIONS_PER_ORIGIN: String(BOUND) };
  const first = await startOne(limits);
  const { MONGODB_URI = '', PROCESSED_DIR = '' } = first.environment;
  for (let n = 0; n < 2; n += 1) await startOne({ ...limits, MONGODB_URI, PROCESSED_DIR });
  await waitFor(async () => (await beatsOf(MONGODB_URI)).length === 3);
  const joined = Math.max(...(await beatsOf(MONGODB_URI)));
  await waitFor(async () => (await beatsOf(MONGODB_URI)).every((at) => at > joined), 30_000);

  const requestId = await uploaded(first.url, csvOf(server, 150));
  const { status } = await finished(first.url, requestId, 60_000);
  expect(status).toBe('completed');
  expect(seen.most).toBeLessThanOrEqual(BOUND);
  // A third of the bound for each: more than one of them took part.
  expect(seen.most).toBeGreaterThan(BOUND / 3);
}, 120_000);
