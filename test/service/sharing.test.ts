import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { ImageServer, makeImage, ok, slow, status } from '../support/servers/image-server.mjs';
import { finished, startTestService, type TestService, uploaded } from '../support/service.ts';

let server: ImageServer;
let service: TestService;
beforeAll(async () => {
  server = await ImageServer.start();
  service = await startTestService({ WORKER_THREADS: '3' });
});
afterAll(async () => {
  await service.close();
  await server.close();
});

const csv = (urls: readonly string[]) =>
  `S. No.,Product Name,Input Image Urls\n${urls.map((url, n) => `${n},P,${url}\n`).join('')}`;
const imagesOf = async (requestId: string) =>
  (await finished(service.url, requestId, 60_000)).products.flatMap(({ images }) => images);
const fileOf = (id: string) => join(service.imageDirectory, `${id}.jpg`);

test('200 rows with 10 URLs cause 10 downloads, and every row has its own complete output', async () => {
  const urls: string[] = [];
  const sources: Buffer[] = [];
  for (let n = 0; n < 10; n += 1) {
    const jpeg = await makeImage('jpeg', { width: 40 + n, height: 30 });
    sources.push(jpeg);
    urls.push(server.on(`/same-${n}.jpg`, slow(20, ok(jpeg))));
  }
  const requestId = await uploaded(service.url, csv(Array.from({ length: 200 }, (_, n) => urls[n % 10] ?? '')));
  const images = await imagesOf(requestId);
  expect(images.filter((image) => image.status === 'completed')).toHaveLength(200);
  expect(urls.map((url) => server.count(new URL(url).pathname))).toEqual(urls.map(() => 1));

  expect(new Set(images.map((image) => image.outputUrl)).size).toBe(200);
  for (const [n, image] of images.entries()) {
    const bytes = await readFile(fileOf(image.id));
    expect(bytes.length).toBe(image.bytesOut);
    expect(image.bytesIn).toBe(sources[n % 10]?.length);
    expect((await sharp(bytes).metadata()).width).toBe(40 + (n % 10));
  }
  // Removing one leaves the others.
  await rm(fileOf(images[0]?.id ?? ''));
  expect((await readFile(fileOf(images[10]?.id ?? ''))).length).toBe(images[10]?.bytesOut);
});

test('concurrent requests share downloads, and a later one gets the current source', async () => {
  const before = await makeImage('jpeg', { width: 50, height: 50 });
  const url = server.on('/changes.jpg', slow(1_500, ok(before)));
  const ids = await Promise.all([1, 2, 3].map(() => uploaded(service.url, csv([url]))));
  for (const id of ids) expect(await imagesOf(id)).toMatchObject([{ status: 'completed', width: 50 }]);
  expect(server.count('/changes.jpg')).toBe(1);

  server.on('/changes.jpg', ok(await makeImage('jpeg', { width: 70, height: 50 })));
  const later = await imagesOf(await uploaded(service.url, csv([url])));
  expect(later).toMatchObject([{ status: 'completed', width: 70 }]);
  expect(server.count('/changes.jpg')).toBe(2);
});

test('a missing source is requested once and fails every row', async () => {
  const url = server.on('/gone.jpg', slow(1_000, status(404)));
  const images = await imagesOf(await uploaded(service.url, csv([url, url, url, url])));
  expect(images.map((image) => image.error?.code)).toEqual(Array(4).fill('source_not_found'));
  expect(server.count('/gone.jpg')).toBe(1);
});
