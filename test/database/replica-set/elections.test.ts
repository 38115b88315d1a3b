import {
  isActivate,
  isClaim,
  isCount,
  isDelivered,
  isDeliveryClaim,
  isFinish,
  isInsert,
  isMarkStarted,
  isSettle,
} from '../../chaos/audit.ts';
import { csvOf } from '../../support/csv.ts';
import { expectDoneOnce, onNth, type ServiceOnSet, startServiceOnSet } from '../../support/replica-set/service.ts';
import { type ImageServer, startPictures } from '../../support/servers/image-server.mjs';
import { WebhookReceiver } from '../../support/servers/webhook-receiver.ts';
import { type Status, statusOf, uploaded, waitFor } from '../../support/service.ts';

const IMAGES = 80;
let pictures: ImageServer;
let receiver: WebhookReceiver;
let service: ServiceOnSet;

beforeEach(async () => {
  pictures = await startPictures(50);
  receiver = await WebhookReceiver.start();
  service = await startServiceOnSet({ environment: { TASKS_PER_THREAD: '2' } });
});
afterEach(async () => {
  await service.close();
  await receiver.close();
  await pictures.close();
});

/** Asks for the status until the batch has ended, and collects the codes of the answers. */
const watch = (requestId: string, codes: Set<number>): Promise<unknown> =>
  waitFor(async () => {
    const response = await fetch(`${service.url}/api/status/${requestId}`);
    codes.add(response.status);
    const body = await response.text();
    return response.ok && JSON.parse(body).status === 'completed';
  }, 90_000);

/** A batch during which faults take place, from its upload to its webhook. */
const batchDuring = async (images: number, faults: readonly Promise<void>[]): Promise<Status> => {
  const { url } = service;
  const requestId = await uploaded(url, csvOf(pictures.origin, images), { webhookUrl: receiver.url() });
  const codes = new Set<number>();
  await watch(requestId, codes);
  // Each delivery is claimed for 30 s: a claim that is lost must not cost that long.
  await waitFor(async () => (await statusOf(url, requestId)).webhook?.state === 'delivered', 25_000);
  await Promise.all(faults);
  expect([...codes].filter((code) => code !== 200 && code !== 503)).toEqual([]);
  await expectDoneOnce(service, { requestId, images, pictures, webhooks: receiver.received });
  return statusOf(url, requestId);
};

/** Every write of a batch, in the order in which they begin. */
const WRITES = [
  ...[isActivate, isClaim, isMarkStarted, isSettle, isCount, isFinish],
  ...[isInsert('deliveries'), isDeliveryClaim, isDelivered],
];

test.each(['refused', 'made'] as const)(
  'a step-down at every write of a batch, which is %s: all is done once',
  async (at) => {
    const { set } = service;
    const faults = WRITES.map((matches) => onNth(set, matches, 1, () => set.stepDown(200), at));
    const status = await batchDuring(IMAGES, faults);
    expect(status).toMatchObject({ startedAt: expect.any(String), webhook: { attempts: 1, lastStatus: 204 } });
    const { refused, interrupted } = set.faults;
    expect(at === 'refused' ? refused : interrupted).toBeGreaterThanOrEqual(WRITES.length);
  },
  120_000,
);

test('a request of one claim, at whose start the primary steps down, has begun when it ends', async () => {
  const { set } = service;
  const stepDown = onNth(set, isMarkStarted, 1, () => set.stepDown(200), 'refused');
  expect(await batchDuring(2, [stepDown])).toMatchObject({ startedAt: expect.any(String) });
}, 60_000);

test('a crash with an election of 12 s in a batch costs time only', async () => {
  const { set } = service;
  await batchDuring(IMAGES, [onNth(set, isSettle, 2, () => set.crash(12_000, 1_000))]);
}, 120_000);
