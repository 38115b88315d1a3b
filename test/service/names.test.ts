import { photoLike } from '../support/pictures.ts';
import { ImageServer, ok } from '../support/servers/image-server.mjs';
import { NameServer } from '../support/servers/name-server.ts';
import { finished, startTestService, statusOf, type TestService, uploaded, waitFor } from '../support/service.ts';

let images: ImageServer;
let names: NameServer;
let service: TestService;

beforeAll(async () => {
  images = await ImageServer.start({});
  names = await NameServer.start(({ name }) => (name.endsWith('.good.example') ? ['127.0.0.1'] : 'silence'));
  service = await startTestService({ DNS_SERVERS: names.address });
});
afterAll(async () => {
  await service?.close();
  await names?.close();
  await images?.close();
});

const csv = (urls: readonly string[]): string =>
  ['S. No.,Product Name,Input Image Urls', ...urls.map((url, n) => `${n + 1},P${n},${url}`)].join('\n');

test('good images overtake hundreds of names on an unresponsive name server, in the same request and another', async () => {
  const begun = performance.now();
  const picture = await photoLike(64, 48);
  for (let n = 0; n < 40; n += 1) images.on(`/${n}.jpg`, ok(picture));
  const good = (from: number, to: number): string[] =>
    Array.from({ length: to - from }, (_, n) => `http://img${n % 3}.good.example:${images.port}/${from + n}.jpg`);
  const dead = [
    ...Array.from({ length: 300 }, (_, n) => `http://h${n}.dead.example:${images.port}/0.jpg`),
    ...Array.from({ length: 100 }, (_, n) => `http://h.dead${n}.example:${images.port}/0.jpg`),
  ];
  const mixed = await uploaded(service.url, csv([...dead, ...good(0, 10)]));
  await waitFor(async () => names.questions.some(({ name }) => name.endsWith('.dead.example')));

  const alone = await uploaded(service.url, csv(good(10, 40)));
  expect(await finished(service.url, alone)).toMatchObject({ status: 'completed', progress: { completed: 30 } });
  await waitFor(async () => (await statusOf(service.url, mixed)).progress.completed === 10);

  // An unresolvable name uses up attempts as slowly as an unresponsive server: each takes the full time-out.
  const { products, progress } = await statusOf(service.url, mixed);
  const attempts = products.flatMap((product) => product.images.map((image) => image.attempts));
  expect(progress.failed).toBe(0);
  const tenSeconds = 1 + Math.floor((performance.now() - begun) / 10_000);
  expect(Math.max(...attempts)).toBeLessThanOrEqual(tenSeconds);
  const asked = new Set(names.questions.map(({ name }) => name).filter((name) => name.endsWith('.dead.example')));
  expect(asked.size).toBeLessThanOrEqual(4 * tenSeconds);
});
