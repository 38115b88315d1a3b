import { readdir } from 'node:fs/promises';
import sharp from 'sharp';
import { ImageServer, makeImage, ok, status } from '../../support/servers/image-server.mjs';
import { finished, startTestService, type TestService, uploaded, waitFor } from '../../support/service.ts';

interface Tried {
  readonly inputUrl: string;
  readonly contentType: string | null;
  readonly bytesIn: number | null;
  readonly bytesOut: number | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly notes: readonly string[];
  readonly data: string | null;
  readonly error: { readonly code: string; readonly message: string } | null;
}

let service: TestService;
let pictures: ImageServer;
let photo: Buffer;
beforeAll(async () => {
  pictures = await ImageServer.start();
  photo = await makeImage('jpeg', { width: 400, height: 300 });
  pictures.on('/photo.jpg', ok(photo));
  pictures.on('/other.jpg', ok(photo));
  pictures.on('/gone.jpg', status(404));
  service = await startTestService({ MAX_IMAGE_PIXELS: '5000000', RATE_LIMIT_UPLOADS_PER_MINUTE: '1000' });
});
afterAll(async () => {
  await service.close();
  await pictures.close();
});

const send = (fields: unknown, signal?: AbortSignal): Promise<Response> =>
  fetch(`${service.url}/api/preview`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(fields),
    ...(signal === undefined ? {} : { signal }),
  });
const tryImages = async (fields: unknown): Promise<Tried[]> => {
  const response = await send(fields);
  expect(response.status).toBe(200);
  return ((await response.json()) as { images: Tried[] }).images;
};
const photoUrl = () => pictures.url('/photo.jpg');

test('images come back as an upload would compress them, and nothing is stored', async () => {
  // Fields about the file and the webhook are taken as in the upload that may follow.
  const uploads = { name: 'Spring', webhookUrl: 'http://x.example', onInvalidRow: 'skip', bom: true };
  const options = { quality: 40, format: 'webp', maxWidth: 200 };
  const [first, second] = await tryImages({ urls: [photoUrl(), pictures.url('/gone.jpg')], ...options, ...uploads });
  expect(first).toMatchObject({
    ...{ inputUrl: photoUrl(), contentType: 'image/webp', bytesIn: photo.length, width: 200, height: 150 },
    ...{ notes: ['resized'], error: null },
  });
  const output = Buffer.from(first?.data ?? '', 'base64');
  expect(output).toHaveLength(first?.bytesOut ?? 0);
  expect(await sharp(output).metadata()).toMatchObject({ format: 'webp', width: 200, height: 150 });
  expect(second).toMatchObject({ data: null, bytesIn: null, error: { code: 'source_not_found' } });
  expect(await readdir(service.imageDirectory)).toEqual([]);
  expect(await (await fetch(`${service.url}/api/requests`)).json()).toMatchObject({ requests: [] });

  const csv = `S. No.,Product Name,Input Image Urls\n1,Mug,${photoUrl()}\n`;
  const fields = Object.fromEntries(Object.entries(options).map(([name, value]) => [name, String(value)]));
  const job = await finished(service.url, await uploaded(service.url, csv, fields));
  expect(job.products[0]?.images[0]?.bytesOut).toBe(first?.bytesOut);
});

test('a form works too, of several outputs the first is made', async () => {
  const body = new FormData();
  for (const name of ['/photo.jpg', '/other.jpg']) body.append('urls', pictures.url(name));
  body.set('outputs', 'webp:30:100,avif:50');
  const response = await fetch(`${service.url}/api/preview`, { method: 'POST', body });
  const { images } = (await response.json()) as { images: Tried[] };
  expect(images.map(({ contentType, width }) => [contentType, width])).toEqual([
    ['image/webp', 100],
    ['image/webp', 100],
  ]);
});

test('each image has its own error, without credentials', async () => {
  const large = await sharp({ create: { width: 3000, height: 2000, channels: 3, background: '#fff' } })
    .png()
    .toBuffer();
  pictures.on('/large.png', ok(large, 'image/png'));
  const urls = ['http://10.0.0.1/a.jpg?token=hidden', 'ftp://x.example/a.jpg', pictures.url('/large.png')];
  const tried = await tryImages({ urls });
  expect(tried.map(({ error }) => error?.code)).toEqual(['address_not_allowed', 'invalid_url', 'too_many_pixels']);
  expect(tried[0]?.inputUrl).toBe('http://10.0.0.1/a.jpg?token=***');
  expect(JSON.stringify(tried)).not.toContain('hidden');
});

