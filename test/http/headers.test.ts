import { once } from 'node:events';
import { createServer, get, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import express from 'express';
import { pino } from 'pino';
import { compressTexts } from '../../src/http/compress.ts';
import { streamText } from '../../src/http/readers/stream-text.ts';
import { finished, startTestService, type TestService, uploaded, waitFor } from '../support/service.ts';

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

let service: TestService;
let requestId: string;
const lines: string[] = [];
beforeAll(async () => {
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  service = await startTestService({ TRUST_PROXY: '1' }, pino({ level: 'debug' }, sink));
  const rows = Array.from({ length: 40 }, (_, n) => `${n},Mug ${n},http://10.0.0.1/${n}.jpg\n`).join('');
  requestId = await uploaded(service.url, `S. No.,Product Name,Input Image Urls\n${rows}`);
  await finished(service.url, requestId);
});
afterAll(() => service.close());

interface Raw {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}
/** Without a library that sends headers of its own or decodes the body. */
const raw = async (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Raw> => {
  const sent = request(`${service.url}${path}`, { headers, method, agent: false }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) };
};

describe('the ids of a call', () => {
  test('are taken over, logged and sent back', async () => {
    const { headers, body } = await raw('/api/status/x', { 'X-Request-Id': 'edge-7f3:42', traceparent: TRACE });
    expect(headers).toMatchObject({ 'x-request-id': 'edge-7f3:42', traceparent: TRACE });
    expect(JSON.parse(String(body)).instance).toBe('urn:bulk-image-processor:call:edge-7f3:42');
    const logged = await waitFor(async () =>
      lines.map((line) => JSON.parse(line)).find(({ req }) => req?.id === 'edge-7f3:42'),
    );
    expect(logged.req).toMatchObject({ traceId: TRACE.split('-')[1], parentId: TRACE.split('-')[2] });
  });

  test.each([
    ['a blank', 'a b'],
    ['too long', 'x'.repeat(129)],
    ['a quote', 'a"b'],
    ['empty', ''],
  ])('are new ones where %s is in the way', async (_what, given) => {
    const { headers, body } = await raw('/api/status/x', { 'X-Request-Id': given });
    expect(headers['x-request-id']).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(JSON.parse(String(body)).instance).toBe(`urn:uuid:${headers['x-request-id']}`);
  });

  test.each([
    TRACE.replace('00-4', 'ff-4'),
    TRACE.toUpperCase(),
    `${TRACE}-more`,
    TRACE.replace(/-[0-9a-f]{32}-/, `-${'0'.repeat(32)}-`),
    'nothing',
  ])('a malformed traceparent is ignored: %s', async (traceparent) => {
    const { status, headers } = await raw('/health', { traceparent });
    expect([status, headers.traceparent]).toEqual([200, undefined]);
  });

  test('of a later version of the trace only what is known is repeated', async () => {
    const { headers } = await raw('/health', { traceparent: `${TRACE.replace('00-', '01-')}-more` });
    expect(headers.traceparent).toBe(TRACE.replace('00-', '01-'));
  });
});

test('HTTPS is promised over HTTPS only', async () => {
  expect((await raw('/health')).headers['strict-transport-security']).toBeUndefined();
  const { headers } = await raw('/health', { 'X-Forwarded-Proto': 'https', 'X-Forwarded-For': '192.0.2.1' });
  expect(headers['strict-transport-security']).toMatch(/^max-age=\d+/);
});

test.each([
  ['GET', '/api/status/x'],
  ['GET', '/api/requests?limit=0'],
  ['PUT', '/api/upload'],
  ['POST', '/api/upload'],
  ['GET', '/processed_images/x.jpg'],
  ['GET', '/assets/none.js'],
  ['GET', '/samples/none.jpg'],
  ['GET', '/docs/none'],
  ['GET', '/%E0%A4%A'],
])('the error of %s %s is not cacheable', async (method, path) => {
  for (const accept of ['*/*', 'text/html']) {
    const { status, headers } = await raw(path, { Accept: accept }, method);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(headers['cache-control']).toBe('no-store');
  }
});

describe('compression', () => {
  test.each([
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ] as const)('of JSON and CSV with %s', async (encoding, decoded) => {
    for (const path of [`/api/status/${requestId}`, `/api/output/${requestId}`, '/metrics']) {
      const plain = await raw(path);
      const packed = await raw(path, { 'Accept-Encoding': encoding });
      expect([plain.headers['content-encoding'], packed.headers['content-encoding']]).toEqual([undefined, encoding]);
      expect(packed.headers.vary).toMatch(/Accept-Encoding/);
      expect(packed.body.length).toBeLessThan(plain.body.length / 2);
      if (path !== '/metrics') expect(decoded(packed.body).toString()).toBe(plain.body.toString());
    }
  });

  test('not of small answers, events, or for those who do not want it', async () => {
    const all = { 'Accept-Encoding': 'gzip, br' };
    expect((await raw('/health', all)).headers['content-encoding']).toBeUndefined();
    expect((await raw(`/api/events/${requestId}`, all)).headers['content-encoding']).toBeUndefined();
    const status = `/api/status/${requestId}`;
    expect((await raw(status, { 'Accept-Encoding': 'identity' })).headers['content-encoding']).toBeUndefined();
    expect((await raw(status, all, 'HEAD')).body).toHaveLength(0);
  });

  test('a large table is compressed as it is read: it stays where it comes from while nobody reads', async () => {
    let made = 0;
    const TOTAL = 400;
    const rows = async function* () {
      for (made = 0; made < TOTAL; made += 1) {
        // Random, so that it fills the buffers on the way.
        yield Array.from({ length: 4_000 }, () => Math.random().toString(36)).join('\n');
      }
    };
    const app = express().use(compressTexts());
    app.get('/', async (req, res) => streamText(req, res.type('text/csv'), rows()));
    const server = createServer(app).listen(0, '127.0.0.1');
    try {
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const sent = get({ port, host: '127.0.0.1', headers: { 'Accept-Encoding': 'gzip' }, agent: false });
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      let before = -1;
      while (made !== before) {
        before = made;
        await pause(100);
      }
      expect(made).toBeLessThan(TOTAL / 2);
      expect(response.headers['content-encoding']).toBe('gzip');
      response.destroy();
      await waitFor(async () => ((await connections(server)) === 0 ? true : undefined));
    } finally {
      server.close();
    }
  });
});

const connections = (server: ReturnType<typeof createServer>): Promise<number> =>
  new Promise((resolve) => server.getConnections((_error, count) => resolve(count)));
