import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express, { type Request, type Response } from 'express';
import { pino } from 'pino';
import { pinoHttp } from 'pino-http';
import { answerErrors } from '../../src/http/problem.ts';
import { createBoundedServer } from '../../src/http/server.ts';
import { receiveBody } from '../../src/http/uploads/reading/receive.ts';
import { createTemporaryFiles } from '../../src/http/uploads/temporary-files.ts';
import { startTestService, type TestService, upload, uploaded, waitFor } from '../support/service.ts';

const HEADER = 'S. No.,Product Name,Input Image Urls\n';
const rowsOf = (count: number, urls = 1): string =>
  Array.from({ length: count }, (_, at) => `${at},P,"${'http://10.0.0.1/a.jpg,'.repeat(urls)}"\n`).join('');

let service: TestService;
beforeAll(async () => {
  service = await startTestService({
    MAX_ROWS: '7',
    MAX_URLS: '23',
    MAX_UPLOAD_BYTES: '5000',
    MAX_QUEUED_IMAGES: '20',
    RATE_LIMIT_UPLOADS_PER_MINUTE: '17',
  });
});
afterAll(() => service.close());

test.each([
  ['rows', rowsOf(8), 422, 'csv_too_many_rows', '7'],
  ['URLs', rowsOf(2, 12), 422, 'csv_too_many_urls', '23'],
  ['bytes', rowsOf(1, 300), 413, 'upload_too_large', '5000'],
  ['unfinished images', rowsOf(1, 21), 429, 'quota_exceeded', '20'],
])('too many %s are rejected with the limit', async (_what, rows, status, code, number) => {
  const response = await upload(service.url, HEADER + rows);
  expect(response.status).toBe(status);
  const problem = (await response.json()) as {
    code: string;
    detail: string;
    errors?: { code: string; message: string }[];
  };
  const [code_, message] = problem.errors
    ? [problem.errors[0]?.code, problem.errors[0]?.message]
    : [problem.code, problem.detail];
  expect(code_).toBe(code);
  expect(message?.replaceAll(',', '')).toContain(number);
});

test('too many uploads per minute are rejected with the limit, and reads are not limited', async () => {
  const id = await uploaded(service.url, HEADER + rowsOf(1));
  const answers = await waitFor(async () => {
    const response = await upload(service.url, HEADER + rowsOf(1));
    return response.status === 429 && ((await response.json()) as { code: string; detail: string });
  });
  expect(answers).toMatchObject({ code: 'rate_limited', detail: expect.stringContaining('17 uploads') });
  const statuses = await Promise.all(Array.from({ length: 40 }, () => fetch(`${service.url}/api/status/${id}`)));
  expect(statuses.every(({ status }) => status === 200)).toBe(true);
});

test('without CORS_ORIGINS no page of another origin may call', async () => {
  const Origin = 'https://evil.example';
  for (const path of ['/health', '/api/requests', '/docs/openapi.json']) {
    const { headers, body } = await fetch(`${service.url}${path}`, { headers: { Origin } });
    await body?.cancel();
    expect([path, headers.get('access-control-allow-origin')]).toEqual([path, null]);
  }
  const preflight = await fetch(`${service.url}/api/upload`, {
    method: 'OPTIONS',
    headers: { Origin, 'Access-Control-Request-Method': 'POST' },
  });
  expect([...preflight.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
});

test('the content security policy allows only images from other origins, and nothing inline', async () => {
  const { headers, body } = await fetch(`${service.url}/`);
  await body?.cancel();
  const policy = headers.get('content-security-policy') ?? '';
  // The originals, which the page shows next to the results (docs/decisions/0031).
  const images = "img-src 'self' data: http: https:;";
  expect(policy).toContain(images);
  expect(policy.replace(images, '')).not.toMatch(/unsafe|\*|https?:/);
  for (const part of [
    "default-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
  ]) {
    expect(policy).toContain(part);
  }
});

test('every wait for a client has a time limit', () => {
  const server = createBoundedServer(() => undefined);
  expect(server).toMatchObject({ headersTimeout: 20_000, requestTimeout: 600_000, keepAliveTimeout: 65_000 });
});

test('a stalled upload is answered with 408 and leaves no file', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'stall-'));
  const receive = async (req: Request, res: Response): Promise<void> => {
    const files = createTemporaryFiles(directory, () => 'received');
    const receiving = { files, signal: new AbortController().signal, received: () => undefined };
    await receiveBody(req, res, { maxUploadBytes: 1000, stallMs: 200 }, receiving).finally(() => files.discard());
  };
  const app = express()
    .use(pinoHttp({ logger: pino({ level: 'silent' }) }))
    .use(receive)
    .use(answerErrors(() => false));
  const server = createBoundedServer(app);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  socket.write(
    'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\nContent-Type: multipart/form-data; boundary=x\r\n\r\n',
  );
  socket.write('--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nhalf of it');
  await waitFor(async () => answer.includes('\r\n\r\n'));
  expect(answer).toMatch(/^HTTP\/1.1 408 /);
  expect(answer).toContain('"code":"request_timeout"');
  socket.destroy();
  await waitFor(async () => (await readdir(directory)).length === 0);
  server.closeAllConnections();
  server.close();
  await rm(directory, { recursive: true });
});
