import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { startTestService, type TestService, waitFor } from '../../support/service.ts';

const MIB = 1024 ** 2;
const GOOD = 'Name,Image\r\nMug,http://10.0.0.1/ü.jpg\r\n';
const ENCODINGS = [undefined, 'gzip'] as const;

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ MAX_UPLOAD_BYTES: String(4 * MIB), MAX_ROW_BYTES: String(4 * MIB) });
});
afterAll(() => service.close());
const left = () => readdir(join(service.directory, 'data', 'uploads'));
afterEach(async () => expect(await left()).toEqual([]));

interface Answer {
  readonly status: number;
  readonly body: { requestId: string; code: string; detail: string; file: { images: number } };
}
const answerOf = async (response: Response): Promise<Answer> => ({
  status: response.status,
  body: (await response.json()) as Answer['body'],
});
const send = async (
  body: NonNullable<RequestInit['body']>,
  headers: Record<string, string> = {},
  query = '',
): Promise<Answer> => answerOf(await fetch(`${service.url}/api/upload${query}`, { method: 'POST', body, headers }));
const sendForm = (fields: Readonly<Record<string, string | Blob>>): Promise<Answer> => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string') form.append(name, value);
    else form.append(name, value, 'a.csv.gz');
  }
  return send(form);
};
const optionsOf = async ({ body }: Answer) => {
  const status = await fetch(`${service.url}/api/status/${body.requestId}`);
  const { options, products } = (await status.json()) as {
    options: object;
    products: { images: { inputUrl: string }[] }[];
  };
  return { options, url: products[0]?.images[0]?.inputUrl };
};

