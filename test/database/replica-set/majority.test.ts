import { isSettle } from '../../chaos/audit.ts';
import { csvOf } from '../../support/csv.ts';
import { expectDoneOnce, onNth, type ServiceOnSet, startServiceOnSet } from '../../support/replica-set/service.ts';
import { type ImageServer, startPictures } from '../../support/servers/image-server.mjs';
import { WebhookReceiver } from '../../support/servers/webhook-receiver.ts';
import { statusOf, uploaded, waitFor } from '../../support/service.ts';

const IMAGES = 60;
let pictures: ImageServer;
let receiver: WebhookReceiver;
let service: ServiceOnSet;

beforeEach(async () => {
  pictures = await startPictures(20);
  receiver = await WebhookReceiver.start();
  service = await startServiceOnSet();
});
afterEach(async () => {
  await service.close();
  await receiver.close();
  await pictures.close();
});

const send = (key: string) => {
  const headers = { 'Content-Type': 'text/csv', 'Idempotency-Key': key };
  return fetch(`${service.url}/api/upload`, { method: 'POST', headers, body: csvOf(pictures.origin, 2, key) });
};

const isReady = async (): Promise<boolean> => {
  const response = await fetch(`${service.url}/ready`);
  await response.text();
  return response.status === 200;
};

test('without a majority uploads answer 503 within 15 s and the service is not ready; with it all is done once', async () => {
  const { set, url, stored } = service;
  const lost = onNth(set, isSettle, 2, async () => set.loseMajority());
  const requestId = await uploaded(url, csvOf(pictures.origin, IMAGES), { webhookUrl: receiver.url() });
  await lost;

  // Two in a row last about as long as the 30 s that a majority may be away.
  for (let n = 0; n < 2; n += 1) {
    const begun = performance.now();
    const response = await send('lost');
    expect(response.status).toBe(503);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(performance.now() - begun).toBeLessThan(15_000);
    await response.text();
  }
  await waitFor(async () => !(await isReady()));
  // What is stored can be read all the same.
  expect(await statusOf(url, requestId)).toMatchObject({ progress: { total: IMAGES } });

  set.regainMajority();
  await waitFor(isReady, 30_000);
  const taken = await waitFor(async () => {
    const response = await send('lost');
    const body = (await response.json()) as { requestId?: string };
    expect([202, 409, 503]).toContain(response.status);
    return response.status === 202 && body.requestId;
  }, 60_000);
  await waitFor(async () => (await statusOf(url, taken)).status === 'completed', 60_000);
  const ofTheKey = await stored.collection('requests').find({ total: 2, state: 'completed' }).toArray();
  expect(ofTheKey.map(({ _id }) => _id)).toEqual([taken]);
  await waitFor(async () => (await statusOf(url, requestId)).webhook?.state === 'delivered', 60_000);
  expect(set.faults.unreplicated).toBeGreaterThan(0);
  await expectDoneOnce(service, { requestId, images: IMAGES, pictures, webhooks: receiver.received });
}, 180_000);
