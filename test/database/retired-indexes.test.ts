import { v4 as uuid } from 'uuid';
import { createModels, ensureIndexes, type Models } from '../../src/requests/models.ts';
import { NO_COUNTS } from '../../src/requests/types.ts';
import { createListing } from '../../src/results/listing.ts';
import { type TestConnection, testConnection } from '../support/database.ts';

const NOW = Date.UTC(2026, 5, 30);
const LIST_BEFORE = { tenant: 1, createdAt: 1, _id: 1 } as const;

let database: TestConnection;
let models: Models;
beforeEach(async () => {
  database = await testConnection();
  models = createModels(database.connection);
});
afterEach(() => database.close());

const keys = async (): Promise<string[]> =>
  (await models.requests.collection.indexes()).map(({ key }) => JSON.stringify(key));
const listed = async (): Promise<string[]> =>
  (await createListing(models, () => new Date(NOW))('shop', 10)).map(({ _id }) => _id);

test('a start on new and on old data ends with the same indexes', async () => {
  await ensureIndexes(models);
  const made = await keys();
  expect(made).toContain('{"tenant":1,"createdAt":-1,"_id":-1}');
  await models.requests.collection.createIndex(LIST_BEFORE);
  await models.requests.collection.createIndex({ createdAt: 1 });
  await ensureIndexes(models);
  expect((await keys()).sort()).toEqual(made.sort());
});

test('instances of two releases may start in any order, and ten at once', async () => {
  const createdAt = new Date(NOW - 1_000);
  const newest = { tenant: 'shop', state: 'completed', run: 1, createdAt, heartbeatAt: createdAt, total: 1 } as const;
  const options = { quality: 50, format: 'jpeg' } as const;
  const csv = { header: [], delimiter: ',', chunks: 0 };
  const record = { ...newest, _id: uuid(), options, csv, counters: NO_COUNTS };
  await models.requests.create(record);
  // The earlier release makes its index again whenever it starts, and reads either of the two.
  for (let starts = 0; starts < 2; starts += 1) {
    await models.requests.collection.createIndex(LIST_BEFORE);
    expect(await listed()).toEqual([record._id]);
    await Promise.all(Array.from({ length: 10 }, () => ensureIndexes(models)));
    expect(await listed()).toEqual([record._id]);
    expect(await keys()).not.toContain(JSON.stringify(LIST_BEFORE));
  }
});

test('an index that somebody else made is left alone', async () => {
  const own = await models.requests.collection.createIndex(LIST_BEFORE, { name: 'for our dashboard' });
  const sparse = await models.uploadKeys.collection.createIndex({ schemaVersion: 1 }, { sparse: true });
  await ensureIndexes(models);
  expect((await models.requests.collection.indexes()).map(({ name }) => name)).toContain(own);
  expect((await models.uploadKeys.collection.indexes()).map(({ name }) => name)).toContain(sparse);
});
