import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { startTestService, type TestService, waitFor } from '../../support/service.ts';

const GOOD = 'Name,Image\r\nMug,http://10.0.0.1/a.jpg\r\n';

let service: TestService;
let server: Server;
let handler: RequestListener;
let requests = 0;
let link: string;
beforeAll(async () => {
  service = await startTestService({ MAX_UPLOAD_BYTES: '50000' });
  server = createServer((req, res) => {
    requests += 1;
    handler(req, res);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  link = `http://127.0.0.1:${(server.address() as AddressInfo).port}/products.csv`;
});
beforeEach(() => {
  requests = 0;
});
afterEach(async () => waitFor(async () => (await readdir(join(service.directory, 'data', 'uploads'))).length === 0));
afterAll(async () => {
  await service.close();
  server.closeAllConnections();
  server.close();
});

const serve =
  (body: string | Buffer, type = 'text/csv', status = 200): RequestListener =>
  (_req, res) =>
    res.writeHead(status, { 'Content-Type': type }).end(body);

const send = async (
  fields: object,
  headers: Record<string, string> = {},
  path = '/api/upload',
  signal?: AbortSignal,
) => {
  const response = await fetch(`${service.url}${path}`, {
    method: 'POST',
    body: JSON.stringify(fields),
    headers: { 'Content-Type': 'application/json', ...headers },
    ...(signal === undefined ? {} : { signal }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

test.each([
  ['plain', GOOD],
  ['compressed', gzipSync(GOOD)],
])('a %s file is downloaded, in an upload and in a preview', async (_what, body) => {
  handler = serve(body);
  const found = { rows: 1, images: 1, columns: { images: ['Image'] } };
  expect(await send({ fileUrl: ` ${link} ` })).toMatchObject({ status: 202, body: { file: found } });
  expect(await send({ fileUrl: link }, {}, '/api/preview')).toMatchObject({ status: 200, body: { file: found } });
});

test('forms and the query have the field too', async () => {
  handler = serve(GOOD);
  const post = (query: string, init: RequestInit) =>
    fetch(`${service.url}/api/upload${query}`, { method: 'POST', ...init });
  const form = new FormData();
  form.set('fileUrl', link);
  form.set('file', '');
  expect((await post('', { body: form })).status).toBe(202);
  expect((await post('', { body: new URLSearchParams({ fileUrl: link }) })).status).toBe(202);
  const query = `?fileUrl=${encodeURIComponent(link)}`;
  expect((await post(query, { body: '', headers: { 'Content-Type': 'text/csv' } })).status).toBe(202);
});

test.each<[string, RequestListener, number, string, RegExp]>([
  ['a login page', serve('<!doctype html><title>Sign in</title>', 'text/html'), 422, 'file_not_fetched', /web page/],
  ['nothing', serve('', 'text/plain', 404), 422, 'file_not_fetched', /404/],
  ['no access', serve('', 'text/plain', 403), 422, 'file_not_fetched', /Share/],
  ['too much', serve('x'.repeat(50_001)), 413, 'upload_too_large', /50000/],
  ['a bomb', serve(gzipSync(Buffer.alloc(10_000_000))), 413, 'upload_too_large', /50000/],
  [
    'a private address',
    (_req, res) => res.writeHead(302, { Location: 'http://10.0.0.1/a.csv' }).end(),
    422,
    'file_not_fetched',
    /private/,
  ],
  [
    'a cut answer',
    (_req, res) => {
      res.writeHead(200, { 'Content-Length': '500' });
      res.write('Name');
      setImmediate(() => res.destroy());
    },
    422,
    'file_not_fetched',
    /connection/i,
  ],
])('a link that gives %s is refused with the reason', async (_what, listener, status, code, detail) => {
  handler = listener;
  const answer = await send({ fileUrl: link });
  expect(answer).toMatchObject({ status, body: { code, detail: expect.stringMatching(detail) } });
  if (code === 'file_not_fetched')
    expect(answer.body.errors).toEqual([{ field: 'fileUrl', message: answer.body.detail }]);
});

test('a file next to a link, and what is no link, are refused without a download', async () => {
  handler = serve(GOOD);
  const refused = { status: 400, body: { code: 'invalid_field', errors: [{ field: 'fileUrl' }] } };
  expect(await send({ fileUrl: link, csv: GOOD })).toMatchObject(refused);
  expect(await send({ fileUrl: 'ftp://x.example/a.csv' })).toMatchObject(refused);
  expect(requests).toBe(0);
});

test('the same key and link are the same upload, whatever the link gives by then', async () => {
  handler = serve(GOOD);
  const key = { 'Idempotency-Key': 'link-1' };
  const first = await send({ fileUrl: link }, key);
  handler = serve(`${GOOD}Cup,http://10.0.0.1/b.jpg\n`);
  expect((await send({ fileUrl: link }, key)).body.requestId).toBe(first.body.requestId);
  expect(await send({ fileUrl: `${link}?2` }, key)).toMatchObject({
    status: 422,
    body: { code: 'idempotency_key_reused' },
  });
});

test('the download ends when the client leaves', async () => {
  let closed = false;
  handler = (req, res) => {
    req.once('close', () => {
      closed = true;
    });
    res.writeHead(200).write('Name,');
  };
  const leaving = new AbortController();
  const sent = send({ fileUrl: link }, {}, '/api/upload', leaving.signal).catch(() => 'left');
  await waitFor(async () => requests === 1);
  leaving.abort();
  expect(await sent).toBe('left');
  await waitFor(async () => closed);
});
