import { failThen, ImageServer, makeImage, ok, status as statusCode } from '../support/servers/image-server.mjs';
import { finished, startTestService, statusOf, type TestService, uploaded } from '../support/service.ts';

let service: TestService;
let pictures: ImageServer;
beforeAll(async () => {
  [service, pictures] = await Promise.all([startTestService(), ImageServer.start()]);
  const jpeg = await makeImage('jpeg');
  pictures.on('/good.jpg', ok(jpeg));
  pictures.on('/late.jpg', failThen(1, statusCode(404), ok(jpeg)));
});
afterAll(async () => {
  await service.close();
  await pictures.close();
});

const retry = async (requestId: string) => {
  const response = await fetch(`${service.url}/api/retry/${requestId}`, { method: 'POST' });
  return { status: response.status, body: (await response.json()) as { code?: string; detail?: string } };
};

test('images skipped at the upload are told apart from failed ones, and a retry leaves them out', async () => {
  const urls = [pictures.url('/good.jpg'), 'nope', pictures.url('/late.jpg'), 'ftp://x.example/a.jpg'];
  const csv = `S. No.,Product Name,Input Image Urls\n${urls.map((url, n) => `${n},P${n},${url}`).join('\n')}\n`;
  const requestId = await uploaded(service.url, csv, { onInvalidRow: 'skip' });
  const first = await finished(service.url, requestId);
  expect(first).toMatchObject({
    status: 'completed_with_errors',
    progress: { total: 4, completed: 1, failed: 3, skipped: 2 },
    run: { number: 1, finishedBefore: 2 },
  });
  const skipped = (status: typeof first) => status.products.map(({ images }) => images[0]?.skipped ?? false);
  expect(skipped(first)).toEqual([false, true, false, true]);

  expect((await retry(requestId)).status).toBe(202);
  const second = await finished(service.url, requestId);
  expect(second).toMatchObject({
    status: 'completed_with_errors',
    progress: { total: 4, completed: 2, failed: 2, skipped: 2, percent: 100 },
    run: { number: 2, finishedBefore: 3 },
  });
  expect(skipped(second)).toEqual([false, true, false, true]);
  // They were not tried.
  expect(second.products.map(({ images }) => images[0]?.attempts)).toEqual([1, 0, 1, 0]);

  const third = await retry(requestId);
  expect(third).toMatchObject({ status: 409, body: { code: 'nothing_to_retry' } });
  expect(third.body.detail).toContain('Only skipped images are left');
  expect((await statusOf(service.url, requestId)).run.number).toBe(2);
});