describe('a body that is the file', () => {
  test.each([
    'text/csv',
    'text/csv; charset=utf-8; header=present',
    'text/plain',
    'text/tab-separated-values',
    'application/csv',
    'application/vnd.ms-excel',
    'application/octet-stream',
  ])('%s, plain and compressed, with options in the query', async (type) => {
    for (const encoding of ENCODINGS) {
      const bytes = encoding === undefined ? Buffer.from(GOOD) : gzipSync(GOOD);
      const headers = { 'Content-Type': type, ...(encoding === undefined ? {} : { 'Content-Encoding': encoding }) };
      const answer = await send(bytes, headers, '?quality=61&format=WEBP&imageColumns=Image');
      expect([answer.body, answer.status]).toEqual([expect.anything(), 202]);
      expect(await optionsOf(answer)).toMatchObject({
        options: { quality: 61, format: 'webp' },
        url: 'http://10.0.0.1/ü.jpg',
      });
    }
  });

  test('repeats an upload with the same key, and refuses the key for another file', async () => {
    const headers = { 'Content-Type': 'text/csv', 'Idempotency-Key': 'raw-1' };
    const first = await send(GOOD, headers);
    expect((await send(GOOD, headers)).body.requestId).toBe(first.body.requestId);
    expect(await send(`${GOOD}Cup,http://10.0.0.1/b.jpg\n`, headers)).toMatchObject({ status: 422 });
  });

  test.each([
    ['unknown options', '?qualty=5', GOOD, 400, 'invalid_field'],
    ['no bytes', '', '', 400, 'no_file'],
    ['too many bytes', '', 'x'.repeat(4 * MIB + 1), 413, 'upload_too_large'],
  ])('with %s is rejected', async (_what, query, body, status, code) => {
    expect(await send(body, { 'Content-Type': 'text/csv' }, query)).toMatchObject({ status, body: { code } });
  });

  test.each([
    ['is endless', 413, 'upload_too_large', (chunk: string) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`],
    ['is cut off', null, '', () => null],
  ])('that %s leaves no file', async (_what, status, code, frame) => {
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1').on('error', () => undefined);
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    const framing = status === null ? 'Content-Length: 1000000' : 'Transfer-Encoding: chunked';
    socket.write(`POST /api/upload HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\n${framing}\r\n\r\n`);
    if (status === null) {
      socket.write(GOOD);
      await waitFor(async () => (await left()).length === 1);
      socket.destroy();
    } else {
      for (let sent = 0; sent < 5; sent += 1) socket.write(frame('x'.repeat(MIB)) ?? '');
      await waitFor(async () => answer.includes(`"code":"${code}"`));
      expect(answer).toMatch(/^HTTP\/1\.1 413 /);
      socket.destroy();
    }
    await waitFor(async () => (await left()).length === 0);
  });
});

describe('compressed files', () => {
  const BOMB = gzipSync(Buffer.alloc(200 * MIB, 'a'));

  test('a .csv.gz in a form is inflated', async () => {
    expect(await sendForm({ file: new Blob([gzipSync(GOOD)]) })).toMatchObject({
      status: 202,
      body: { file: { images: 1 } },
    });
  });

  test('a bomb ends at the limit of an upload, in a form and as a body', async () => {
    const bomb = { status: 413, body: { code: 'upload_too_large' } };
    expect(await sendForm({ file: new Blob([BOMB]) })).toMatchObject(bomb);
    expect(await send(BOMB, { 'Content-Type': 'text/csv' })).toMatchObject(bomb);
    expect(await send(BOMB, { 'Content-Type': 'text/csv', 'Content-Encoding': 'gzip' })).toMatchObject(bomb);
    expect(await send(BOMB, { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' })).toMatchObject(bomb);
  });

  test('damaged data is named', async () => {
    const half = gzipSync(GOOD.repeat(50)).subarray(0, 50);
    const damaged = { status: 400, body: { code: 'invalid_request', detail: expect.stringContaining('gzip') } };
    expect(await sendForm({ file: new Blob([half]) })).toMatchObject(damaged);
    expect(await send(half, { 'Content-Type': 'text/csv', 'Content-Encoding': 'gzip' })).toMatchObject(damaged);
    expect(await send(GOOD, { 'Content-Type': 'text/csv', 'Content-Encoding': 'gzip' })).toMatchObject(damaged);
  });
});

describe('a CSV as a text field', () => {
  test.each(['file', 'csv'])('%s of a form is the file', async (name) => {
    expect(await sendForm({ [name]: GOOD, quality: '61' })).toMatchObject({
      status: 202,
      body: { file: { images: 1 } },
    });
  });

  test('is accepted in URL-encoded forms and in JSON, with options of any type', async () => {
    expect(await send(new URLSearchParams({ csv: GOOD, quality: '61' }))).toMatchObject({ status: 202 });
    const json = { file: GOOD, quality: 61, format: 'png', bom: true, webhookUrl: null, imageColumns: ['Image'] };
    const answer = await send(JSON.stringify(json), { 'Content-Type': 'application/json' });
    expect([answer.body, answer.status]).toEqual([expect.anything(), 202]);
    expect((await optionsOf(answer)).options).toMatchObject({ quality: 61, format: 'png' });
  });

  test.each([
    ['beyond 1 MiB', 'x'.repeat(MIB + 1), 413, 'upload_too_large', '-F file=@products.csv'],
    ['with the name of the file', 'products.csv', 400, 'no_file', '-F file=@products.csv'],
    [
      'in another encoding',
      'Name,Image\n\uFFFD,http://10.0.0.1/a.jpg\n',
      400,
      'invalid_request',
      '-F file=@products.csv',
    ],
  ])('%s is refused saying what to send', async (_what, text, status, code, advice) => {
    expect(await sendForm({ file: text })).toMatchObject({
      status,
      body: { code, detail: expect.stringContaining(advice) },
    });
  });

  test('next to a file, or twice, is refused', async () => {
    expect(await sendForm({ csv: GOOD, file: new Blob([GOOD]) })).toMatchObject({ body: { code: 'too_many_files' } });
    expect(await sendForm({ csv: GOOD, file: GOOD })).toMatchObject({ body: { code: 'too_many_files' } });
    expect(await sendForm({ csv: ' ', file: new Blob([GOOD]) })).toMatchObject({ status: 202 });
  });

  test('other fields keep their limit, and many large ones end the upload', async () => {
    expect(await sendForm({ nameColumn: 'x'.repeat(20_000), file: new Blob([GOOD]) })).toMatchObject({ status: 400 });
    const many = Object.fromEntries(Array.from({ length: 15 }, (_, at) => [`field${at}`, 'x'.repeat(MIB)]));
    expect(await sendForm({ ...many, file: new Blob([GOOD]) })).toMatchObject({ status: 413 });
  });
});

test.each([
  [
    'a CSV without line breaks, as curl -d sends it',
    'application/x-www-form-urlencoded',
    'Name,ImageMug,http://x/a.jpg',
    400,
    'no_file',
  ],
  ['a CSV as a form', 'application/x-www-form-urlencoded', GOOD, 400, 'no_file'],
  ['broken JSON', 'application/json', '{', 400, 'invalid_request'],
  ['a JSON list', 'application/json', '[]', 400, 'invalid_request'],
  ['JSON with an object', 'application/json', `{"csv":"a\\nb","quality":{"$gt":1}}`, 400, 'invalid_field'],
  ['an empty form', 'application/x-www-form-urlencoded', 'quality=5', 400, 'no_file'],
  ['another type', 'application/pdf', GOOD, 415, 'unsupported_media_type'],
  ['HTML', 'text/html', GOOD, 415, 'unsupported_media_type'],
])('%s is refused with its code', async (_what, type, body, status, code) => {
  const answer = await send(body, { 'Content-Type': type });
  expect(answer).toMatchObject({ status, body: { code } });
  if (code === 'no_file' || status === 415) expect(answer.body.detail).toContain('-F file=@products.csv');
});

test('another encoding, and a compressed form, are refused with advice', async () => {
  expect(await send(GOOD, { 'Content-Type': 'text/csv', 'Content-Encoding': 'br' })).toMatchObject({ status: 415 });
  const type = { 'Content-Type': 'multipart/form-data; boundary=x', 'Content-Encoding': 'gzip' };
  expect(await send(gzipSync('x'), type)).toMatchObject({
    ...{ status: 415, body: { detail: expect.stringContaining('products.csv.gz') } },
  });
});