test('an output of more than 4 MiB is left out, its figures are not', async () => {
  const noise = await makeImage('jpeg', { width: 2400, height: 2000, quality: 100 });
  pictures.on('/noise.jpg', ok(noise));
  const [tried] = await tryImages({ urls: [pictures.url('/noise.jpg')], format: 'png', quality: 100 });
  expect(tried?.bytesOut).toBeGreaterThan(4 * 1024 ** 2);
  expect(tried).toMatchObject({ data: null, error: null, width: 2400 });
});

test.each<[string, unknown, string]>([
  ['four URLs', { urls: Array(4).fill('http://10.0.0.1/a.jpg') }, 'urls must be 1 to 3 image URLs.'],
  ['none', { urls: [] }, 'urls must be 1 to 3 image URLs.'],
  ['what is no text', { urls: [{ $gt: 1 }] }, 'urls must be 1 to 3 image URLs.'],
  ['a bad quality', { urls: ['http://10.0.0.1/a.jpg'], quality: 101 }, 'quality must be a whole number from 1 to 100.'],
  ['mozjpeg for WebP', { urls: ['http://x.example/a'], format: 'webp', mozjpeg: true }, 'mozjpeg only applies'],
  ['a field that no upload has', { urls: ['http://x.example/a'], colour: 'red' }, 'colour is not a'],
  ['the address of a file', { urls: ['http://x.example/a'], fileUrl: 'http://x.example/a.csv' }, 'fileUrl cannot be'],
])('refuses %s', async (_what, fields, detail) => {
  const response = await send(fields);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ code: 'invalid_field', detail: expect.stringContaining(detail) });
});

test('refuses a file with URLs, and a body of one byte', async () => {
  const body = new FormData();
  body.set('urls', photoUrl());
  body.set('file', new Blob(['a,b\n']), 'a.csv');
  const both = await fetch(`${service.url}/api/preview`, { method: 'POST', body });
  expect([both.status, await both.json()]).toMatchObject([400, { code: 'invalid_field' }]);
  for (const type of ['application/json', 'application/x-www-form-urlencoded', 'text/csv']) {
    const response = await fetch(`${service.url}/api/preview`, {
      ...{ method: 'POST', headers: { 'Content-Type': type }, body: '{' },
    });
    expect(response.status).toBeLessThan(500);
  }
});

test('a client has one preview at a time, others wait or are told when to come back; leaving ends it', async () => {
  const held: (() => void)[] = [];
  pictures.on('/held.jpg', (response, attempt, request) => {
    held.push(() => ok(photo)(response, attempt, request));
  });
  const leaving = new AbortController();
  const left = send({ urls: [pictures.url('/held.jpg')] }, leaving.signal).catch(() => 'left');
  await waitFor(async () => held.length === 1);
  const waiting = [1, 2].map(() => tryImages({ urls: [photoUrl()] }));
  let refused = await send({ urls: [photoUrl()] });
  // One of the two may not have come before this one.
  if (refused.status === 200) refused = await send({ urls: [photoUrl()] });
  leaving.abort();
  expect(await left).toBe('left');
  for (const [tried] of await Promise.all(waiting)) expect(tried?.error).toBeNull();
  expect(refused.status).toBe(429);
  expect(refused.headers.get('retry-after')).toBe('5');
  expect(await refused.json()).toMatchObject({ code: 'too_many_previews' });
});

test('counts against the quota of its client', async () => {
  const full = await startTestService({ MAX_QUEUED_IMAGES: '2' });
  try {
    const response = await fetch(`${full.url}/api/preview`, {
      ...{ method: 'POST', headers: { 'Content-Type': 'application/json' } },
      body: JSON.stringify({ urls: Array(3).fill(photoUrl()) }),
    });
    expect([response.status, await response.json()]).toMatchObject([429, { code: 'quota_exceeded', limit: 2 }]);
  } finally {
    await full.close();
  }
});

test('an instance without workers says so', async () => {
  const api = await startTestService({ ROLE: 'api' });
  try {
    const response = await fetch(`${api.url}/api/preview`, {
      ...{ method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"urls":["http://x.example/a"]}' },
    });
    expect([response.status, await response.json()]).toMatchObject([501, { code: 'previews_unavailable' }]);
  } finally {
    await api.close();
  }
});
