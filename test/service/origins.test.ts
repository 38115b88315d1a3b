import { ImageServer, makeImage, ok, slow, status } from '../support/servers/image-server.mjs';
import { finished, startTestService, statusOf, type TestService, uploaded, waitFor } from '../support/service.ts';

/** Images per origin, fast and slow. */
const FAST = 60;
const SLOW_MS = 5_000;
const HEADER = 'S. No.,Product Name,Input Image Urls\n';

let jpeg: Buffer;
let fast: ImageServer;
let slowServer: ImageServer;
let service: TestService;

beforeAll(async () => {
  jpeg = await makeImage('jpeg');
});
beforeEach(async () => {
  fast = await ImageServer.start();
  slowServer = await ImageServer.start();
  service = await startTestService({ WORKER_THREADS: '3', SHUTDOWN_SECONDS: '2' });
});
afterEach(async () => {
  await service.close();
  await fast.close();
  await slowServer.close();
});

const fastUrl = (n: number) => fast.on(`/fast-${n}.jpg`, slow(20, ok(jpeg)));
const slowUrl = (n: number) => slowServer.on(`/slow-${n}.jpg`, slow(SLOW_MS, ok(jpeg)));
const csv = (urls: readonly string[]) => HEADER + urls.map((url, n) => `${n},P,${url}\n`).join('');
const numbers = Array.from({ length: FAST }, (_, n) => n);

/** Waits until all images of the fast origin are completed. */
const fastDone = (requestId: string): Promise<boolean> =>
  waitFor(async () => {
    const { products } = await statusOf(service.url, requestId);
    const images = products
      .flatMap(({ images: all }) => all)
      .filter(({ inputUrl }) => inputUrl.startsWith(fast.origin));
    return images.every((image) => image.status === 'completed');
  });

/** In the time of the fast images, however long that is on this machine, most of the slow ones were not even asked for. */
const mostSlowOnesWait = (): void => expect(slowServer.count()).toBeLessThan(FAST / 2);

test('images of a fast origin are not delayed by those of a slow one in the same request', async () => {
  const begun = performance.now();
  const requestId = await uploaded(service.url, csv(numbers.flatMap((n) => [slowUrl(n), fastUrl(n)])));
  await fastDone(requestId);
  mostSlowOnesWait();
  expect(slowServer.count()).toBeLessThanOrEqual(6 * Math.ceil((performance.now() - begun) / SLOW_MS));
});

test('a request of a fast origin runs at full speed next to one of a slow origin', async () => {
  await uploaded(service.url, csv(numbers.map(slowUrl)));
  await waitFor(() => slowServer.count() >= 6);
  await fastDone(await uploaded(service.url, csv(numbers.map(fastUrl))));
  mostSlowOnesWait();
});

test('a rate-limiting server is left alone for the requested time, at the cost of almost no attempts', async () => {
  const asked: number[] = [];
  const urls = numbers.map((n) =>
    slowServer.on(`/limited-${n}.jpg`, (response, attempt, request) => {
      asked.push(performance.now());
      (early().length === asked.length ? status(429, { 'Retry-After': '3' }) : ok(jpeg))(response, attempt, request);
    }),
  );
  const early = (): number[] => asked.filter((at) => at - (asked[0] ?? at) < 2_900);
  const requestId = await uploaded(service.url, csv(numbers.flatMap((n) => [urls[n] ?? '', fastUrl(n)])));
  await fastDone(requestId);
  const status_ = await finished(service.url, requestId);
  expect(status_.progress).toMatchObject({ completed: 2 * FAST, failed: 0 });
  // Those already in flight at the first 429.
  const before = early().length;
  expect(before).toBeLessThanOrEqual(6);
  expect((asked[before] ?? 0) - (asked[before - 1] ?? 0)).toBeGreaterThan(2_500);
  const attempts = status_.products.flatMap(({ images }) => images).map((image) => image.attempts);
  expect(attempts.filter((each) => each > 1).length).toBeLessThanOrEqual(6);
  expect(Math.max(...attempts)).toBe(2);
});
