import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { pino } from 'pino';
import { pinoHttp } from 'pino-http';
import { answerErrors } from '../../../src/http/problem.ts';
import { createReadGuards, type ReadLimits } from '../../../src/http/readers/reading.ts';
import { waitFor } from '../../support/service.ts';

let server: Server;
let url: string;
let begun = 0;
let release: (() => void)[] = [];

/** Responses that stay open until released; each client sends its name. */
const serve = async (limits: Partial<ReadLimits>): Promise<void> => {
  const guards = createReadGuards({ readsPerMinute: 0, downloadsPerMinute: 0, maxReadsInFlight: 4, ...limits });
  begun = 0;
  release = [];
  const app = express();
  app.use(pinoHttp({ logger: pino({ level: 'silent' }) }));
  app.use((req, res, next) => {
    res.locals.caller = { tenant: req.get('x-tenant') ?? 'a', key: 'k' };
    next();
  });
  const hold: express.RequestHandler = (_req, res) => {
    begun += 1;
    release.push(() => res.end('done'));
  };
  app.get('/page', ...guards.pages, hold);
  app.get('/download', ...guards.downloads, hold);
  app.use(answerErrors(() => false));
  server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const get = (path: string, tenant = 'a') => fetch(url + path, { headers: { 'x-tenant': tenant } });
const freeAll = (): void => {
  for (const each of release.splice(0)) each();
};

test('one client gets half of the slots, others the rest, and the two kinds have separate slots', async () => {
  await serve({});
  const own = Array.from({ length: 5 }, () => get('/page'));
  await waitFor(async () => begun === 2);
  const others = [get('/page', 'b'), get('/download'), get('/download')];
  await waitFor(async () => begun === 5);
  // Waiting calls get the slots that are released.
  await waitFor(async () => {
    freeAll();
    return begun === 8;
  });
  freeAll();
  expect((await Promise.all([...own, ...others])).map(({ status }) => status)).toEqual(Array(8).fill(200));
});

test('a client that disconnects frees its slot, waiting or reading', async () => {
  await serve({ maxReadsInFlight: 2 });
  const leaving = [new AbortController(), new AbortController()];
  const left = leaving.map(({ signal }) =>
    fetch(`${url}/page`, { signal, headers: { 'x-tenant': 'a' } }).catch(() => null),
  );
  await waitFor(async () => begun === 1);
  for (const each of leaving) each.abort();
  await Promise.all(left);
  // The waiting call may have started before it disconnected; its slot is free either way.
  release = [];
  let status = 0;
  void get('/page').then((answer) => {
    status = answer.status;
  });
  await waitFor(async () => {
    freeAll();
    return status !== 0;
  });
  expect(status).toBe(200);
});

test('calls beyond the queue are rejected before anything is read for them', async () => {
  await serve({ maxReadsInFlight: 1 });
  const all = Array.from({ length: 12 }, () => get('/page'));
  const answered: Response[] = [];
  for (const each of all) void each.then((answer) => answered.push(answer));
  // One is reading, eight are waiting: half of sixteen.
  await waitFor(async () => answered.length === 3);
  expect(begun).toBe(1);
  expect(answered.map(({ status }) => status)).toEqual([429, 429, 429]);
  expect(await answered[0]?.json()).toMatchObject({ code: 'too_many_reads' });
  expect(answered[0]?.headers.get('retry-after')).toBe('5');
  await waitFor(async () => {
    freeAll();
    return answered.length === 12;
  });
});

test('reads and downloads are limited per minute and client', async () => {
  await serve({ readsPerMinute: 2, downloadsPerMinute: 1 });
  const calls = [get('/page'), get('/page'), get('/download'), get('/page', 'b')];
  await waitFor(async () => begun === 4);
  freeAll();
  await Promise.all(calls);
  for (const path of ['/page', '/download']) {
    const refused = await get(path);
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ code: 'rate_limited' });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  }
});
