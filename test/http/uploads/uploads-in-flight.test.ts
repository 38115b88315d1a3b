import { once } from 'node:events';
import { readdir, stat } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { startTestService, type TestService, upload, waitFor } from '../../support/service.ts';

const GOOD = 'S. No.,Product Name,Input Image Urls\n1,Mug,http://10.0.0.1/a.jpg\n';
const MIB = 1024 ** 2;

let service: TestService;
beforeAll(async () => {
  service = await startTestService({
    ...{ MAX_UPLOADS_IN_FLIGHT: '16', MAX_UPLOAD_BYTES: String(4 * MIB), MAX_UPLOAD_BYTES_IN_FLIGHT: String(20 * MIB) },
    TRUST_PROXY: 'loopback',
  });
});
afterAll(() => service.close());

const onDisk = async (): Promise<number[]> => {
  const folder = join(service.directory, 'data', 'uploads');
  const sizes = (await readdir(folder)).map((name) =>
    stat(join(folder, name)).then(
      ({ size }) => [size],
      // Removed since it was listed.
      () => [],
    ),
  );
  return (await Promise.all(sizes)).flat();
};

interface Slow {
  readonly socket: Socket;
  /** The response, once received. */
  readonly answer: () => string;
}

const slow: Slow[] = [];
/** An upload that sends only part of its announced body. */
const beginSlow = async (announced: number, sent: number, client: string, headers = ''): Promise<Slow> => {
  const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => (answer += chunk)).on('error', () => undefined);
  await once(socket, 'connect');
  const head = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n';
  socket.write(
    `POST /api/upload HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: ${client}\r\nContent-Length: ${announced}\r\n${headers}Content-Type: multipart/form-data; boundary=x\r\n\r\n`,
  );
  if (headers === '') socket.write(`${head}${'x'.repeat(sent)}`);
  const each = { socket, answer: () => answer };
  slow.push(each);
  return each;
};
afterEach(async () => {
  for (const { socket } of slow.splice(0)) socket.destroy();
  await waitFor(async () => (await onDisk()).length === 0);
});

const from = (client: string): Promise<Response> => {
  const form = new FormData();
  form.set('file', new Blob([GOOD]), 'a.csv');
  return fetch(`${service.url}/api/upload`, { method: 'POST', body: form, headers: { 'X-Forwarded-For': client } });
};

test('12 slow uploads use no more disk than the limit, and others are accepted meanwhile', async () => {
  let most = 0;
  const held = async (): Promise<number> => {
    const bytes = (await onDisk().catch(() => [])).reduce((sum, size) => sum + size, 0);
    most = Math.max(most, bytes);
    return bytes;
  };
  for (let n = 0; n < 12; n += 1) await beginSlow(4 * MIB, 3 * MIB, '203.0.113.1');
  // One client may use 10 MiB: two of these.
  await waitFor(async () => (await held()) >= 2 * 2.9 * MIB);
  expect((await from('203.0.113.2')).status).toBe(202);
  const answered = () => slow.map(({ answer }) => answer()).filter((answer) => answer.includes('\r\n\r\n'));
  await waitFor(async () => (await held()) >= 0 && answered().length >= 10, 40_000);
  expect(most).toBeLessThan(10 * MIB);
  for (const answer of answered()) {
    // Those without a place, and those that lost theirs because they sent nothing.
    if (answer.startsWith('HTTP/1.1 408 ')) expect(answer).toContain('"code":"request_timeout"');
    else {
      expect(answer).toMatch(/^HTTP\/1\.1 429 /);
      expect(answer).toMatch(/^Retry-After: 10\r$/m);
      expect(answer).toContain('"code":"too_many_uploads"');
    }
  }
});

test('accepts 100 concurrent small uploads of one client', async () => {
  const answers = await Promise.all(Array.from({ length: 100 }, () => upload(service.url, GOOD)));
  expect(answers.map(({ status }) => status)).toEqual(Array(100).fill(202));
});

test('a client with Expect: 100-continue is rejected before it sends its body, or gets 100 Continue', async () => {
  const asking = 'Expect: 100-continue\r\n';
  const large = await beginSlow(100 * MIB, 0, '203.0.113.3', asking);
  await waitFor(async () => large.answer() !== '');
  expect(large.answer()).toMatch(/^HTTP\/1\.1 413 /);
  const fits = await beginSlow(MIB, 0, '203.0.113.3', asking);
  await waitFor(async () => fits.answer() !== '');
  expect(fits.answer()).toBe('HTTP/1.1 100 Continue\r\n\r\n');
});

test('a full disk rejects uploads with its code and Retry-After', async () => {
  const full = await startTestService({ MIN_FREE_DISK_BYTES: String(Number.MAX_SAFE_INTEGER) });
  try {
    const response = await upload(full.url, GOOD);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '60']);
    expect(await response.json()).toMatchObject({ code: 'disk_full' });
    expect((await fetch(`${full.url}/ready`)).status).toBe(200);
  } finally {
    await full.close();
  }
});
