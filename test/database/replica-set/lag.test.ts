import { csvOf } from '../../support/csv.ts';
import { expectDoneOnce, type ServiceOnSet, startServiceOnSet } from '../../support/replica-set/service.ts';
import { type ImageServer, startPictures } from '../../support/servers/image-server.mjs';
import { WebhookReceiver } from '../../support/servers/webhook-receiver.ts';
import { statusOf, uploaded, waitFor } from '../../support/service.ts';

let pictures: ImageServer;
let receiver: WebhookReceiver;
let service: ServiceOnSet;

beforeEach(async () => {
  pictures = await startPictures();
  receiver = await WebhookReceiver.start();
  // As guides of hosted databases recommend, here with secondaries that are behind.
  const uri = { readPreference: 'secondaryPreferred', w: '1', readConcernLevel: 'local', retryWrites: 'true' };
  service = await startServiceOnSet({ lagMs: 400, uri });
});
afterEach(async () => {
  await service.close();
  await receiver.close();
  await pictures.close();
});

test('what was answered with 202 is there at once, although secondaries do not have it yet', async () => {
  const { url, set } = service;
  const codes: number[] = [];
  for (let n = 0; n < 20; n += 1) {
    const requestId = await uploaded(url, csvOf(pictures.origin, 1, `image-${n}`));
    for (const path of ['api/status', 'api/output']) {
      const response = await fetch(`${url}/${path}/${requestId}`);
      codes.push(response.status);
      await response.text();
    }
  }
  expect(codes.filter((code) => code === 404)).toEqual([]);
  expect(set.faults.secondaryReads).toBe(0);
});

test('a repeated Idempotency-Key gives the same request', async () => {
  const { url, stored } = service;
  const send = async (n: number): Promise<string> => {
    const headers = { 'Content-Type': 'text/csv', 'Idempotency-Key': `key-${n}` };
    const body = csvOf(pictures.origin, 1, `image-${n}`);
    const response = await fetch(`${url}/api/upload`, { method: 'POST', headers, body });
    return ((await response.json()) as { requestId: string }).requestId;
  };
  for (let n = 0; n < 20; n += 1) {
    const first = await send(n);
    expect(await send(n)).toBe(first);
  }
  expect(await stored.collection('requests').countDocuments()).toBe(20);
});

test('images are claimed, done and announced once', async () => {
  const { url } = service;
  const requestId = await uploaded(url, csvOf(pictures.origin, 60), { webhookUrl: receiver.url() });
  await waitFor(async () => (await statusOf(url, requestId)).webhook?.state === 'delivered', 30_000);
  await expectDoneOnce(service, { requestId, images: 60, pictures, webhooks: receiver.received });
  expect(
    service.set.commands
      .byMember()
      .slice(1)
      .some((counts) => (counts.find ?? 0) > 0),
  ).toBe(false);
});
