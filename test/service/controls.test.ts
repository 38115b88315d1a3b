import { failThen, ImageServer, makeImage, ok, status as statusCode } from '../support/servers/image-server.mjs';
import { type Answer, answer, WebhookReceiver } from '../support/servers/webhook-receiver.ts';
import {
  finished,
  inTheMiddle,
  startTestService,
  type statusOf,
  type TestService,
  uploaded,
  waitFor,
} from '../support/service.ts';

const HEADER = 'S. No.,Product Name,Input Image Urls\n';
const UNKNOWN = '0190a6f0-0000-4000-8000-000000000000';

let service: TestService;
let pictures: ImageServer;
let jpeg: Buffer;
beforeAll(async () => {
  pictures = await ImageServer.start();
  jpeg = await makeImage('jpeg', { width: 64, height: 48 });
  service = await startTestService();
});
afterAll(async () => {
  await service.close();
  await pictures.close();
});

interface Body {
  readonly requests: { readonly requestId: string }[];
  readonly next: string | null;
  readonly deliveries: {
    readonly state: string;
    readonly sending: boolean;
    readonly log: { readonly at: string; readonly status: number; readonly answer: string }[];
  }[];
}

const call = async (method: string, path: string) => {
  const response = await fetch(`${service.url}${path}`, { method });
  return { status: response.status, location: response.headers.get('location'), body: (await response.json()) as Body };
};
const csv = (urls: readonly string[]) => `${HEADER}${urls.map((url, n) => `${n},P${n},${url}`).join('\n')}\n`;
const imagesOf = (status: Awaited<ReturnType<typeof statusOf>>) => status.products.flatMap((product) => product.images);

test('cancel stops what has not started and lets running images finish; retry processes the rest', async () => {
  pictures.on('/quick.jpg', ok(jpeg));
  pictures.on('/held.jpg', ok(jpeg));
  const release = pictures.hold('/held.jpg');
  const receiver = await WebhookReceiver.start(answer(204));
  const urls = Array.from({ length: 60 }, (_, n) => `${pictures.url(n < 10 ? '/quick.jpg' : '/held.jpg')}?n=${n}`);
  const requestId = await uploaded(service.url, csv(urls), { webhookUrl: receiver.url('/done') });
  await inTheMiddle(service.url, requestId, 1, 20);

  const [first, second] = await Promise.all([1, 2].map(() => call('POST', `/api/cancel/${requestId}`)));
  expect([first?.status, second?.status]).toEqual([202, 202]);
  expect(first?.location).toBe(`/api/status/${requestId}`);
  release();
  const stopped = await finished(service.url, requestId);

  expect(stopped.status).toBe('cancelled');
  const { completed, cancelled, failed, pending } = stopped.progress;
  expect(cancelled).toBeGreaterThan(0);
  expect([completed + cancelled, failed, pending]).toEqual([60, 0, 0]);
  const ended = imagesOf(stopped).map((image) => image.status);
  expect(ended.filter((state) => state === 'completed')).toHaveLength(completed);
  expect(ended.filter((state) => state === 'cancelled')).toHaveLength(cancelled);
  expect(await call('POST', `/api/cancel/${requestId}`)).toMatchObject({ status: 202 });
  expect((await fetch(`${service.url}/api/output/${requestId}`)).status).toBe(200);

  expect(await call('POST', `/api/retry/${requestId}`)).toMatchObject({ status: 202, body: { requestId } });
  const whole = await finished(service.url, requestId);
  expect(whole).toMatchObject({ status: 'completed', progress: { total: 60, completed: 60, cancelled: 0 } });
  expect(imagesOf(whole).map(({ id }) => id)).toEqual(imagesOf(stopped).map(({ id }) => id));

  await waitFor(async () => receiver.received.length === 2);
  expect(receiver.received.map(({ headers }) => headers['webhook-id'])).toEqual([
    `msg_${requestId}_1`,
    `msg_${requestId}_2`,
  ]);
  expect(receiver.received.map(({ body }) => JSON.parse(String(body)).data.status)).toEqual(['cancelled', 'completed']);
  await receiver.close();
});

test('retry processes only the failed images', async () => {
  pictures.on('/good.jpg', ok(jpeg));
  pictures.on('/late.jpg', failThen(1, statusCode(404), ok(jpeg)));
  const requestId = await uploaded(service.url, csv([pictures.url('/good.jpg'), pictures.url('/late.jpg')]));
  const before = await finished(service.url, requestId);
  expect(before).toMatchObject({ status: 'completed_with_errors', progress: { completed: 1, failed: 1 } });

  expect(await call('POST', `/api/retry/${requestId}`)).toMatchObject({ status: 202 });
  const after = await finished(service.url, requestId);
  expect(after).toMatchObject({ status: 'completed', progress: { completed: 2, failed: 0, percent: 100 } });
  expect(imagesOf(after).map(({ attempts }) => attempts)).toEqual([1, 1]);
  expect(imagesOf(after)[0]).toEqual(imagesOf(before)[0]);
  expect(await call('POST', `/api/retry/${requestId}`)).toMatchObject({
    status: 409,
    body: { code: 'nothing_to_retry' },
  });
  expect(await call('POST', `/api/cancel/${requestId}`)).toMatchObject({
    status: 409,
    body: { code: 'already_finished' },
  });
});

