import { v4 as uuid } from 'uuid';
import { createModels, ensureIndexes, type Models } from '../../src/requests/models.ts';
import { createRequestStore, type RequestStore } from '../../src/requests/request-store.ts';
import { storedTenant, tenantOfRequest } from '../../src/requests/tenant.ts';
import { NO_COUNTS, type RequestRecord, type RequestState } from '../../src/requests/types.ts';
import { createListing, createSummaries } from '../../src/results/listing.ts';
import { testNeeding } from '../support/capabilities.ts';
import { type TestConnection, testConnection } from '../support/database.ts';

const NOW = Date.UTC(2026, 5, 30);
const HOUR = 3_600_000;
const OTHERS = 4_000;
const now = (): Date => new Date(NOW);

let database: TestConnection;
let models: Models;
let requests: RequestStore;

const record = (createdAt: number, fields: Partial<RequestRecord> = {}): RequestRecord => ({
  ...{ _id: uuid(), state: 'completed', run: 1, createdAt: new Date(createdAt), heartbeatAt: new Date(createdAt) },
  ...{ options: { quality: 50, format: 'jpeg' }, csv: { header: [], delimiter: ',', chunks: 1 } },
  ...{ total: 3, counters: { ...NO_COUNTS, completed: 3 } },
  ...fields,
});

/** As earlier versions stored them, and older instances still do: of no tenant and no client. */
const old = Array.from({ length: 5 }, (_, n) => record(NOW - (n + 1) * 100 * HOUR));
const ofShop = Array.from({ length: 30 }, (_, n) => record(NOW - n * 50 * HOUR, storedTenant('shop')));
const ofDefault = Array.from({ length: 5 }, (_, n) => record(NOW - n * 70 * HOUR, storedTenant('default')));

beforeAll(async () => {
  database = await testConnection();
  models = createModels(database.connection);
  await ensureIndexes(models);
  requests = createRequestStore(models, now);
  const ofOthers = Array.from({ length: OTHERS }, (_, n) => {
    const unfinished = n % 4 === 0 ? { state: 'queued' as const, client: `tenant other-${n % 8}`, total: 9 } : {};
    return record(NOW - n * HOUR, { tenant: `other-${n % 8}`, ...unfinished });
  });
  await models.requests.insertMany([...old, ...ofShop, ...ofDefault, ...ofOthers], { lean: true });
});
afterAll(() => database.close());

/** Models that keep what their requests are asked, so that the database can explain it. */
const recording = () => {
  const asked: { filter: object; sort: Record<string, 1 | -1>; limit: number }[] = [];
  const find = (filter: object, fields: object) => {
    const query = models.requests.find(filter, fields);
    asked.push({ filter, sort: {}, limit: 0 });
    const { sort, limit } = query;
    query.sort = ((by: Record<string, 1 | -1>) => {
      Object.assign(asked.at(-1)?.sort ?? {}, by);
      return sort.call(query, by);
    }) as typeof sort;
    query.limit = ((most: number) => {
      const last = asked.at(-1);
      if (last !== undefined) last.limit = most;
      return limit.call(query, most);
    }) as typeof limit;
    return query;
  };
  return { asked, models: { ...models, requests: { find } } as unknown as Models };
};

/**
 * How many documents the database reads for all of these queries. Without `$nin`, which no index answers: SecantusDB
 * uses the index for the rest of the filter, and explains a scan.
 */
const documentsRead = async ({ asked }: ReturnType<typeof recording>): Promise<number> => {
  let read = 0;
  for (const { filter, sort, limit } of asked) {
    const ranges = Object.fromEntries(Object.entries(filter).filter(([, value]) => !('$nin' in Object(value))));
    const explained = (await database.connection
      .collection('requests')
      .find(ranges)
      .sort(sort)
      .limit(limit)
      .explain('executionStats')) as { executionStats: { totalDocsExamined: number } };
    read += explained.executionStats.totalDocsExamined;
  }
  return read;
};

const TENANTS = [
  ['shop', ofShop],
  // Requests of earlier versions are the default tenant's.
  ['default', [...ofDefault, ...old]],
  ['none', []],
] as const;

