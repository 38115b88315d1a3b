import mongoose from 'mongoose';
import { v4 as uuid } from 'uuid';
import { connect } from '../../src/database/connect.ts';
import { listen } from '../support/events.ts';
import { ImageServer, makeImage, ok } from '../support/servers/image-server.mjs';
import { startTestService, type TestService, waitFor } from '../support/service.ts';

const SHOP = 'shop-key-0123456789ab';
const SHOP_NEXT = 'shop-next-0123456789a';
const OTHER = 'other-key-0123456789a';
const BARE = 'bare-key-0123456789ab';
const HEADER = 'S. No.,Product Name,Input Image Urls\n';

let images: ImageServer;
let service: TestService;
beforeAll(async () => {
  images = await ImageServer.start();
  service = await startTestService({
    API_KEYS: `shop:${SHOP},shop:${SHOP_NEXT},other:${OTHER},${BARE}`,
    MAX_QUEUED_IMAGES: '10',
  });
});
afterAll(async () => {
  mongoose.set('debug', false);
  await service.close();
  await images.close();
});

const call = (key: string | null, path: string, init: RequestInit = {}) =>
  fetch(`${service.url}${path}`, { ...init, headers: { ...init.headers, ...(key !== null && { 'X-Api-Key': key }) } });
const send = (key: string | null, urls: readonly string[], headers: Record<string, string> = {}, to = service.url) => {
  const body = new FormData();
  body.set('file', new Blob([`${HEADER}1,P,"${urls.join(',')}"\n`]), 'products.csv');
  return fetch(`${to}/api/upload`, { method: 'POST', body, headers: { ...(key && { 'X-Api-Key': key }), ...headers } });
};
const idOf = async (response: Response): Promise<string> => {
  const { requestId } = (await response.json()) as { requestId: string };
  return requestId;
};
const statusOf = async (key: string, id: string) =>
  ((await (await call(key, `/api/status/${id}`)).json()) as { status: string }).status;
const listOf = async (key: string): Promise<string[]> => {
  const { requests } = (await (await call(key, '/api/requests')).json()) as { requests: { requestId: string }[] };
  return requests.map(({ requestId }) => requestId);
};

/** A requested image whose response is held back, and a function that sends it. */
const heldImage = async (path: string) => {
  const picture = ok(await makeImage('jpeg'));
  const held: (() => void)[] = [];
  const url = images.on(path, (...asked) => void held.push(() => picture(...asked)));
  return {
    url,
    isHeld: () => held.length > 0,
    answer: () => {
      for (const send of held.splice(0)) send();
    },
  };
};

const IN_PATH = [
  ['GET', ''],
  ['GET', 'events'],
  ['GET', 'output'],
  ['GET', 'errors'],
  ['GET', 'archive'],
  ['GET', 'deliveries'],
  ['POST', 'cancel'],
  ['POST', 'retry'],
  ['POST', 'deliveries', '/redeliver'],
] as const;

/** A response without what differs per call: its id, the ETag derived from it, and the date. */
const answerOf = async (method: string, path: string) => {
  const response = await call(OTHER, path, { method });
  const {
    'x-request-id': _id,
    date: _date,
    etag: _etag,
    ratelimit: _limit,
    ...headers
  } = Object.fromEntries(response.headers);
  const { instance: _instance, ...body } = (await response.json()) as Record<string, unknown>;
  return { status: response.status, headers, body };
};

test.each(IN_PATH)(
  "%s %s of another tenant's request is answered as of none, after the same queries",
  async (...row) => {
    const [method, route, after = ''] = row;
    const id = await idOf(await send(SHOP, ['http://10.0.0.1/a.jpg']));
    // Its report is the last thing written.
    await waitFor(async () => (await (await call(SHOP, `/api/status/${id}`)).text()).includes('"productCount":1'));
    let asked: string[] = [];
    let about = '';
    mongoose.set('debug', (collection: string, operation: string, query: unknown) => {
      if (JSON.stringify(query)?.includes(about)) asked.push(`${collection}.${operation}`);
    });
    const lookAt = async (requestId: string) => {
      asked = [];
      about = requestId;
      const answer = await answerOf(method, `/api/${route || 'status'}/${requestId}${after}`);
      return { ...answer, asked };
    };
    const foreign = await lookAt(id);
    const unknown = await lookAt(uuid());
    mongoose.set('debug', false);
    expect(foreign).toEqual(unknown);
    expect(foreign).toMatchObject({ status: 404, body: { code: 'request_not_found' } });
    expect(foreign.asked).toHaveLength(1);
  },
);

