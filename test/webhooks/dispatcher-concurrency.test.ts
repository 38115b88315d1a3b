import { type AddressInfo, createServer } from 'node:net';
import type { Deliver } from '../../src/webhooks/deliver.ts';
import type { WebhookDispatcher, WebhookDispatcherDeps } from '../../src/webhooks/dispatcher.ts';
import { createOutbox } from '../../src/webhooks/outbox.ts';
import { answer, noAnswer } from '../support/servers/webhook-receiver.ts';
import { waitFor } from '../support/wait-for.ts';
import { now, WebhookWorld } from './world.ts';

let world: WebhookWorld;
beforeAll(async () => {
  world = await WebhookWorld.open();
});
afterEach(() => world.clear());
afterAll(() => world.close());

test('sends each message once when several instances share the outbox', async () => {
  const receiver = await world.receiverWith();
  await Promise.all(Array.from({ length: 30 }, (_, i) => world.enqueue(`r${i}`, receiver.url())));
  for (let i = 0; i < 3; i++) world.run({ outbox: createOutbox(world.database.connection, now), concurrency: 4 });
  await receiver.count(30);
  await Promise.all(Array.from({ length: 30 }, (_, i) => world.ended(`r${i}`)));
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(30);
  expect(receiver.received).toHaveLength(30);
});

test('never exceeds its concurrency', async () => {
  let open = 0;
  let maxOpen = 0;
  const counting: Deliver = async (...args) => {
    maxOpen = Math.max(maxOpen, ++open);
    return world.deliver(...args).finally(() => open--);
  };
  const [one, two] = await Promise.all([world.receiverWith(), world.receiverWith()]);
  await Promise.all(Array.from({ length: 12 }, (_, i) => world.enqueue(`r${i}`, (i % 2 ? one : two).url())));
  world.run({ deliver: counting, concurrency: 3 });
  await Promise.all(Array.from({ length: 12 }, (_, i) => world.ended(`r${i}`)));
  expect(maxOpen).toBeLessThanOrEqual(3);
});

test('is not blocked by a receiver that never answers', async () => {
  const [stuck, quick] = await Promise.all([world.receiverWith(noAnswer), world.receiverWith()]);
  for (let i = 0; i < 6; i++) await world.enqueue(`stuck${i}`, stuck.url());
  await world.enqueue('quick', quick.url());
  world.run({ concurrency: 4, graceMs: 0 });
  await world.ended('quick');
  expect(stuck.received.length).toBeLessThanOrEqual(3);
});

test('sends to a working receiver immediately while hundreds of others, each with its own address, never answer', async () => {
  const quick = await world.receiverWith();
  let opened = 0;
  const silent = createServer((socket) => {
    opened += 1;
    socket.on('error', () => {}).resume();
  });
  const silence = await new Promise<number>((listening) =>
    silent.listen(0, '0.0.0.0', () => listening((silent.address() as AddressInfo).port)),
  );
  const concurrency = 16;
  for (let n = 0; n < 300; n++)
    await world.enqueue(`silent${n}`, `http://127.0.${1 + (n >> 7)}.${1 + (n & 127)}:${silence}/`);
  const dispatcher = world.run({ concurrency, preemptAfterMs: 100, graceMs: 0, schedule: [60_000] });
  await waitFor(() => opened >= concurrency);
  await world.enqueue('quick', quick.url());
  dispatcher.wake();
  await quick.count(1);
  // Those that had permits and those claimed meanwhile, but not the rest of the queue.
  expect(opened).toBeLessThan(5 * concurrency);
  await dispatcher.stop();
  const [preempted] = await Promise.all(
    [...Array(300).keys()].map(async (n) => (await world.outbox.list(`silent${n}`))[0]?.attemptLog[0]?.error),
  ).then((errors) => errors.filter((error) => error?.includes('other deliveries')));
  expect(preempted).toBeDefined();
  silent.close();
});

test('waits for pending responses on stop, and claims nothing more', async () => {
  let reply = (): void => {};
  const receiver = await world.receiverWith((response) => {
    reply = () => void response.writeHead(200).end();
  });
  const dispatcher = world.run();
  await world.enqueue('r1', receiver.url());
  await receiver.count(1);
  const stopped = dispatcher.stop();
  await world.enqueue('r2', receiver.url());
  reply();
  await stopped;
  expect(await world.outbox.latest('r1')).toMatchObject({ state: 'delivered' });
  expect(await world.outbox.latest('r2')).toMatchObject({ state: 'pending', attempts: 0 });
});

test('aborts slow attempts on stop, and leaves them due for another instance', async () => {
  const receiver = await world.receiverWith(noAnswer, answer(200));
  const dispatcher = world.run({ graceMs: 50 });
  await world.enqueue('r1', receiver.url());
  await receiver.count(1);
  await dispatcher.stop();
  const [view] = await world.outbox.list('r1');
  expect(view?.state).toBe('pending');
  expect(view?.nextAt?.getTime()).toBeLessThanOrEqual(Date.now());
  expect(view?.attemptLog[0]?.error).toContain('service stopped');
  world.run();
  await world.ended('r1');
  expect(await world.outbox.latest('r1')).toMatchObject({ state: 'delivered', attempts: 2 });
});

test('requeues what was claimed during stop', async () => {
  const receiver = await world.receiverWith();
  await world.enqueue('r1', receiver.url());
  let dispatcher: WebhookDispatcher | undefined;
  let stopped: Promise<void> | undefined;
  const late: WebhookDispatcherDeps['outbox'] = {
    ...world.outbox,
    claim: async (...args) => {
      const claimed = await world.outbox.claim(...args);
      stopped = dispatcher?.stop();
      return claimed;
    },
  };
  dispatcher = world.run({ outbox: late });
  await waitFor(() => stopped !== undefined);
  await stopped;
  expect(receiver.received).toHaveLength(0);
  expect(await world.outbox.latest('r1')).toMatchObject({ state: 'pending', attempts: 0 });
  expect(await world.outbox.claim(1, 1000)).toHaveLength(1);
});

test('stops in time even if the database never responds', async () => {
  const dispatcher = world.run({ outbox: { ...world.outbox, claim: () => new Promise(() => {}) }, graceMs: 10 });
  const startedAt = performance.now();
  await dispatcher.stop();
  expect(performance.now() - startedAt).toBeLessThan(5_000);
});
