import { v4 as uuid } from 'uuid';
import { createClaimer } from '../../src/dispatch/claimer.ts';
import { UNLIMITED_HOSTS } from '../../src/dispatch/hosts.ts';
import { createImageStore } from '../../src/requests/image-store.ts';
import { createModels, ensureIndexes, type Models } from '../../src/requests/models.ts';
import { createRequestStore } from '../../src/requests/request-store.ts';
import { type TestConnection, testConnection } from '../support/database.ts';

const LEASE_MS = 600_000;
const INSTANCES = 20;
const WANTED = 4;
const now = (): Date => new Date();

let database: TestConnection;
let models: Models;
let commands = 0;

beforeAll(async () => {
  database = await testConnection();
  database.connection.getClient().on('commandStarted', () => {
    commands += 1;
  });
  models = createModels(database.connection);
  await ensureIndexes(models);
});
afterAll(() => database.close());

/** The same numbers every time, from 0 to less than 1. */
const randomFrom = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
};

const seed = async (total: number, nextAt = (seq: number) => new Date(seq)) => {
  const requestId = uuid();
  await models.images.insertMany(
    Array.from({ length: total }, (_, seq) => ({
      ...{ _id: uuid(), requestId, seq, row: seq, index: 0, serialNumber: `${seq}`, productName: 'p' },
      ...{ inputUrl: `${seq}`, status: 'pending' as const, nextAt: nextAt(seq), attempts: 0, reports: 0 },
    })),
    { lean: true },
  );
  return { _id: requestId, total, run: 1, state: 'queued' as const };
};

/** Instances that claim in step until nothing is left; how many commands that takes and what each of them gets. */
const claimInStep = async (request: Awaited<ReturnType<typeof seed>>) => {
  const claimers = Array.from({ length: INSTANCES }, (_, n) =>
    createClaimer(createImageStore(models, now), now, randomFrom(n + 1)),
  );
  const claimed: string[] = [];
  let open = claimers;
  commands = 0;
  for (let rounds = 0; open.length > 0 && rounds < 1_000; rounds += 1) {
    const claims = await Promise.all(
      open.map((claimer) => claimer.claim([request], WANTED, LEASE_MS, UNLIMITED_HOSTS)),
    );
    for (const { images } of claims) claimed.push(...images.map(({ seq }) => `${seq}`));
    open = open.filter((_, index) => {
      const claim = claims[index];
      return claim !== undefined && (claim.images.length > 0 || claim.left.get(request._id)?.more === true);
    });
  }
  return { claimed, commands };
};

test('twenty instances that claim in step part ways: each image once, and few claims come back empty', async () => {
  const request = await seed(2_000);
  const { claimed, commands: sent } = await claimInStep(request);
  expect(claimed).toHaveLength(request.total);
  expect(new Set(claimed).size).toBe(request.total);
  // A claim of four is an update, and a read serves many claims.
  expect(sent / request.total).toBeLessThan(1.2);
}, 120_000);

test('one instance claims in the order of the upload, with one read for many claims', async () => {
  const request = await seed(320);
  const claimer = createClaimer(createImageStore(models, now), now);
  const claimed: number[] = [];
  commands = 0;
  while (claimed.length < request.total) {
    const { images } = await claimer.claim([request], WANTED, LEASE_MS, UNLIMITED_HOSTS);
    claimed.push(...images.map(({ seq }) => seq));
  }
  expect(claimed).toEqual(Array.from({ length: request.total }, (_, seq) => seq));
  expect(commands).toBeLessThan(request.total / WANTED + 15);
});

