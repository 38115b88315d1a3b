import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { createBoundedServer } from '../../src/http/server.ts';
import { sweepUploads, uploadFileName } from '../../src/http/uploads/upload-files.ts';
import { startTestService, type TestService, upload, uploaded, waitFor } from '../support/service.ts';

const HEADER = 'S. No.,Product Name,Input Image Urls\n';
const GOOD = `${HEADER}1,Mug,http://10.0.0.1/a.jpg\n`;

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ MAX_UPLOAD_BYTES: String(20 * 1024 * 1024), MAX_QUEUED_IMAGES: '100' });
});
afterAll(() => service.close());

const leftovers = () => readdir(join(service.directory, 'data', 'uploads'));

/** Sends raw bytes; resolves to everything received until the connection closes. */
const raw = async (url: string, text: string): Promise<string> => {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  socket.on('error', () => undefined);
  socket.write(text);
  await once(socket, 'close');
  return answer;
};

const csvFault = async (csv: string | Uint8Array): Promise<string> => {
  const response = await upload(service.url, csv);
  expect(response.status).toBe(422);
  return ((await response.json()) as { errors: { code: string }[] }).errors[0]?.code ?? '';
};

test.each([
  ['10,000 columns', `${Array.from({ length: 10_000 }, (_, at) => `c${at}`).join(',')}\n`, 'csv_too_many_columns'],
  ['a cell of 10 MB', `${HEADER}1,${'x'.repeat(10 * 1024 * 1024)},http://10.0.0.1/a.jpg\n`, 'csv_row_too_long'],
  ['only delimiters', `${','.repeat(1_040_000)}\n`.repeat(2), 'csv_empty'],
  ['delimiters below the header', `${HEADER}${`${','.repeat(1_040_000)}\n`.repeat(2)}`, 'csv_no_rows'],
  ['delimiters that end in text', `${HEADER}${','.repeat(1_040_000)}x\n`, 'csv_too_many_columns'],
  ['empty quoted cells', `${HEADER}${'"",'.repeat(340_000)}\n`, 'csv_too_many_columns'],
  ['a name of 500 kB', `${HEADER}1,${'x'.repeat(500_000)},http://10.0.0.1/a.jpg\n`, 'csv_value_too_long'],
  ['a NUL byte', `${HEADER}1,Mu\0g,http://10.0.0.1/a.jpg\n`, 'csv_not_text'],
  ['a quote that never closes', `${HEADER}1,"Mug,http://10.0.0.1/a.jpg\n`, 'csv_unclosed_quote'],
  [
    'a Latin-1 line among UTF-8',
    Buffer.concat([Buffer.from(`${HEADER}1,ü`), Buffer.from([0xfc, 0x0a])]),
    'csv_invalid_encoding',
  ],
] as [string, string | Uint8Array, string][])('%s is answered with its code', async (_, csv, code) => {
  expect(await csvFault(csv)).toBe(code);
});

test.each([['../../../../tmp/evil.csv'], ['/etc/passwd'], ['..\\..\\evil.csv'], ['a\0b.csv']])(
  'a file name %j is not used as a path',
  async (name) => {
    const form = new FormData();
    form.set('file', new Blob([GOOD]), name);
    const { status } = await fetch(`${service.url}/api/upload`, { method: 'POST', body: form });
    expect([202, 400]).toContain(status);
    expect(await leftovers()).toEqual([]);
  },
);

test.each(['quality[$gt]', '__proto__', 'constructor[prototype][x]', 'a'.repeat(200)])(
  'the field %s is rejected',
  async (name) => {
    expect((await upload(service.url, GOOD, { [name]: '1' })).status).toBe(400);
  },
);

test('rejects a duplicate field, too many fields and a huge value', async () => {
  const send = async (fields: [string, string][]): Promise<number> => {
    const form = new FormData();
    for (const [name, value] of fields) form.append(name, value);
    form.append('file', new Blob([GOOD]), 'a.csv');
    return (await fetch(`${service.url}/api/upload`, { method: 'POST', body: form })).status;
  };
  expect(
    await send([
      ['quality', '1'],
      ['quality', '2'],
    ]),
  ).toBe(400);
  expect(await send(Array.from({ length: 40 }, (_, at) => [`f${at}`, 'x']))).toBe(400);
  expect(await send([['webhookUrl', 'x'.repeat(100_000)]])).toBe(400);
});

