import { failThen, ImageServer, makeImage, ok, slow, status } from '../support/servers/image-server.mjs';
import { finished, startTestService, statusOf, type TestService, uploaded, waitFor } from '../support/service.ts';

let service: TestService;
let pictures: ImageServer;
beforeAll(async () => {
  pictures = await ImageServer.start();
  service = await startTestService();
});
afterAll(async () => {
  await service.close();
  await pictures.close();
});

const reported = (requestId: string) => waitFor(async () => (await statusOf(service.url, requestId)).report);

test('a finished request has a report of savings and failures; a retry replaces it', async () => {
  const jpeg = await makeImage('jpeg', { width: 320, height: 240, quality: 95 });
  pictures.on('/good.jpg', slow(200, ok(jpeg)));
  pictures.on('/late.jpg', failThen(1, status(404), ok(jpeg)));
  const [good, late] = ['/good.jpg', '/late.jpg'].map((path) => pictures.url(path));
  const csv = `S. No.,Product Name,Input Image Urls\n1,Mug,${good}\n2,Cup,"${good},${good}"\n3,Pot,${late}\n`;
  const requestId = await uploaded(service.url, csv);
  expect((await statusOf(service.url, requestId)).report).toBeNull();

  const before = await finished(service.url, requestId);
  const first = await reported(requestId);
  expect(first.products.map(({ serialNumber, images }) => [serialNumber, images])).toEqual([
    ['2', 2],
    ['1', 1],
  ]);
  expect(first.products.reduce((sum, { bytesIn }) => sum + bytesIn, 0)).toBe(before.bytes.in);
  expect(first.products.reduce((sum, { bytesOut }) => sum + bytesOut, 0)).toBe(before.bytes.out);
  expect(first.productCount).toBe(3);
  const origin = new URL(pictures.url('/')).origin;
  expect(first.failures).toEqual([{ code: 'source_not_found', count: 1, origins: [{ origin, count: 1 }] }]);

  expect((await fetch(`${service.url}/api/retry/${requestId}`, { method: 'POST' })).status).toBe(202);
  const second = await waitFor(async () => {
    const { status: state, report } = await statusOf(service.url, requestId);
    if (state !== 'completed') expect(report).toBeNull();
    return report;
  });
  expect(second.failures).toEqual([]);
  expect(second.products).toHaveLength(3);
});

test('a placeholder under 40 URLs completes, and the report names it', async () => {
  const [placeholder, photo] = [await makeImage('png'), await makeImage('jpeg')];
  const urls = Array.from({ length: 40 }, (_, n) => pictures.on(`/missing-${n}.png`, ok(placeholder)));
  const others = Array.from({ length: 9 }, (_, n) => pictures.on(`/photo-${n}.jpg`, ok(photo)));
  const rows = [...urls, ...others].map((url, n) => `${n + 1},Mug,${url}\n`);
  const requestId = await uploaded(service.url, `S. No.,Product Name,Input Image Urls\n${rows.join('')}`);
  const { status: state, progress } = await finished(service.url, requestId);
  expect([state, progress.completed]).toEqual(['completed', 49]);
  const { sameBytes } = await reported(requestId);
  expect(sameBytes).toEqual([{ count: 40, bytes: placeholder.length, exampleUrls: expect.any(Array) }]);
  const examples = sameBytes?.[0]?.exampleUrls ?? [];
  expect(examples).toHaveLength(3);
  for (const url of examples) expect(urls).toContain(url);
});
