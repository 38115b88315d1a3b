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

/** Milliseconds until all images of the fast origin are completed. */
const fastDone = async (requestId: string, begun: number): Promise<number> => {
  await waitFor(async () => {
    const { products } = await statusOf(service.url, requestId);
    const images = products
      .flatMap(({ images: all }) => all)
      .filter(({ inputUrl }) => inputUrl.startsWith(fast.origin));
    return images.every((image) => image.status === 'completed');
  }, 60_000);
  return performance.now() - begun;
};

/** Time for the fast origin's images alone. */
const aloneMs = async (): Promise<number> => {
  const begun = performance.now();
  const requestId = await uploaded(service.url, csv(numbers.map(fastUrl)));
  const ms = await fastDone(requestId, begun);
  await finished(service.url, requestId);
  return ms;
};

test('images of a fast origin are not delayed by those of a slow one in the same request', async () => {
  const alone = await aloneMs();
  const begun = performance.now();
  const requestId = await uploaded(service.url, csv(numbers.flatMap((n) => [slowUrl(n), fastUrl(n)])));
  const ms = await fastDone(requestId, begun);
  // Twice as many images are stored first; the slow ones would take 50 s.
  expect(ms).toBeLessThan(alone * 2 + 2_000);
  expect(slowServer.count()).toBeLessThanOrEqual(6 * Math.ceil(ms / SLOW_MS));
}, 90_000);

test('a request of a fast origin runs at full speed next to one of a slow origin', async () => {
  const alone = await aloneMs();
  await uploaded(service.url, csv(numbers.map(slowUrl)));
  await waitFor(async () => slowServer.count() >= 6);
  const begun = performance.now();
  const ms = await fastDone(await uploaded(service.url, csv(numbers.map(fastUrl))), begun);
  expect(ms).toBeLessThan(alone * 1.5 + 1_000);
}, 90_000);

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
  await fastDone(requestId, 0);
  const status_ = await finished(service.url, requestId, 60_000);
  expect(status_.progress).toMatchObject({ completed: 2 * FAST, failed: 0 });
  // Those already in flight at the first 429.
  const before = early().length;
  expect(before).toBeLessThanOrEqual(6);
  expect((asked[before] ?? 0) - (asked[before - 1] ?? 0)).toBeGreaterThan(2_500);
  const attempts = status_.products.flatMap(({ images }) => images).map((image) => image.attempts);
  expect(attempts.filter((each) => each > 1).length).toBeLessThanOrEqual(6);
  expect(Math.max(...attempts)).toBe(2);
}, 90_000);