test.each(['after[$gt]=', '$where=1', 'limit[]=1', 'limit=1&limit=2', 'nothing=1', '__proto__=1'])(
  'the query %s is rejected',
  async (query) => {
    const id = await uploaded(service.url, GOOD);
    const response = await fetch(`${service.url}/api/status/${id}?${query}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'invalid_field' });
  },
);

test.each([
  `/api/status/${'a'.repeat(12_000)}`,
  '/api/status/..%2f..%2fetc',
  '/api/status/%7B%22$gt%22:1%7D',
  '/api/status/%ff',
  '/api/%2e%2e/x',
])('%# an unusual path is answered with 4xx', async (path) => {
  const response = await fetch(`${service.url}${path}`);
  expect(response.status).toBeGreaterThanOrEqual(400);
  expect(response.status).toBeLessThan(500);
  expect((await response.text()).length).toBeLessThan(1_000);
});

test('credentials in URLs are redacted in the status but not in the output', async () => {
  const id = await uploaded(service.url, `${HEADER}1,Mug,http://bob:hunter2@10.0.0.1/a.jpg?token=s3cret&w=1\n`);
  const text = await (await fetch(`${service.url}/api/status/${id}`)).text();
  expect(text).toContain('http://bob:***@10.0.0.1/a.jpg?token=***&w=1');
  const output = await waitFor(async () => {
    const response = await fetch(`${service.url}/api/output/${id}`);
    return response.ok ? response.text() : null;
  });
  expect(output).toContain('http://bob:hunter2@10.0.0.1/a.jpg?token=s3cret&w=1');
});

test('a quota error includes the limit', async () => {
  const response = await upload(service.url, `${HEADER}1,Mug,"${'http://10.0.0.1/a.jpg,'.repeat(101)}"\n`);
  expect(response.status).toBe(429);
  expect(await response.json()).toMatchObject({
    code: 'quota_exceeded',
    limit: 100,
    detail: expect.stringContaining('100'),
  });
});

test('an interrupted upload leaves no file', async () => {
  const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
  socket.write('POST /api/upload HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n');
  socket.write('Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n');
  socket.write('Content-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nhalf of it');
  await waitFor(async () => (await leftovers()).length === 1);
  socket.destroy();
  await waitFor(async () => (await leftovers()).length === 0);
});

test('rejects a Content-Length above the limit before the body is sent', async () => {
  const answer = await raw(
    service.url,
    'POST /api/upload HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 99999999999\r\n\r\n',
  );
  expect(answer).toMatch(/^HTTP\/1.1 413 /);
});

test('oversized headers and invalid HTTP are problem documents too', async () => {
  const large = await raw(service.url, `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`);
  expect(large).toMatch(/^HTTP\/1.1 431 /);
  expect(large).toContain('"code":"headers_too_large"');
  const garbage = await raw(service.url, 'HELLO\r\n\r\n');
  expect(garbage).toMatch(/^HTTP\/1.1 400 /);
  expect(garbage).toContain('"code":"invalid_request"');
});

test('headers that never end are timed out', async () => {
  const server = createBoundedServer((_req, res) => res.end(), 100);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const answer = await raw(`http://127.0.0.1:${port}`, 'GET / HTTP/1.1\r\nHost: x\r\n');
  expect(answer).toMatch(/^HTTP\/1.1 408 /);
  expect(answer).toContain('"code":"request_timeout"');
  server.close();
});

test('the sweep removes only files of dead processes', async () => {
  const directory = join(service.directory, 'sweep');
  await mkdir(directory);
  const marks = (pid: number) => (pid === process.pid ? 'alive@boot' : null);
  const mine = uploadFileName(marks);
  const dead = mine.replace(`.${process.pid}.`, '.999999.');
  const foreign = 'elsewhere.1.x.y';
  for (const name of [mine, dead, foreign]) await writeFile(join(directory, name), 'x');
  expect(await sweepUploads(directory, marks, Date.now())).toBe(1);
  expect((await readdir(directory)).sort()).toEqual([foreign, mine].sort());
  expect(await sweepUploads(directory, marks, Date.now() + 2 * 60 * 60_000)).toBe(1);
});
