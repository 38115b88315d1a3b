import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import request from 'supertest';
import { startTestService, type TestService } from '../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.close());

const HEADER = 'S. No.,Product Name,Input Image Urls\n';
const GOOD = `${HEADER}1,Mug,https://images.example/mug.jpg\n`;
const post = () => request(service.url).post('/api/upload');
const leftovers = () => readdir(join(service.directory, 'data', 'uploads'));

describe('every error is a problem document', () => {
  test.each([
    ['GET', '/nothing', 404, 'route_not_found'],
    ['POST', '/', 405, 'method_not_allowed'],
    ['GET', '/api/status/unknown', 404, 'request_not_found'],
    ['GET', '/api/status/0190a6f0-0000-4000-8000-000000000000', 404, 'request_not_found'],
    ['GET', '/api/output/0190a6f0-0000-4000-8000-000000000000', 404, 'request_not_found'],
    ['GET', '/api/status/%00', 404, 'request_not_found'],
    ['GET', '/api/status/%E0%A4%A', 400, 'invalid_request'],
    ['GET', '/api/upload', 405, 'method_not_allowed'],
    ['DELETE', '/api/status/x', 405, 'method_not_allowed'],
    ['POST', '/processed_images/x.jpg', 405, 'method_not_allowed'],
    ['GET', '/processed_images/x.jpg', 404, 'image_not_found'],
    ['GET', '/processed_images/0190a6f0-0000-4000-8000-000000000000.jpg', 404, 'image_not_found'],
    ['GET', '/processed_images/..%2f..%2fpackage.json', 404, 'image_not_found'],
    ['GET', '/processed_images/', 404, 'route_not_found'],
    ['POST', '/api/upload', 415, 'unsupported_media_type'],
  ])('%s %s answers %i %s', async (method, path, status, code) => {
    const response = await fetch(`${service.url}${path}`, { method });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    const problem = (await response.json()) as Record<string, unknown>;
    expect(problem).toMatchObject({ status, code, type: `urn:bulk-image-processor:problem:${code}` });
    expect(problem.instance).toBe(`urn:uuid:${response.headers.get('x-request-id')}`);
    expect(String(problem.detail).length).toBeGreaterThan(10);
  });

  test('405 lists the supported methods', async () => {
    const response = await request(service.url).put('/api/upload');
    expect(response.headers.allow).toBe('POST');
  });
});

