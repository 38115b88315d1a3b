import type { Connection } from 'mongoose';
import type { Attempt } from '../../src/webhooks/model.ts';
import { createOutbox, type Outbox, type WebhookEvent, webhookId } from '../../src/webhooks/outbox.ts';
import { testConnection } from '../support/database.ts';

const LEASE_MS = 30_000;
const START = Date.parse('2030-01-01T00:00:00Z');

const event = (requestId: string, run = 1): WebhookEvent => ({
  requestId,
  run,
  url: 'https://receiver.example/hook?token=hidden',
  secret: 'whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0',
  type: 'request.completed',
  payload: { type: 'request.completed', data: { requestId, run } },
});

describe('outbox', () => {
  let database: Awaited<ReturnType<typeof testConnection>>;
  let connection: Connection;
  let time = START;
  const now = (): Date => new Date(time);
  const pass = (ms: number): void => {
    time += ms;
  };
  const attempt = (status: number | null): Attempt => ({
    at: now(),
    status,
    durationMs: 12,
    error: status === 200 ? null : 'The receiver answered.',
    answer: 'body',
  });
  let outbox: Outbox;
  const claimOne = async () => {
    const [claimed] = await outbox.claim(1, LEASE_MS);
    if (claimed === undefined) throw new Error('nothing was due');
    return claimed;
  };

  beforeAll(async () => {
    database = await testConnection();
    connection = database.connection;
    await createOutbox(connection, now).ensureIndexes();
  });
  beforeEach(async () => {
    time = START;
    outbox = createOutbox(connection, now);
    await connection.collection('deliveries').deleteMany({});
  });
  afterAll(() => database.close());

  it('has the two plain indexes its queries need', async () => {
    const indexes = await connection.collection('deliveries').indexes();
    const keys = indexes.map(({ key }) => key);
    expect(keys).toEqual(expect.arrayContaining([{ nextAt: 1 }, { requestId: 1, createdAt: -1 }]));
    expect(indexes.filter((index) => index.partialFilterExpression !== undefined)).toEqual([]);
  });

  it('creates one document for an event that is enqueued many times concurrently', async () => {
    const ids = await Promise.all(Array.from({ length: 10 }, () => outbox.enqueue(event('r1'))));
    expect(new Set(ids)).toEqual(new Set(['msg_r1_1']));
    expect(await connection.collection('deliveries').countDocuments()).toBe(1);
  });

  it('does not resend a delivered event that is enqueued again', async () => {
    await outbox.enqueue(event('r1'));
    await outbox.finish(await claimOne(), 'delivered', attempt(200));
    await outbox.enqueue(event('r1'));
    expect(await outbox.claim(10, LEASE_MS)).toEqual([]);
    expect(await outbox.latest('r1')).toMatchObject({ state: 'delivered', attempts: 1 });
  });

  it('keeps an event for each run of a request, newest first', async () => {
    await outbox.enqueue(event('r1', 1));
    pass(1000);
    await outbox.enqueue(event('r1', 2));
    await outbox.enqueue(event('other'));
    expect((await outbox.list('r1')).map(({ id }) => id)).toEqual(['msg_r1_2', 'msg_r1_1']);
    expect(await outbox.latest('unknown')).toBeNull();
  });

  it('refuses a body that is too large for receivers', async () => {
    const large = { ...event('r1'), payload: { text: 'x'.repeat(20_000) } };
    await expect(outbox.enqueue(large)).rejects.toThrow('exceeds 20000 bytes');
  });

  it('sends the same bytes on every attempt', async () => {
    await outbox.enqueue(event('r1'));
    const first = await claimOne();
    await outbox.reschedule(first, attempt(500), 0);
    expect((await claimOne()).payload).toBe(first.payload);
    expect(first.payload).toBe(JSON.stringify(event('r1').payload));
  });

  it('leases up to the limit, the longest due first, and nothing that is not due', async () => {
    for (const requestId of ['r1', 'r2', 'r3']) {
      await outbox.enqueue(event(requestId));
      pass(1000);
    }
    pass(-1500);
    expect((await outbox.claim(2, LEASE_MS)).map(({ requestId }) => requestId)).toEqual(['r1', 'r2']);
    expect(await outbox.claim(2, LEASE_MS)).toEqual([]);
    pass(1500);
    expect((await outbox.claim(2, LEASE_MS)).map(({ requestId }) => requestId)).toEqual(['r3']);
  });

  it('lists due deliveries with receiver and tenant, and leases those selected', async () => {
    await outbox.enqueue({ ...event('r1'), tenant: 'shop-a' });
    await outbox.enqueue(event('r2'));
    await connection
      .collection('deliveries')
      .updateOne({ _id: webhookId('r2', 1) as never }, { $unset: { origin: '' } });
    const shown: object[] = [];
    const claimed = await outbox.claim(5, LEASE_MS, (due) => {
      shown.push(...due);
      return due.filter(({ tenant }) => tenant === 'shop-a');
    });
    expect(shown.slice(0, 2)).toEqual(
      expect.arrayContaining([
        { _id: 'msg_r1_1', nextAt: now(), origin: 'https://receiver.example', tenant: 'shop-a', tries: 0 },
        { _id: 'msg_r2_1', nextAt: now(), tries: 0 },
      ]),
    );
    expect(claimed).toMatchObject([
      { _id: 'msg_r1_1', origin: 'https://receiver.example', tenant: 'shop-a', tries: 1 },
    ]);
    expect(await outbox.claim(5, LEASE_MS)).toMatchObject([{ _id: 'msg_r2_1' }]);
  });

  it('leases each delivery to only one of many claimers', async () => {
    await Promise.all(Array.from({ length: 40 }, (_, i) => outbox.enqueue(event(`r${i}`))));
    const claimers = Array.from({ length: 8 }, () => createOutbox(connection, now));
    const claims = (
      await Promise.all(
        claimers.map(async (claimer) => {
          const mine: string[] = [];
          for (;;) {
            const claimed = await claimer.claim(3, LEASE_MS);
            if (claimed.length === 0) return mine;
            mine.push(...claimed.map(({ _id }) => _id));
          }
        }),
      )
    ).flat();
    expect(new Set(claims).size).toBe(40);
    expect(claims).toHaveLength(40);
  });

  it('leases a delivery again when its lease expires, and rejects writes of its former holder', async () => {
    await outbox.enqueue(event('r1'));
    const lost = await claimOne();
    pass(LEASE_MS - 1);
    expect(await outbox.claim(1, LEASE_MS)).toEqual([]);
    pass(1);
    const current = await claimOne();
    expect(current._id).toBe(lost._id);
    expect(current.attempts).toBe(2);

    expect(await outbox.finish(lost, 'failed', attempt(500))).toBe(false);
    expect(await outbox.reschedule(lost, attempt(500), 0)).toBe(false);
    await outbox.release([lost], 0);
    expect(await outbox.latest('r1')).toMatchObject({ state: 'pending', attempts: 2, lastStatus: null });

    expect(await outbox.finish(current, 'delivered', attempt(200))).toBe(true);
    expect(await outbox.finish(current, 'failed', attempt(500))).toBe(false);
    expect(await outbox.latest('r1')).toMatchObject({ state: 'delivered', lastStatus: 200 });
  });

  it('requeues unsent deliveries without counting an attempt', async () => {
    await outbox.enqueue(event('r1'));
    await outbox.release([await claimOne()], 5000);
    expect(await outbox.claim(1, LEASE_MS)).toEqual([]);
    pass(5000);
    expect(await claimOne()).toMatchObject({ attempts: 1, tries: 1 });
    await outbox.release([], 0);
  });

  it('lists every attempt, newest first, without secret and body', async () => {
    await outbox.enqueue(event('r1'));
    await outbox.reschedule(await claimOne(), attempt(500), 5000);
    pass(5000);
    await outbox.finish(await claimOne(), 'delivered', attempt(200));
    const [view] = await outbox.list('r1');
    expect(view).toEqual({
      id: 'msg_r1_1',
      requestId: 'r1',
      run: 1,
      url: event('r1').url,
      type: 'request.completed',
      state: 'delivered',
      sending: false,
      createdAt: new Date(START),
      nextAt: null,
      attempts: 2,
      redeliveries: 0,
      lastStatus: 200,
      attemptLog: [
        { at: new Date(START + 5000), status: 200, durationMs: 12, error: null, answer: 'body' },
        { at: new Date(START), status: 500, durationMs: 12, error: 'The receiver answered.', answer: 'body' },
      ],
    });
  });

  it('stores the latest 50 attempts and counts all of them', async () => {
    await outbox.enqueue(event('r1'));
    for (let i = 1; i <= 53; i++) {
      await outbox.reschedule(await claimOne(), { ...attempt(500), durationMs: i }, 1);
      pass(1);
    }
    const [view] = await outbox.list('r1');
    expect(view?.attempts).toBe(53);
    expect(view?.attemptLog.map(({ durationMs }) => durationMs)).toEqual(Array.from({ length: 50 }, (_, i) => 53 - i));
  });

  it('redelivers with the same id and a new schedule', async () => {
    await outbox.enqueue(event('r1'));
    await outbox.reschedule(await claimOne(), attempt(500), 0);
    const before = await claimOne();
    await outbox.finish(before, 'failed', attempt(500));
    pass(1000);

    expect(await outbox.redeliver('r1')).toBe('msg_r1_1');
    const [view] = await outbox.list('r1');
    expect(view).toMatchObject({ state: 'pending', redeliveries: 1, nextAt: now() });
    expect(await claimOne()).toMatchObject({ _id: 'msg_r1_1', payload: before.payload, attempts: 3, tries: 1 });
  });

  it('refuses a redelivery while an attempt is in flight, and sends once what is due already', async () => {
    await outbox.enqueue(event('r1'));
    const inFlight = await claimOne();
    expect((await outbox.list('r1'))[0]).toMatchObject({ sending: true });
    await expect(outbox.redeliver('r1')).rejects.toMatchObject({ code: 'delivery_in_progress' });
    expect(await outbox.finish(inFlight, 'gone', attempt(410))).toBe(true);

    await outbox.redeliver('r1');
    await outbox.redeliver('r1');
    expect((await outbox.list('r1'))[0]).toMatchObject({ state: 'pending', sending: false, redeliveries: 2 });
    const again = await claimOne();
    expect(again).toMatchObject({ _id: 'msg_r1_1', tries: 1 });
    expect(await outbox.claim(5, LEASE_MS)).toEqual([]);
    // What a crash left is no attempt in flight.
    pass(LEASE_MS);
    expect((await outbox.list('r1'))[0]).toMatchObject({ state: 'pending', sending: false });
    await outbox.redeliver('r1');
    expect(await outbox.finish(again, 'failed', attempt(500))).toBe(false);
    expect(await claimOne()).toMatchObject({ _id: 'msg_r1_1' });
  });

  it('never claims the event of a request that people no longer see, and removes it', async () => {
    const visible = new Set(['kept']);
    const asked: string[][] = [];
    outbox = createOutbox(connection, now, async (ids) => {
      asked.push([...ids]);
      return visible;
    });
    await outbox.enqueue(event('deleted'));
    await outbox.enqueue(event('kept'));
    expect((await outbox.claim(5, LEASE_MS)).map(({ requestId }) => requestId)).toEqual(['kept']);
    expect(asked).toHaveLength(1);
    expect(await outbox.list('deleted')).toEqual([]);
    expect(await outbox.list('kept')).toHaveLength(1);
  });

  it('redelivers the newest or the given delivery, and only of that request', async () => {
    await outbox.enqueue(event('r1', 1));
    pass(1000);
    await outbox.enqueue(event('r1', 2));
    expect(await outbox.redeliver('r1')).toBe('msg_r1_2');
    expect(await outbox.redeliver('r1', 'msg_r1_1')).toBe('msg_r1_1');
    expect(await outbox.redeliver('r2', 'msg_r1_1')).toBeNull();
    expect(await outbox.redeliver('r2')).toBeNull();
  });
});
