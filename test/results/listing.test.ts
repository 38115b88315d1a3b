import { v4 as uuid } from 'uuid';
import { createModels, ensureIndexes, type Models } from '../../src/requests/models.ts';
import { NO_COUNTS, type RequestRecord } from '../../src/requests/types.ts';
import { createListing, type ListPlace } from '../../src/results/listing.ts';
import { testNeeding } from '../support/capabilities.ts';
import { type TestConnection, testConnection } from '../support/database.ts';

const NOW = Date.UTC(2026, 5, 30);
const BUSY = 2_000;
const HALF_AN_HOUR = 30 * 60_000;
const LIMIT = 20;

let database: TestConnection;
let models: Models;

const record = (at: number, tenant?: string): RequestRecord => ({
  ...{ _id: uuid(), state: 'completed', run: 1, createdAt: new Date(at), heartbeatAt: new Date(at), total: 1 },
  ...(tenant === undefined ? {} : { tenant }),
  ...{ options: { quality: 50, format: 'jpeg' }, csv: { header: [], delimiter: ',', chunks: 1 }, counters: NO_COUNTS },
  report: { products: [], productCount: 1, failures: [] },
});

beforeAll(async () => {
  database = await testConnection();
  models = createModels(database.connection);
  await ensureIndexes(models);
  const busy = (tenant?: string) =>
    Array.from({ length: BUSY }, (_, n) => record(NOW - (n * HALF_AN_HOUR) / BUSY, tenant));
  await models.requests.insertMany([...busy('busy'), ...busy()], { lean: true });
});
afterAll(() => database.close());

const list = (tenant: string, after?: ListPlace) => createListing(models, () => new Date(NOW))(tenant, LIMIT, after);

interface Find {
  readonly filter: Record<string, unknown>;
  readonly projection: object;
  /** The driver makes a map of it. */
  readonly sort: ReadonlyMap<string, 1 | -1>;
  readonly limit: number;
}

/** The queries that a call sends. */
const queriesOf = async (call: () => Promise<unknown>): Promise<Find[]> => {
  const found: Find[] = [];
  const onCommand = ({ command }: { command: object }): void => {
    if ('find' in command) found.push(command as unknown as Find);
  };
  database.connection.on('commandStarted', onCommand);
  await call();
  database.connection.off('commandStarted', onCommand);
  return found;
};

/** Whether the engine uses an index for the order behind an equality, as MongoDB does; SecantusDB always sorts. */
const sortsByIndex = async (): Promise<boolean> => {
  const probe = database.connection.collection('probe');
  await probe.insertOne({ a: 1, b: 1 });
  await probe.createIndex({ a: 1, b: -1 });
  return !JSON.stringify(await probe.find({ a: 1 }).sort({ b: -1 }).explain()).includes('"SORT"');
};

testNeeding('explain').each(['busy', 'default'])(
  'of a busy hour of %s an index gives the newest, in order and without reports',
  async (tenant) => {
    const queries = await queriesOf(() => list(tenant));
    expect(queries.length).toBeGreaterThan(0);
    const sorts = await sortsByIndex();
    let read = 0;
    for (const { filter, projection, sort, limit } of queries) {
      expect([...sort]).toEqual([
        ['createdAt', -1],
        ['_id', -1],
      ]);
      expect(Object.values(projection)).not.toContain(0);
      expect(projection).not.toHaveProperty('report');
      // Without `$nin`, for which SecantusDB explains a scan that it does not make.
      const { state: _, deleted: __, ...ranges } = filter;
      const explained = (await models.requests.collection
        .find(ranges)
        .sort(Object.fromEntries(sort))
        .limit(limit)
        .explain('executionStats')) as { executionStats: { totalDocsExamined: number } };
      if (sorts) expect(JSON.stringify(explained)).not.toContain('"SORT"');
      read += explained.executionStats.totalDocsExamined;
    }
    // A window holds at most eight times what the one before was too narrow for.
    expect(read).toBeLessThanOrEqual(LIMIT * 9);
  },
);

test('pages are complete and without repetition while requests arrive, also of one millisecond', async () => {
  const same = Array.from({ length: 3 * LIMIT + 5 }, (_, n) => record(NOW - 1_000 + (n % 2), 'burst'));
  await models.requests.insertMany(same, { lean: true });
  const seen: string[] = [];
  for (let after: ListPlace | undefined; ; ) {
    const page = await list('burst', after);
    seen.push(...page.map(({ _id }) => _id));
    const last = page.at(-1);
    if (page.length < LIMIT || last === undefined) break;
    after = { createdAt: last.createdAt, requestId: last._id };
    await models.requests.create(record(NOW, 'burst'));
  }
  const order = (a: RequestRecord, b: RequestRecord): number =>
    b.createdAt.getTime() - a.createdAt.getTime() || (a._id < b._id ? 1 : -1);
  expect(seen).toEqual([...same].sort(order).map(({ _id }) => _id));
});