test('lists the delivery attempts, newest first, and can redeliver with the same id', async () => {
  pictures.on('/good.jpg', ok(jpeg));
  const receiver = await WebhookReceiver.start(answer(410, 'no longer here'));
  const requestId = await uploaded(service.url, csv([pictures.url('/good.jpg')]), {
    webhookUrl: `${receiver.url('/done')}?token=hidden`,
  });
  const shown = () => call('GET', `/api/deliveries/${requestId}`).then(({ body }) => body.deliveries);
  await waitFor(async () => (await shown())[0]?.state === 'gone');

  const again = await call('POST', `/api/deliveries/${requestId}/redeliver`);
  expect(again).toMatchObject({ status: 202, body: { requestId, webhookId: `msg_${requestId}_1` } });
  await waitFor(async () => (await shown())[0]?.log.length === 2);
  const [delivery] = await shown();
  if (delivery === undefined) throw new Error('no delivery');
  expect(delivery).toMatchObject({ id: `msg_${requestId}_1`, run: 1, attempts: 2, redeliveries: 1, lastStatus: 410 });
  expect(delivery.log[0]).toMatchObject({ status: 410, answer: 'no longer here' });
  const times = delivery.log.map(({ at }) => Date.parse(at));
  expect(times).toEqual(times.toSorted((a, b) => b - a));
  expect(JSON.stringify(delivery)).not.toContain('hidden');
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  await receiver.close();
});

test('a webhook is not sent again while an attempt is in flight, and once afterwards', async () => {
  pictures.on('/good.jpg', ok(jpeg));
  let release = (): void => undefined;
  const held: Answer = (...call) => {
    release = () => answer(500)(...call);
  };
  const receiver = await WebhookReceiver.start(held, answer(204));
  const requestId = await uploaded(service.url, csv([pictures.url('/good.jpg')]), { webhookUrl: receiver.url() });
  const shown = async () => (await call('GET', `/api/deliveries/${requestId}`)).body.deliveries[0];
  const resend = () => call('POST', `/api/deliveries/${requestId}/redeliver`);
  await receiver.count(1);
  expect(await shown()).toMatchObject({ state: 'pending', sending: true });
  expect(await resend()).toMatchObject({ status: 409, body: { code: 'delivery_in_progress' } });
  release();
  await waitFor(async () => (await shown())?.sending === false);
  expect((await resend()).status).toBe(202);
  await waitFor(async () => (await shown())?.state === 'delivered');
  expect(await shown()).toMatchObject({ attempts: 2, redeliveries: 1, nextAttemptAt: null });
  expect(receiver.received).toHaveLength(2);
  await receiver.close();
});

test('the list is newest first and paginated', async () => {
  pictures.on('/good.jpg', ok(jpeg));
  const ids: string[] = [];
  for (let n = 0; n < 5; n += 1) ids.push(await uploaded(service.url, csv([pictures.url('/good.jpg')])));
  const seen: string[] = [];
  let next: string | null = '/api/requests?limit=2';
  while (next !== null && seen.length < 5) {
    const { status, body } = await call('GET', next);
    expect(status).toBe(200);
    seen.push(...body.requests.map((request) => request.requestId));
    next = body.next;
  }
  expect(seen.slice(0, 5)).toEqual(ids.reverse());
});

test.each([
  ['POST', `/api/cancel/${UNKNOWN}`, 404, 'request_not_found'],
  ['POST', '/api/cancel/x', 404, 'request_not_found'],
  ['GET', `/api/cancel/${UNKNOWN}`, 405, 'method_not_allowed'],
  ['POST', `/api/retry/${UNKNOWN}`, 404, 'request_not_found'],
  ['GET', `/api/deliveries/${UNKNOWN}`, 404, 'request_not_found'],
  ['POST', `/api/deliveries/${UNKNOWN}/redeliver`, 404, 'request_not_found'],
  ['GET', '/api/requests?limit=101', 400, 'invalid_field'],
  ['GET', '/api/requests?after=x', 400, 'invalid_field'],
  ['GET', '/api/requests?after[$gt]=1', 400, 'invalid_field'],
])('%s %s gets %i %s', async (method, path, status, code) => {
  expect(await call(method, path)).toMatchObject({ status, body: { code } });
});