describe('POST /api/upload', () => {
  test('answers 202 with the id and the path of the status', async () => {
    const response = await post().attach('file', Buffer.from(GOOD), 'products.csv');
    expect(response.status).toBe(202);
    expect(response.body.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(response.headers.location).toBe(`/api/status/${response.body.requestId}`);
    const status = await request(service.url).get(response.headers.location ?? '');
    expect(status.status).toBe(200);
    expect(status.body).toMatchObject({ requestId: response.body.requestId, progress: { total: 1 } });
  });

  test('accepts the file under any field name', async () => {
    expect((await post().attach('csv', Buffer.from(GOOD), 'anything')).status).toBe(202);
  });

  test('rejects an upload without a file', async () => {
    const response = await post().field('quality', '40');
    expect(response.status).toBe(400);
    expect(response.body.code).toBe('no_file');
  });

  test('rejects two files', async () => {
    const response = await post().attach('a', Buffer.from(GOOD), 'a.csv').attach('b', Buffer.from(GOOD), 'b.csv');
    expect(response.status).toBe(400);
    expect(response.body.code).toBe('too_many_files');
  });

  test.each([
    ['quality', '0'],
    ['quality', '101'],
    ['quality', 'high'],
    ['format', 'gif'],
    ['mozjpeg', 'maybe'],
    ['maxWidth', '0'],
    ['maxHeight', '65501'],
    ['maxWidth', '80%'],
    ['background', 'ivory'],
    ['metadata', 'gps'],
    ['background', '#12345'],
    ['outputs', 'jpeg'],
    ['outputs', 'gif:50'],
    ['outputs', 'jpeg:0'],
    ['outputs', 'jpeg:101'],
    ['outputs', 'jpeg:50:0'],
    ['outputs', 'jpeg:50:65501'],
    ['outputs', 'jpeg:50:'],
    ['outputs', 'jpeg:50:800:600'],
    ['outputs', 'jpeg:50,'],
    ['outputs', ',jpeg:50'],
    ['outputs', 'jpeg:5e1'],
    ['outputs', 'jpeg:1,jpeg:2,jpeg:3,jpeg:4,jpeg:5,jpeg:6'],
    ['progressive', '2'],
    ['onInvalidRow', 'ignore'],
    ['webhookUrl', 'ftp://shop.example'],
    ['webhookUrl', 'not a url'],
    ['webhookSecret', 'hunter2'],
    ['qualty', '50'],
  ])('rejects %s=%s and names the field', async (name, value) => {
    const response = await post().field(name, value).attach('file', Buffer.from(GOOD), 'products.csv');
    expect(response.status).toBe(400);
    expect(response.body.code).toBe('invalid_field');
    expect(response.body.errors[0].field).toBe(name);
  });

  test.each([
    [
      { webhookUrl: '', webhookSecret: ' ', quality: '', format: '', mozjpeg: '', imageColumns: ' , ', nameColumn: '' },
      {},
    ],
    [{ format: 'jpg', quality: ' 61 ' }, { quality: 61 }],
    [
      { maxWidth: ' 800', maxHeight: '', background: 'FA3' },
      { maxWidth: 800, background: '#ffaa33' },
    ],
    [{ metadata: ' Rights' }, { metadata: 'rights' }],
    [{ metadata: 'none' }, {}],
    [
      { maxHeight: '1', background: ' #00FF7f ' },
      { maxHeight: 1, background: '#00ff7f' },
    ],
    [
      { format: 'JPG', mozjpeg: '1', progressive: 'Yes' },
      { mozjpeg: true, progressive: true },
    ],
    [{ format: ' JPEG', mozjpeg: 'on', progressive: 'False' }, { mozjpeg: true }],
    [{ format: 'Jpeg', mozjpeg: 'True', progressive: 'off' }, { mozjpeg: true }],
    [
      { format: 'WebP', mozjpeg: '0', progressive: 'NO', output: 'ADD', formulas: 'Keep', bom: '1' },
      { format: 'webp' },
    ],
  ])('accepts fields as people write them: %j', async (fields, options) => {
    let sent = post();
    for (const [name, value] of Object.entries(fields)) sent = sent.field(name, value);
    const { body, status } = await sent.attach('file', Buffer.from(GOOD), 'products.csv');
    expect([body, status]).toEqual([expect.anything(), 202]);
    const stored = await request(service.url).get(`/api/status/${body.requestId}?limit=&after=+`);
    expect([stored.body.options, stored.body.webhook]).toEqual([
      { quality: 50, format: 'jpeg', mozjpeg: false, progressive: false, ...options },
      null,
    ]);
  });

  test.each([
    [' JPG:50 , webp:60:1600,', undefined],
    [
      'JPG:50 ,\twebp:60:1600',
      [
        { format: 'jpeg', quality: 50 },
        { format: 'webp', quality: 60, maxSide: 1600 },
      ],
    ],
    [
      'avif:100,avif:100,avif:1,avif:100',
      [
        { format: 'avif', quality: 100 },
        { format: 'avif', quality: 1 },
      ],
    ],
  ])('takes the outputs %j', async (outputs, wanted) => {
    const sent = await post().field('outputs', outputs).attach('file', Buffer.from(GOOD), 'products.csv');
    if (wanted === undefined) return expect(sent.status).toBe(400);
    const { body } = await request(service.url).get(sent.headers.location ?? '');
    expect(body.options).toEqual({ mozjpeg: false, progressive: false, ...wanted[0], outputs: wanted });
  });

  test.each([
    [{ outputs: 'jpeg:50,webp:50', format: 'jpeg' }, 'format'],
    [{ outputs: 'jpeg:50,webp:50', quality: '60' }, 'quality'],
    [{ outputs: 'png:50,webp:50', mozjpeg: 'true' }, 'mozjpeg'],
    [{ outputs: 'png:50', progressive: 'true' }, 'progressive'],
    [{ outputs: 'png:50,jpg:50', progressive: 'true', format: '', quality: ' ' }, null],
    [{ outputs: ' ', format: 'webp' }, null],
  ])('%j: the fields that do not fit are named', async (fields, field) => {
    let sent = post();
    for (const [name, value] of Object.entries(fields)) sent = sent.field(name, value);
    const { body, status } = await sent.attach('file', Buffer.from(GOOD), 'products.csv');
    if (field === null) expect([body, status]).toEqual([expect.anything(), 202]);
    else expect(body).toMatchObject({ status: 400, code: 'invalid_field', errors: [{ field }] });
  });

  test.each(['mozjpeg', 'progressive'])('accepts %s only for JPEG', async (name) => {
    const send = (format: string, on: string) =>
      post().field('format', format).field(name, on).attach('file', Buffer.from(GOOD), 'products.csv');
    const refused = await send('webp', 'true');
    expect(refused.status).toBe(400);
    expect(refused.body).toMatchObject({ code: 'invalid_field', errors: [{ field: name }] });
    expect((await send('webp', 'false')).status).toBe(202);
    const taken = await send('jpeg', 'true');
    const { body } = await request(service.url).get(taken.headers.location ?? '');
    expect(body.options).toEqual({ quality: 50, format: 'jpeg', mozjpeg: false, progressive: false, [name]: true });
  });

  test('reports all errors of a CSV together, each with line, column, code and fix', async () => {
    const csv = `${HEADER}1,Mug,ftp://images.example/a.jpg\n2,Cup,cup.jpg\n3,Pot,https://images.example/b.jpg\n`;
    const response = await post().attach('file', Buffer.from(csv), 'products.csv');
    expect(response.status).toBe(422);
    expect(response.body).toMatchObject({
      ...{ code: 'csv_invalid', errorCount: 2 },
      errorKinds: [{ code: 'csv_invalid_url', count: 2 }],
    });
    expect(response.body.errors).toEqual([
      expect.objectContaining({ line: 2, column: 'Input Image Urls', code: 'csv_invalid_url' }),
      expect.objectContaining({ line: 3, column: 'Input Image Urls', code: 'csv_invalid_url' }),
    ]);
  });

  test('reports the first hundred errors and the total count', async () => {
    const csv = HEADER + '1,Mug,x\n'.repeat(250);
    const response = await post().attach('file', Buffer.from(csv), 'products.csv');
    expect(response.body.errorCount).toBe(250);
    expect(response.body.errors).toHaveLength(100);
  });

  test('keeps no temporary file, whatever the response', async () => {
    await post().attach('file', Buffer.from(GOOD), 'products.csv');
    await post().attach('file', Buffer.from('no header'), 'products.csv');
    await post().attach('a', Buffer.from(GOOD), 'a.csv').attach('b', Buffer.from(GOOD), 'b.csv');
    expect(await leftovers()).toEqual([]);
  });

  test('rejects an interrupted body', async () => {
    const response = await fetch(`${service.url}/api/upload`, {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
      body: '--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nhalf',
    });
    expect(response.status).toBe(400);
    expect(((await response.json()) as { code: string }).code).toBe('invalid_request');
    expect(await leftovers()).toEqual([]);
  });
});

describe('the upload limit', () => {
  test('answers 413 for a larger file', async () => {
    const small = await startTestService({ MAX_UPLOAD_BYTES: '100' });
    try {
      const response = await request(small.url)
        .post('/api/upload')
        .attach('file', Buffer.alloc(101, 'a'), 'products.csv');
      expect(response.status).toBe(413);
      expect(response.body.code).toBe('upload_too_large');
    } finally {
      await small.close();
    }
  });
});

describe('pagination of the status', () => {
  test.each(['limit=0', 'limit=-1', 'limit=x', 'limit=10001', 'after=-2', 'limit=1&limit=2', 'after[$gt]=1x&after=y'])(
    'refuses %s',
    async (query) => {
      const { body } = await post().attach('file', Buffer.from(GOOD), 'products.csv');
      const response = await request(service.url).get(`/api/status/${body.requestId}?${query}`);
      expect(response.status).toBe(400);
      expect(response.body.code).toBe('invalid_field');
    },
  );
});

test('health reports that the process is running, ready that it can accept work', async () => {
  const health = await request(service.url).get('/health');
  expect(health.body).toMatchObject({ status: 'ok' });
  const ready = await request(service.url).get('/ready');
  expect(ready.status).toBe(200);
  expect(ready.body).toMatchObject({ status: 'ready', checks: { database: { ok: true }, storage: { ok: true } } });
});

test('every response has the headers of helmet and no X-Powered-By', async () => {
  const { headers } = await request(service.url).get('/health');
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(headers['content-security-policy']).toContain("default-src 'self'");
  expect(headers['x-powered-by']).toBeUndefined();
});
