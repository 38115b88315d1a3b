import { type AddressInfo, createServer } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { createGuardedAgents, type GuardedAgents } from '../../src/network/agents.ts';
import { createDeliver, type Deliver } from '../../src/webhooks/deliver.ts';
import {
  createWebhookDispatcher,
  type WebhookDispatcher,
  type WebhookDispatcherDeps,
} from '../../src/webhooks/dispatcher.ts';
import { createOutbox, type Outbox } from '../../src/webhooks/outbox.ts';
import { testConnection } from '../support/database.ts';
import { type Answer, answer, hangUp, noAnswer, WebhookReceiver } from '../support/servers/webhook-receiver.ts';

const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;

const until = async (condition: () => Promise<boolean> | boolean, withinMs = 15_000): Promise<void> => {
  const end = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not within ${withinMs} ms`);
    await new Promise((next) => setTimeout(next, 10));
  }
};

describe('webhook dispatcher', () => {
  let database: Awaited<ReturnType<typeof testConnection>>;
  let outbox: Outbox;
  let agents: GuardedAgents;
  let deliver: Deliver;
  let logged: string[];
  const dispatchers: WebhookDispatcher[] = [];
  const receivers: WebhookReceiver[] = [];
  const now = (): Date => new Date();

  const receiverWith = async (...script: Answer[]): Promise<WebhookReceiver> => {
    const receiver = await WebhookReceiver.start(...script);
    receivers.push(receiver);
    return receiver;
  };
  const run = (deps: Partial<WebhookDispatcherDeps> = {}): WebhookDispatcher => {
    const note = (facts: object, text: string): void => void logged.push(`${text} ${JSON.stringify(facts)}`);
    const log = { info: note, warn: note };
    const dispatcher = createWebhookDispatcher({
      outbox,
      deliver,
      now,
      log,
      pollMs: 20,
      schedule: [20, 20, 20],
      ...deps,
    });
    dispatcher.start();
    dispatchers.push(dispatcher);
    return dispatcher;
  };
  const enqueue = (requestId: string, url: string, signed: string | null = secret): Promise<string> =>
    outbox.enqueue({ requestId, run: 1, url, secret: signed, type: 'request.completed', payload: { requestId } });
  const ended = (requestId: string) =>
    until(async () => {
      const latest = await outbox.latest(requestId);
      return latest !== null && latest.state !== 'pending';
    });

  beforeAll(async () => {
    database = await testConnection();
    outbox = createOutbox(database.connection, now);
    await outbox.ensureIndexes();
    agents = createGuardedAgents({ allowPrivateNetworks: ['127.0.0.0/8'] });
    deliver = createDeliver(agents);
  });
  beforeEach(async () => {
    logged = [];
    await database.connection.collection('deliveries').deleteMany({});
  });
  afterEach(async () => {
    await Promise.all(dispatchers.splice(0).map((dispatcher) => dispatcher.stop()));
    await Promise.all(receivers.splice(0).map((receiver) => receiver.close()));
  });
  afterAll(async () => {
    agents.destroy();
    await database.close();
  });

  it('delivers an enqueued event once, immediately when woken', async () => {
    const receiver = await receiverWith();
    const dispatcher = run({ pollMs: 60_000 });
    await enqueue('r1', receiver.url());
    dispatcher.wake();
    await ended('r1');
    expect(await outbox.latest('r1')).toEqual({
      url: receiver.url(),
      state: 'delivered',
      attempts: 1,
      lastStatus: 204,
    });
    expect(receiver.received).toHaveLength(1);
    expect(logged).toEqual([expect.stringContaining('webhook delivered')]);
  });

  it('retries until the receiver accepts it, each time with the same id and body and a valid signature', async () => {
    const receiver = await receiverWith(answer(500, 'no'), answer(302), answer(200, 'yes'));
    run();
    await enqueue('r1', receiver.url());
    await ended('r1');
    const bodies = receiver.received.map(({ body, headers }) => {
      const flat = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
      new Webhook(secret).verify(body, flat);
      return `${headers['webhook-id']} ${body}`;
    });
    expect(bodies).toEqual(Array(3).fill('msg_r1_1 {"requestId":"r1"}'));
    const [view] = await outbox.list('r1');
    expect(view).toMatchObject({ state: 'delivered', attempts: 3, lastStatus: 200, nextAt: null });
    expect(view?.attemptLog.map(({ status, answer: text }) => `${status} ${text}`)).toEqual([
      '200 yes',
      '302 ',
      '500 no',
    ]);
  });

  it('fails at the end of the schedule, and starts over on redelivery', async () => {
    const receiver = await receiverWith(answer(500), answer(500), answer(500), answer(500), answer(200));
    const dispatcher = run();
    await enqueue('r1', receiver.url());
    await ended('r1');
    expect(await outbox.latest('r1')).toMatchObject({ state: 'failed', attempts: 4, lastStatus: 500 });
    await outbox.redeliver('r1');
    dispatcher.wake();
    await ended('r1');
    expect(await outbox.latest('r1')).toMatchObject({ state: 'delivered', attempts: 5, lastStatus: 200 });
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id']))).toEqual(new Set(['msg_r1_1']));
  });

  it('reports each attempt with its outcome', async () => {
    const reported: string[] = [];
    const onAttempt: WebhookDispatcherDeps['onAttempt'] = (outcome, { status, durationMs }) => {
      expect(durationMs).toBeGreaterThanOrEqual(0);
      reported.push(`${outcome} ${status}`);
    };
    const receiver = await receiverWith(answer(500), hangUp, answer(200), answer(410), noAnswer);
    const dispatcher = run({ onAttempt });
    await enqueue('r1', receiver.url());
    await ended('r1');
    await enqueue('r2', receiver.url());
    await ended('r2');
    await enqueue('r3', receiver.url());
    await receiver.count(5);
    await dispatcher.stop(2_000);
    expect(reported).toEqual(['retried 500', 'retried null', 'delivered 200', 'gone 410', 'interrupted null']);
  });

  it('stops at 410', async () => {
    const receiver = await receiverWith(answer(410));
    run();
    await enqueue('r1', receiver.url());
    await ended('r1');
    expect(await outbox.latest('r1')).toMatchObject({ state: 'gone', attempts: 1, lastStatus: 410 });
  });

  it('delays the next attempt by Retry-After', async () => {
    const receiver = await receiverWith(answer(503, '', { 'Retry-After': '3600' }));
    run();
    await enqueue('r1', receiver.url());
    await until(async () => (await outbox.latest('r1'))?.lastStatus === 503);
    const [view] = await outbox.list('r1');
    expect(view?.state).toBe('pending');
    expect(Math.abs((view?.nextAt?.getTime() ?? 0) - Date.now() - 3_600_000)).toBeLessThan(10_000);
  });

  it('sends again with the same id if the process dies between the receiver’s 2xx and its own write', async () => {
    const receiver = await receiverWith();
    await enqueue('r1', receiver.url());
    const [claimed] = await outbox.claim(1, 400);
    if (claimed === undefined) throw new Error('nothing was due');
    // As after a crash: the receiver has the message, and the lease is not renewed.
    expect(await deliver(claimed, now())).toMatchObject({ status: 204 });
    run();
    await ended('r1');
    expect(receiver.received.map(({ headers }) => headers['webhook-id'])).toEqual(['msg_r1_1', 'msg_r1_1']);
    expect(await outbox.latest('r1')).toMatchObject({ state: 'delivered', attempts: 2 });
  });

  it('retries its own write while the database is unavailable, without sending again', async () => {
    const receiver = await receiverWith();
    let failures = 2;
    const flaky: WebhookDispatcherDeps['outbox'] = {
      ...outbox,
      finish: async (...args) => {
        if (failures-- > 0) throw new Error('connection lost');
        return outbox.finish(...args);
      },
    };
    run({ outbox: flaky });
    await enqueue('r1', receiver.url());
    await ended('r1');
    expect(receiver.received).toHaveLength(1);
  });

  it('waits for an unavailable database, and logs that once', async () => {
    const receiver = await receiverWith();
    let claims = 0;
    const flaky: WebhookDispatcherDeps['outbox'] = {
      ...outbox,
      claim: async (...args) => {
        claims += 1;
        if (claims <= 3) throw new Error('connection lost');
        return outbox.claim(...args);
      },
    };
    await enqueue('r1', receiver.url());
    run({ outbox: flaky });
    await ended('r1');
    const messages = logged.map((line) => line.split(' {')[0]);
    expect(messages.filter((line) => line?.includes('outbox is unavailable'))).toHaveLength(1);
    expect(messages.filter((line) => line?.includes('available again'))).toHaveLength(1);
  });

  it('sends each message once when several instances share the outbox', async () => {
    const receiver = await receiverWith();
    await Promise.all(Array.from({ length: 30 }, (_, i) => enqueue(`r${i}`, receiver.url())));
    for (let i = 0; i < 3; i++) run({ outbox: createOutbox(database.connection, now), concurrency: 4 });
    await receiver.count(30);
    await Promise.all(Array.from({ length: 30 }, (_, i) => ended(`r${i}`)));
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(30);
    expect(receiver.received).toHaveLength(30);
  });

  it('never exceeds its concurrency', async () => {
    let open = 0;
    let maxOpen = 0;
    const counting: Deliver = async (...args) => {
      maxOpen = Math.max(maxOpen, ++open);
      return deliver(...args).finally(() => open--);
    };
    const [one, two] = await Promise.all([receiverWith(), receiverWith()]);
    await Promise.all(Array.from({ length: 12 }, (_, i) => enqueue(`r${i}`, (i % 2 ? one : two).url())));
    run({ deliver: counting, concurrency: 3 });
    await Promise.all(Array.from({ length: 12 }, (_, i) => ended(`r${i}`)));
    expect(maxOpen).toBeLessThanOrEqual(3);
  });

  it('is not blocked by a receiver that never answers', async () => {
    const [stuck, quick] = await Promise.all([receiverWith(noAnswer), receiverWith()]);
    for (let i = 0; i < 6; i++) await enqueue(`stuck${i}`, stuck.url());
    await enqueue('quick', quick.url());
    run({ concurrency: 4, graceMs: 0 });
    await ended('quick');
    expect(stuck.received.length).toBeLessThanOrEqual(3);
  });

  it('sends to a working receiver immediately while hundreds of others, each with its own address, never answer', async () => {
    const quick = await receiverWith();
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
      await enqueue(`silent${n}`, `http://127.0.${1 + (n >> 7)}.${1 + (n & 127)}:${silence}/`);
    const dispatcher = run({ concurrency, preemptAfterMs: 100, graceMs: 0, schedule: [60_000] });
    await until(() => opened >= concurrency);
    await enqueue('quick', quick.url());
    dispatcher.wake();
    await quick.count(1);
    // Those that had permits and those claimed meanwhile, but not the rest of the queue.
    expect(opened).toBeLessThan(5 * concurrency);
    await dispatcher.stop();
    const [preempted] = await Promise.all(
      [...Array(300).keys()].map(async (n) => (await outbox.list(`silent${n}`))[0]?.attemptLog[0]?.error),
    ).then((errors) => errors.filter((error) => error?.includes('other deliveries')));
    expect(preempted).toBeDefined();
    silent.close();
  });

  it('waits for pending responses on stop, and claims nothing more', async () => {
    let reply = (): void => {};
    const receiver = await receiverWith((response) => {
      reply = () => void response.writeHead(200).end();
    });
    const dispatcher = run();
    await enqueue('r1', receiver.url());
    await receiver.count(1);
    const stopped = dispatcher.stop();
    await enqueue('r2', receiver.url());
    reply();
    await stopped;
    expect(await outbox.latest('r1')).toMatchObject({ state: 'delivered' });
    expect(await outbox.latest('r2')).toMatchObject({ state: 'pending', attempts: 0 });
  });

  it('aborts slow attempts on stop, and leaves them due for another instance', async () => {
    const receiver = await receiverWith(noAnswer, answer(200));
    const dispatcher = run({ graceMs: 50 });
    await enqueue('r1', receiver.url());
    await receiver.count(1);
    await dispatcher.stop();
    const [view] = await outbox.list('r1');
    expect(view?.state).toBe('pending');
    expect(view?.nextAt?.getTime()).toBeLessThanOrEqual(Date.now());
    expect(view?.attemptLog[0]?.error).toContain('service stopped');
    run();
    await ended('r1');
    expect(await outbox.latest('r1')).toMatchObject({ state: 'delivered', attempts: 2 });
  });

  it('requeues what was claimed during stop', async () => {
    const receiver = await receiverWith();
    await enqueue('r1', receiver.url());
    let dispatcher: WebhookDispatcher | undefined;
    let stopped: Promise<void> | undefined;
    const late: WebhookDispatcherDeps['outbox'] = {
      ...outbox,
      claim: async (...args) => {
        const claimed = await outbox.claim(...args);
        stopped = dispatcher?.stop();
        return claimed;
      },
    };
    dispatcher = run({ outbox: late });
    await until(() => stopped !== undefined);
    await stopped;
    expect(receiver.received).toHaveLength(0);
    expect(await outbox.latest('r1')).toMatchObject({ state: 'pending', attempts: 0 });
    expect(await outbox.claim(1, 1000)).toHaveLength(1);
  });

  it('stops in time even if the database never responds', async () => {
    const dispatcher = run({ outbox: { ...outbox, claim: () => new Promise(() => {}) }, graceMs: 10 });
    const startedAt = performance.now();
    await dispatcher.stop();
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it('logs neither secret, path nor query of a receiver', async () => {
    const receiver = await receiverWith(answer(500), answer(500), answer(500), answer(500));
    run();
    await enqueue('r1', receiver.url('/hidden-path?token=hidden-query').replace('//', '//user:hidden-password@'));
    await ended('r1');
    // Logged after the write to the database.
    await until(() => logged.length === 4);
    const text = logged.join('\n');
    expect(text).toContain('webhook not delivered: failed');
    expect(text).not.toContain('hidden');
    expect(text).not.toContain(secret);
  });

  it('fails a delivery with an invalid URL', async () => {
    run({ schedule: [] });
    await enqueue('r1', 'not a URL');
    await ended('r1');
    expect(await outbox.latest('r1')).toMatchObject({ state: 'failed', lastStatus: null });
  });
});