test('a tenant lists only its own requests, with any of its keys, across pages', async () => {
  const before = await listOf(SHOP);
  const mine = await idOf(await send(SHOP_NEXT, ['http://10.0.0.1/a.jpg']));
  const theirs = await idOf(await send(OTHER, ['http://10.0.0.1/a.jpg']));
  const bare = await idOf(await send(BARE, ['http://10.0.0.1/a.jpg']));
  for (const key of [SHOP, SHOP_NEXT]) expect(await listOf(key)).toEqual([mine, ...before]);
  expect(await listOf(OTHER)).toEqual([theirs]);
  expect(await listOf(BARE)).toEqual([bare]);
  const place = `${Date.now() + 1000}.${mine}`;
  const next = (await (await call(OTHER, `/api/requests?after=${place}`)).json()) as { requests: unknown[] };
  expect(next.requests).toHaveLength(1);
});

test('only the owner can watch and cancel a running request', async () => {
  const { url, isHeld, answer } = await heldImage('/held.jpg');
  const id = await idOf(await send(SHOP, [url]));
  await waitFor(async () => isHeld());
  const own = await listen(`${service.url}/api/events/${id}`, { 'X-Api-Key': SHOP });
  await waitFor(async () => own.events.length > 0);
  // The watched state is in memory by now, but visible only to the owner.
  const foreign = await listen(`${service.url}/api/events/${id}`, { 'X-Api-Key': OTHER });
  expect(foreign.status).toBe(404);
  await foreign.closed;
  expect(foreign.events).toEqual([]);
  for (const change of ['cancel', 'retry']) {
    expect((await call(OTHER, `/api/${change}/${id}`, { method: 'POST' })).status).toBe(404);
  }
  expect(await statusOf(SHOP, id)).toBe('processing');
  answer();
  await own.closed;
  expect(own.events.at(-1)).toMatchObject({ event: 'end', data: { status: 'completed' } });
});

test('an Idempotency-Key is per tenant and shared by all keys of the tenant', async () => {
  const key = uuid();
  const sendAs = (as: string) => send(as, ['http://10.0.0.1/a.jpg'], { 'Idempotency-Key': key });
  const mine = await sendAs(SHOP);
  const theirs = await sendAs(OTHER);
  expect([mine.status, theirs.status, theirs.headers.get('idempotency-replayed')]).toEqual([202, 202, null]);
  const [first, second] = [await idOf(mine), await idOf(theirs)];
  expect(second).not.toBe(first);
  const again = await sendAs(SHOP_NEXT);
  expect([again.headers.get('idempotency-replayed'), await idOf(again)]).toEqual(['true', first]);
});

describe('the quota of unfinished images', () => {
  test('is shared by all keys of a tenant, and by no one else', async () => {
    const { url, isHeld, answer } = await heldImage('/quota.jpg');
    const some = (n: number) => Array.from({ length: n }, (_, at) => `${url}?${at}`);
    const id = await idOf(await send(SHOP, some(7)));
    await waitFor(async () => isHeld());
    const refused = await send(SHOP_NEXT, some(4));
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ code: 'quota_exceeded', limit: 10, queued: 7, added: 4 });
    const theirs = await idOf(await send(OTHER, some(10)));
    for (const [key, request] of [
      [SHOP, id],
      [OTHER, theirs],
    ] as const) {
      await waitFor(async () => {
        answer();
        return (await statusOf(key, request)) === 'completed';
      });
    }
  });

  test('is per address, or per IPv6 /64 network, if the API is open', async () => {
    const open = await startTestService({ MAX_QUEUED_IMAGES: '10', TRUST_PROXY: 'loopback' });
    const database = await connect(String(open.environment.MONGODB_URI), () => undefined);
    const { url, isHeld, answer } = await heldImage('/open.jpg');
    const some = (n: number) => Array.from({ length: n }, (_, at) => `${url}?${at}`);
    const sendFrom = async (from: string, n: number) => {
      const response = await send(null, some(n), { 'X-Forwarded-For': from }, open.url);
      await response.arrayBuffer();
      return response.status;
    };
    try {
      expect(await sendFrom('203.0.113.7', 8)).toBe(202);
      await waitFor(async () => isHeld());
      expect(await sendFrom('203.0.113.7', 3)).toBe(429);
      expect(await sendFrom('203.0.113.8', 8)).toBe(202);
      expect(await sendFrom('2001:db8:1:2::1', 8)).toBe(202);
      expect(await sendFrom('2001:db8:1:2:ffff::1', 3)).toBe(429);
      expect(await sendFrom('2001:db8:1:3::1', 8)).toBe(202);
      await waitFor(async () => {
        answer();
        const left = await database.collection('requests').countDocuments({ state: { $in: ['queued', 'processing'] } });
        return left === 0;
      });
      // Addresses are not kept longer than needed.
      const stored = await database.collection('requests').find().toArray();
      expect(stored).toHaveLength(4);
      expect(JSON.stringify(stored)).not.toMatch(/203\.0\.113|2001:db8/);
    } finally {
      await database.close();
      await open.close();
    }
  });
});