test('one claim is for several large requests: a read of each that serves many claims, and one update', async () => {
  const requests = [await seed(200), await seed(200), await seed(200), await seed(200)];
  const claimer = createClaimer(createImageStore(models, now), now);
  const claimed: string[] = [];
  const claim = async (wanted: number) => {
    const { images, left } = await claimer.claim(requests, wanted, LEASE_MS, UNLIMITED_HOSTS);
    claimed.push(...images.map(({ _id }) => _id));
    expect([...left.keys()]).toEqual(requests.map(({ _id }) => _id));
    return requests.map(({ _id }) => images.filter(({ requestId }) => requestId === _id).map(({ seq }) => seq));
  };
  commands = 0;
  // Of each of them: what came back, and what is fresh.
  expect(await claim(8)).toEqual([0, 0, 0, 0].map(() => [0, 1]));
  expect(commands).toBe(4 * 2 + 1);
  expect(await claim(6)).toEqual([[2, 3], [2, 3], [2], [2]]);
  expect(commands).toBe(4 * 2 + 2);
  expect(new Set(claimed).size).toBe(14);
});

test('what is found of one request is no longer there for the next of the same claim', async () => {
  const requests = [await seed(50), await seed(50)];
  const hosts = { hostOf: () => 'one', available: () => 5 };
  const claimer = createClaimer(createImageStore(models, now), now);
  const { images, left } = await claimer.claim(requests, 8, LEASE_MS, hosts);
  expect(images).toHaveLength(5);
  expect(requests.map(({ _id }) => left.get(_id)?.saturatedHosts)).toEqual([[], ['one']]);
});

test('what is active is one command, and so is when the next image of each is due', async () => {
  const inMs = (ms: number) => () => new Date(now().getTime() + ms);
  const requests = await Promise.all(Array.from({ length: 120 }, (_, n) => seed(3, inMs(20_000 + n))));
  const back = await seed(3, (seq) => (seq === 1 ? new Date(Date.now() - 5) : inMs(20_000)()));
  const later = await seed(3, inMs(60_000));
  const store = createImageStore(models, now);
  commands = 0;
  await createRequestStore(models, now).active();
  expect(commands).toBe(1);
  const due = await store.nextDue(
    [...requests, back, later].map(({ _id }) => _id),
    30_000,
  );
  expect(commands).toBe(2);
  expect([...due.keys()].sort()).toEqual([...requests, back].map(({ _id }) => _id).sort());
  expect(due.get(back._id)).toBeLessThanOrEqual(0);
  for (const { _id } of requests) expect(due.get(_id)).toBeGreaterThan(0);
  // One by itself is asked about in another way.
  expect([...(await store.nextDue([back._id], 30_000)).keys()]).toEqual([back._id]);
  expect(await store.nextDue([later._id], 30_000)).toEqual(new Map());
  expect(commands).toBe(4);
  expect(await store.nextDue([], 30_000)).toEqual(new Map());
  expect(commands).toBe(4);
});

test('while there are fresh images, what comes back is looked for when it is due or when somebody says so', async () => {
  const request = await seed(400);
  const store = createImageStore(models, now);
  const claimer = createClaimer(store, now);
  const claim = async (returns?: number) => {
    const { images } = await claimer.claim(
      [{ ...request, ...(returns && { returns }) }],
      WANTED,
      LEASE_MS,
      UNLIMITED_HOSTS,
    );
    return images;
  };
  const first = await claim();
  commands = 0;
  for (let n = 0; n < 10; n += 1) await claim();
  expect(commands).toBe(10);

  // Another instance gives one back, and one of this instance.
  await store.release(first.slice(0, 1), 0);
  expect((await claim()).map(({ seq }) => seq)).toEqual([44, 45, 46, 47]);
  expect((await claim(1)).map(({ seq }) => seq)).toEqual([0, 48, 49, 50]);
  await store.release(first.slice(1, 2), 0);
  expect((await claim(1)).map(({ seq }) => seq)).toEqual([1, 51, 52, 53]);
  await claim(1);
  await store.release(first.slice(2, 3), 0);
  claimer.returned([request._id]);
  expect((await claim(1)).map(({ seq }) => seq)).toEqual([2, 58, 59, 60]);
});