/** The list of a tenant, page after page. */
const listed = async (tenant: string) => {
  const seen = recording();
  const list = createListing(seen.models, now);
  const ids: string[] = [];
  for (let after: { createdAt: Date; requestId: string } | undefined; ; ) {
    const page = await list(tenant, 8, after);
    ids.push(...page.map(({ _id }) => _id));
    const last = page.at(-1);
    if (page.length < 8 || last === undefined) break;
    after = { createdAt: last.createdAt, requestId: last._id };
  }
  return { ids, seen };
};

test.each(TENANTS)('the list of %s has its own requests, newest first', async (tenant, own) => {
  const { ids } = await listed(tenant);
  const newestFirst = [...own].sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
  expect(ids).toEqual(newestFirst.map(({ _id }) => _id));
});

testNeeding('explain').each(TENANTS)("the list of %s reads no other's requests", async (tenant, own) => {
  const { seen } = await listed(tenant);
  // Each page may read again what lies behind its end in the same window of time.
  expect(await documentsRead(seen)).toBeLessThanOrEqual(own.length * 5);
});

test('a request is found for its own tenant only, by one and the same query', async () => {
  const [mine] = ofShop;
  const [earlier] = old;
  if (mine === undefined || earlier === undefined) throw new Error('nothing was stored');
  expect((await requests.findFor('shop', mine._id))?._id).toBe(mine._id);
  expect((await requests.findFor('default', earlier._id))?._id).toBe(earlier._id);
  for (const tenant of ['default', 'other-1', 'sho', 'shop2', 'null', '']) {
    expect(await requests.findFor(tenant, mine._id)).toBeNull();
  }
  for (const tenant of ['shop', 'null', '']) expect(await requests.findFor(tenant, earlier._id)).toBeNull();
  const found = await createSummaries(models)([mine._id, earlier._id]);
  expect(new Map(found.map((request) => [request._id, tenantOfRequest(request)]))).toEqual(
    new Map([
      [mine._id, 'shop'],
      [earlier._id, 'default'],
    ]),
  );
});

describe('the quota', () => {
  const unfinished = (fields: Partial<RequestRecord>, state: RequestState = 'processing') =>
    record(NOW, { ...fields, state, counters: { ...NO_COUNTS, completed: 1 } });

  test("counts the unfinished images of one client, those of earlier versions as the default tenant's", async () => {
    await database.connection.collection<RequestRecord>('requests').insertMany([
      unfinished({ tenant: 'shop', client: 'tenant shop' }),
      unfinished({ tenant: 'shop', client: 'tenant shop' }, 'ingesting'),
      unfinished({ client: 'tenant default' }),
      unfinished({}),
      // By a version that named the API key.
      { ...unfinished({}), owner: '0123abcd' } as RequestRecord,
      unfinished({ client: 'address 203.0.113.7' }, 'retrying'),
    ]);
    expect(await requests.unfinishedImages('tenant shop')).toBe(4);
    expect(await requests.unfinishedImages('tenant default')).toBe(6);
    expect(await requests.unfinishedImages('address 203.0.113.7')).toBe(2);
    expect(await requests.unfinishedImages('address 203.0.113.8')).toBe(0);
    expect(await requests.unfinishedImages()).toBe((OTHERS / 4) * 6 + 12);
  });

  testNeeding('explain')('reads no request of others, and none that is finished', async () => {
    const seen = recording();
    await createRequestStore(seen.models, now).unfinishedImages('tenant shop');
    await createRequestStore(seen.models, now).unfinishedImages('tenant default');
    expect(seen.asked).toHaveLength(3);
    expect(await documentsRead(seen)).toBe(5);
  });

  test('forgets whose they are when they are finished, and counts those of a retry against its caller', async () => {
    const request = { ...unfinished({ client: 'address 203.0.113.9' }), total: 1 };
    await requests.insert(request);
    const counters = { ...NO_COUNTS, failed: 1 };
    expect(await requests.finish(request, 'failed', counters)).not.toBeNull();
    const finished = await requests.find(request._id);
    expect(finished).not.toHaveProperty('client');
    await requests.markEventStored(request._id, 1);
    expect(await requests.beginRetry({ ...request, state: 'failed', counters }, 'address 203.0.113.10')).toBe(true);
    expect(await requests.unfinishedImages('address 203.0.113.9')).toBe(0);
    expect(await requests.unfinishedImages('address 203.0.113.10')).toBe(1);
  });
});
