import supertest from 'supertest';
import { ImageServer, makeImage, ok } from '../support/servers/image-server.mjs';
import { finished, startTestService, type TestService, uploaded } from '../support/service.ts';

let service: TestService;
let pictures: ImageServer;
let url: string;

beforeAll(async () => {
  pictures = await ImageServer.start();
  const source = pictures.on('/good.jpg', ok(await makeImage('jpeg', { width: 320, height: 240, quality: 95 })));
  service = await startTestService();
  const csv = `S. No.,Product Name,Input Image Urls\n1,Mug,${source}\n`;
  const { products } = await finished(service.url, await uploaded(service.url, csv));
  url = products[0]?.images[0]?.outputUrl ?? '';
});
afterAll(async () => {
  await service.close();
  await pictures.close();
});

test('stored images are cacheable forever, not sniffed, and can be embedded by other sites', async () => {
  const { headers } = await fetch(url);
  expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('cross-origin-resource-policy')).toBe('cross-origin');
  expect(headers.get('etag')).toMatch(/^"[0-9a-f]+-[0-9a-f]+"$/);
});

test('stored images are answered with 304 if cached', async () => {
  // Not fetch, which adds `Cache-Control: no-cache` to conditional requests.
  const { origin, pathname } = new URL(url);
  const { etag = '' } = (await supertest(origin).get(pathname)).headers;
  await supertest(origin).get(pathname).set('If-None-Match', etag).expect(304);
  await supertest(origin).get(pathname).set('If-None-Match', '"other"').expect(200);
});

test('stored images support ranges', async () => {
  const whole = Buffer.from(await (await fetch(url)).arrayBuffer());
  const part = await fetch(url, { headers: { Range: 'bytes=10-19' } });
  expect(part.status).toBe(206);
  expect(part.headers.get('content-range')).toBe(`bytes 10-19/${whole.length}`);
  expect(Buffer.from(await part.arrayBuffer()).equals(whole.subarray(10, 20))).toBe(true);
  const beyond = await fetch(url, { headers: { Range: 'bytes=99999999-' } });
  expect(beyond.status).toBe(416);
  expect(await beyond.json()).toMatchObject({ code: 'range_not_satisfiable' });
});

test('HEAD of a stored image returns only the headers', async () => {
  const head = await fetch(url, { method: 'HEAD' });
  expect(head.status).toBe(200);
  expect(Number(head.headers.get('content-length'))).toBeGreaterThan(100);
  expect(await head.text()).toBe('');
});
