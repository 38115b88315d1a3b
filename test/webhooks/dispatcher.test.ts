import { Webhook } from 'standardwebhooks';
import type { WebhookDispatcherDeps } from '../../src/webhooks/dispatcher.ts';
import { answer, hangUp, noAnswer } from '../support/servers/webhook-receiver.ts';
import { waitFor } from '../support/wait-for.ts';
import { now, secret, WebhookWorld } from './world.ts';

let world: WebhookWorld;
beforeAll(async () => {
  world = await WebhookWorld.open();
});
afterEach(() => world.clear());
afterAll(() => world.close());

test('delivers an enqueued event once, immediately when woken', async () => {
  const receiver = await world.receiverWith();
  const dispatcher = world.run({ pollMs: 60_000 });
  await world.enqueue('r1', receiver.url());
  dispatcher.wake();
  await world.ended('r1');
  expect(await world.outbox.latest('r1')).toEqual({
    url: receiver.url(),
    state: 'delivered',
    attempts: 1,
    lastStatus: 204,
  });
  expect(receiver.received).toHaveLength(1);
  // It is logged after it is written.
  await dispatcher.stop();
  expect(world.logged).toEqual([expect.stringContaining('webhook delivered')]);
});

test('retries until the receiver accepts it, each time with the same id and body and a valid signature', async () => {
  const receiver = await world.receiverWith(answer(500, 'no'), answer(302), answer(200, 'yes'));
  world.run();
  await world.enqueue('r1', receiver.url());
  await world.ended('r1');
  const bodies = receiver.received.map(({ body, headers }) => {
    const flat = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    new Webhook(secret).verify(body, flat);
    return `${headers['webhook-id']} ${body}`;
  });
  expect(bodies).toEqual(Array(3).fill('msg_r1_1 {"requestId":"r1"}'));
  const [view] = await world.outbox.list('r1');
  expect(view).toMatchObject({ state: 'delivered', attempts: 3, lastStatus: 200, nextAt: null });
  expect(view?.attemptLog.map(({ status, answer: text }) => `${status} ${text}`)).toEqual([
    '200 yes',
    '302 ',
    '500 no',
  ]);
});

test('fails at the end of the schedule, and starts over on redelivery', async () => {
  const receiver = await world.receiverWith(answer(500), answer(500), answer(500), answer(500), answer(200));
  const dispatcher = world.run();
  await world.enqueue('r1', receiver.url());
  await world.ended('r1');
  expect(await world.outbox.latest('r1')).toMatchObject({ state: 'failed', attempts: 4, lastStatus: 500 });
  await world.outbox.redeliver('r1');
  dispatcher.wake();
  await world.ended('r1');
  expect(await world.outbox.latest('r1')).toMatchObject({ state: 'delivered', attempts: 5, lastStatus: 200 });
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id']))).toEqual(new Set(['msg_r1_1']));
});

test('reports each attempt with its outcome', async () => {
  const reported: string[] = [];
  const onAttempt: WebhookDispatcherDeps['onAttempt'] = (outcome, { status, durationMs }) => {
    expect(durationMs).toBeGreaterThanOrEqual(0);
    reported.push(`${outcome} ${status}`);
  };
  const receiver = await world.receiverWith(answer(500), hangUp, answer(200), answer(410), noAnswer);
  const dispatcher = world.run({ onAttempt });
  await world.enqueue('r1', receiver.url());
  await world.ended('r1');
  await world.enqueue('r2', receiver.url());
  await world.ended('r2');
  await world.enqueue('r3', receiver.url());
  await receiver.count(5);
  await dispatcher.stop(2_000);
  expect(reported).toEqual(['retried 500', 'retried null', 'delivered 200', 'gone 410', 'interrupted null']);
});

test('stops at 410', async () => {
  const receiver = await world.receiverWith(answer(410));
  world.run();
  await world.enqueue('r1', receiver.url());
  await world.ended('r1');
  expect(await world.outbox.latest('r1')).toMatchObject({ state: 'gone', attempts: 1, lastStatus: 410 });
});

test('delays the next attempt by Retry-After', async () => {
  const receiver = await world.receiverWith(answer(503, '', { 'Retry-After': '3600' }));
  world.run();
  await world.enqueue('r1', receiver.url());
  await waitFor(async () => (await world.outbox.latest('r1'))?.lastStatus === 503);
  const [view] = await world.outbox.list('r1');
  expect(view?.state).toBe('pending');
  expect(Math.abs((view?.nextAt?.getTime() ?? 0) - Date.now() - 3_600_000)).toBeLessThan(10_000);
});

test('sends again with the same id if the process dies between the receiver’s 2xx and its own write', async () => {
  const receiver = await world.receiverWith();
  await world.enqueue('r1', receiver.url());
  const [claimed] = await world.outbox.claim(1, 400);
  if (claimed === undefined) throw new Error('nothing was due');
  // As after a crash: the receiver has the message, and the lease is not renewed.
  expect(await world.deliver(claimed, now())).toMatchObject({ status: 204 });
  world.run();
  await world.ended('r1');
  expect(receiver.received.map(({ headers }) => headers['webhook-id'])).toEqual(['msg_r1_1', 'msg_r1_1']);
  expect(await world.outbox.latest('r1')).toMatchObject({ state: 'delivered', attempts: 2 });
});

test('retries its own write while the database is unavailable, without sending again', async () => {
  const receiver = await world.receiverWith();
  let failures = 2;
  const flaky: WebhookDispatcherDeps['outbox'] = {
    ...world.outbox,
    finish: async (...args) => {
      if (failures-- > 0) throw new Error('connection lost');
      return world.outbox.finish(...args);
    },
  };
  world.run({ outbox: flaky });
  await world.enqueue('r1', receiver.url());
  await world.ended('r1');
  expect(receiver.received).toHaveLength(1);
});

test('waits for an unavailable database, and logs that once', async () => {
  const receiver = await world.receiverWith();
  let claims = 0;
  const flaky: WebhookDispatcherDeps['outbox'] = {
    ...world.outbox,
    claim: async (...args) => {
      claims += 1;
      if (claims <= 3) throw new Error('connection lost');
      return world.outbox.claim(...args);
    },
  };
  await world.enqueue('r1', receiver.url());
  world.run({ outbox: flaky });
  await world.ended('r1');
  const messages = world.logged.map((line) => line.split(' {')[0]);
  expect(messages.filter((line) => line?.includes('outbox is unavailable'))).toHaveLength(1);
  expect(messages.filter((line) => line?.includes('available again'))).toHaveLength(1);
});

test('logs neither secret, path nor query of a receiver', async () => {
  const receiver = await world.receiverWith(answer(500), answer(500), answer(500), answer(500));
  world.run();
  await world.enqueue('r1', receiver.url('/hidden-path?token=hidden-query').replace('//', '//user:hidden-password@'));
  await world.ended('r1');
  // Logged after the write to the database.
  await waitFor(() => world.logged.length === 4);
  const text = world.logged.join('\n');
  expect(text).toContain('webhook not delivered: failed');
  expect(text).not.toContain('hidden');
  expect(text).not.toContain(secret);
});

test('fails a delivery with an invalid URL', async () => {
  world.run({ schedule: [] });
  await world.enqueue('r1', 'not a URL');
  await world.ended('r1');
  expect(await world.outbox.latest('r1')).toMatchObject({ state: 'failed', lastStatus: null });
});
