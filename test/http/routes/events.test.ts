import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import express from 'express';
import { v4 as uuid } from 'uuid';
import { answerErrors } from '../../../src/http/problem.ts';
import { type EventRoutesDeps, eventRoutes } from '../../../src/http/routes/events.ts';
import { createModels, type Models } from '../../../src/requests/models.ts';
import { NO_COUNTS, type RequestRecord } from '../../../src/requests/types.ts';
import { createSummaries } from '../../../src/results/listing.ts';
import { createProgressEvents } from '../../../src/results/progress-events.ts';
import { type TestConnection, testConnection } from '../../support/database.ts';
import { type Listener, listen } from '../../support/events.ts';
import { waitFor } from '../../support/service.ts';

let database: TestConnection;
let models: Models;
beforeAll(async () => {
  database = await testConnection();
  models = createModels(database.connection);
});
afterAll(() => database.close());

let stop: AbortController;
let server: Server;
let url: string;
/** The ids in each query. */
let queries: (readonly string[])[];
const sockets = new Set<Socket>();

const serve = async (options: Partial<EventRoutesDeps> = {}): Promise<void> => {
  stop = new AbortController();
  queries = [];
  const read = createSummaries(models);
  const watch = createProgressEvents({
    read: (ids) => {
      queries.push(ids);
      return read(ids);
    },
    log: { warn: () => {} },
    everyMs: 250,
  });
  const app = express();
  app.use((req, _res, next) => {
    Object.assign(req, { id: uuid(), log: { error: () => {}, debug: () => {} } });
    next();
  });
  app.use(eventRoutes({ watch, stopping: { begun: stop.signal }, random: () => 0.5, ...options }));
  app.use(answerErrors(() => true));
  server = app.listen(0, '127.0.0.1', 4_096);
  server.on('connection', (socket) => sockets.add(socket.once('close', () => sockets.delete(socket))));
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const seed = async (changes: Partial<RequestRecord> = {}): Promise<string> => {
  const _id = uuid();
  const at = new Date();
  await models.requests.create({
    ...{ _id, state: 'processing', run: 1, createdAt: at, heartbeatAt: at, total: 1_000_000 },
    ...{ options: { quality: 50, format: 'jpeg' }, csv: { header: [], delimiter: ',', chunks: 0 } },
    counters: NO_COUNTS,
    ...changes,
  });
  return _id;
};
const complete = (requestId: string, n: number) =>
  models.requests.updateOne({ _id: requestId }, { $set: { 'counters.completed': n } });
const finish = (requestId: string) =>
  models.requests.updateOne({ _id: requestId }, { $set: { state: 'completed', finishedAt: new Date() } });
const events = (requestId: string, headers?: Record<string, string>) =>
  listen(`${url}/api/events/${requestId}`, headers);
const shown = ({ events: all }: Listener) => all.map(({ event, data }) => `${event} ${data.progress.completed}`);

test('sends progress on connect and on each change, then the end, and closes the stream', async () => {
  await serve();
  const requestId = await seed();
  const listener = await events(requestId);
  expect(listener).toMatchObject({
    status: 200,
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
  });
  await waitFor(async () => listener.events.length === 1);
  await complete(requestId, 5);
  await waitFor(async () => listener.events.length === 2);
  await finish(requestId);
  expect(await listener.closed).toBe('ended');
  expect(shown(listener)).toEqual(['progress 0', 'progress 5', 'end 5']);
  expect(listener.events.at(-1)?.data).toMatchObject({ requestId, status: 'completed' });
  expect(new Set(listener.events.map(({ id }) => id)).size).toBe(3);
});

test('with Last-Event-ID, sends nothing until a change, and the end immediately once finished', async () => {
  await serve();
  const requestId = await seed();
  const first = await events(requestId);
  await waitFor(async () => first.events.length === 1);
  const id = first.events[0]?.id ?? '';
  first.leave();
  const again = await events(requestId, { 'Last-Event-ID': id });
  const other = await events(requestId, { 'Last-Event-ID': 'older' });
  await waitFor(async () => other.events.length === 1 && queries.length > 3);
  expect(again.events).toEqual([]);
  await complete(requestId, 1);
  await waitFor(async () => again.events.length === 1);
  expect(shown(again)).toEqual(['progress 1']);
  await finish(requestId);
  await Promise.all([again.closed, other.closed]);
  const last = again.events.at(-1)?.id ?? '';
  const after = await events(requestId, { 'Last-Event-ID': last });
  expect(await after.closed).toBe('ended');
  expect(after.events).toMatchObject([{ event: 'end', id: last }]);
});

test.each([['unknown'], ['0190a6f0-0000-4000-8000-000000000000']])(
  '%s is answered with 404, not with a stream',
  async (id) => {
    await serve();
    const listener = await events(id);
    expect(listener).toMatchObject({
      status: 404,
      headers: { 'content-type': 'application/problem+json; charset=utf-8' },
    });
    await listener.closed;
  },
);

test('removing a request closes its streams without an end event', async () => {
  await serve();
  const requestId = await seed();
  const listener = await events(requestId);
  await waitFor(async () => listener.events.length === 1);
  await models.requests.updateOne({ _id: requestId }, { $set: { state: 'removing' } });
  expect(await listener.closed).toBe('ended');
  expect(shown(listener)).toEqual(['progress 0']);
});

test('heartbeats are comments that keep the connection open', async () => {
  await serve({ heartbeatMs: 20 });
  const listener = await events(await seed());
  await waitFor(async () => listener.text().split('\n:\n').length > 4);
  expect(listener.events).toHaveLength(1);
  listener.leave();
});

test('2,000 listeners of one request cost one query per poll, and are removed on disconnect', async () => {
  await serve();
  const requestId = await seed();
  const listeners: Listener[] = [];
  for (let n = 0; n < 2_000; n += 200) {
    listeners.push(...(await Promise.all(Array.from({ length: 200 }, () => events(requestId)))));
  }
  await waitFor(async () => listeners.every(({ events: all }) => all.length === 1));
  // One for the first listener, then one every 250 ms, regardless of the number of listeners.
  const connecting = queries.length;
  expect(connecting).toBeLessThan(100);

  const before = queries.length;
  await complete(requestId, 7);
  const begun = performance.now();
  await waitFor(async () => listeners.every((listener) => shown(listener).at(-1) === 'progress 7'));
  const polls = Math.ceil((performance.now() - begun) / 250) + 1;
  expect(queries.length - before).toBeLessThanOrEqual(polls);
  expect(queries.every((ids) => ids.length === 1 && ids[0] === requestId)).toBe(true);

  for (const listener of listeners) listener.leave();
  await waitFor(async () => sockets.size === 0);
  const rest = queries.length;
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(queries.length).toBeLessThanOrEqual(rest + 1);
});

test('rejects listeners beyond the limit until one disconnects', async () => {
  await serve({ maxListeners: 2 });
  const requestId = await seed();
  const [one] = await Promise.all([events(requestId), events(requestId)]);
  const third = await events(requestId);
  expect(third).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
  one?.leave();
  await waitFor(async () => (await events(requestId)).status === 200);
});

/** A connection that requests events and then reads nothing. */
const deafListener = async (requestId: string): Promise<Socket> => {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1' });
  await once(socket, 'connect');
  socket.write(`GET /api/events/${requestId} HTTP/1.1\r\nHost: x\r\n\r\n`);
  await once(socket, 'readable');
  return socket.on('error', () => {});
};

test('a client that reads nothing uses bounded memory and is disconnected', async () => {
  let send = (_n: number): void => {};
  const big = 'x'.repeat(64 * 1024);
  await serve({
    watch: (_tenant, _requestId, { onState }) => {
      send = (n) => onState({ id: String(n), data: JSON.stringify({ n, big }), final: false });
      onState({ id: 'first', data: '{}', final: false });
      return () => {};
    },
    heartbeatMs: 50,
    stallMs: 300,
  });
  const socket = await deafListener(await seed());
  const [connection] = sockets;
  let most = 0;
  let n = 0;
  await waitFor(async () => {
    for (let more = 0; more < 100; more += 1) send(++n);
    most = Math.max(most, connection?.writableLength ?? 0);
    return sockets.size === 0;
  });
  // Hundreds of megabytes were sent; only a message or two are buffered.
  expect(n).toBeGreaterThan(1_000);
  expect(most).toBeLessThan(300_000);
  socket.destroy();
});

test('a slow client gets the newest state when it reads again', async () => {
  const big = 'x'.repeat(64 * 1024);
  let send = (_n: number): void => {};
  await serve({
    watch: (_tenant, _requestId, { onState }) => {
      send = (n) => onState({ id: String(n), data: JSON.stringify({ n, big }), final: false });
      onState({ id: 'first', data: '{}', final: false });
      return () => {};
    },
  });
  const listener = await events(await seed());
  await waitFor(async () => listener.events.length === 1);
  listener.response.pause();
  for (let n = 0; n < 1_000; n += 1) {
    send(n);
    if (n % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  listener.response.resume();
  await waitFor(async () => listener.events.at(-1)?.id === '999');
  expect(listener.events.length).toBeLessThan(500);
  listener.leave();
});

test('shutdown closes every stream immediately, even of a client that reads nothing; later clients get a stream that closes', async () => {
  await serve();
  const requestId = await seed();
  const listener = await events(requestId);
  const deaf = await deafListener(requestId);
  await waitFor(async () => listener.events.length === 1);
  stop.abort();
  expect(await listener.closed).toBe('ended');
  const late = await events(requestId);
  expect(await late.closed).toBe('ended');
  expect(late).toMatchObject({ status: 200, events: [] });
  expect(late.text()).toMatch(/^retry: \d+\n\n$/);
  deaf.destroy();
});

test('HEAD is answered without a stream, other methods with 405', async () => {
  await serve();
  const requestId = await seed();
  const head = await fetch(`${url}/api/events/${requestId}`, { method: 'HEAD' });
  expect([head.status, head.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  expect((await fetch(`${url}/api/events/${requestId}`, { method: 'POST' })).status).toBe(405);
});
