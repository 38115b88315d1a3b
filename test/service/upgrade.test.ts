import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import mongoose, { type Connection } from 'mongoose';
import { pino } from 'pino';
import { loadConfig } from '../../src/config.ts';
import { upgradeStoredData } from '../../src/database/upgrade.ts';
import { SCHEMA_VERSION } from '../../src/schema-version.ts';
import { startService } from '../../src/service.ts';
import { testConnection } from '../support/database.ts';
import { ImageServer, makeImage, ok, status } from '../support/servers/image-server.mjs';
import { waitFor } from '../support/service.ts';

/** What the last release without schema versions had stored when it was stopped in mid-batch. */
const STORED = readFileSync('test/fixtures/stored-by-schema-1.json', 'utf8');
const ORIGIN = 'http://127.0.0.1:9811';
const FINISHED = '7407a1b6-bc5f-4cac-aae9-9a8db8816186';
const MID_BATCH = '109dc8c9-1b3f-49cd-95b3-a355d84163c5';

let connection: Connection;
let uri: string;
let images: ImageServer;
let directory: string;
const closing: (() => Promise<void>)[] = [];

beforeEach(async () => {
  const database = await testConnection();
  ({ connection, uri } = database);
  images = await ImageServer.start();
  directory = await mkdtemp(join(tmpdir(), 'upgrade-'));
  const jpeg = await makeImage('jpeg');
  for (let n = 0; n < 6; n += 1) {
    for (const name of ['ok', 'slow', 'more']) images.on(`/${name}-${n}.jpg`, ok(jpeg));
  }
  images.on('/missing.jpg', status(404));
  const stored = mongoose.mongo.BSON.EJSON.parse(STORED.replaceAll(ORIGIN, images.origin));
  for (const [name, documents] of Object.entries(stored as Record<string, object[]>))
    await connection.collection(name).insertMany(documents);
  closing.push(
    () => database.close(),
    () => images.close(),
    () => rm(directory, { recursive: true, force: true }),
  );
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const start = async (): Promise<string> => {
  const config = loadConfig({
    ...{ PORT: '0', HOST: '127.0.0.1', MONGODB_URI: uri, DATA_DIR: join(directory, 'data') },
    ...{ PROCESSED_DIR: join(directory, 'images'), ALLOW_PRIVATE_NETWORKS: '127.0.0.0/8', LOG_LEVEL: 'silent' },
  });
  const files = { worker: resolve('dist/worker.js'), guardian: resolve('dist/embedded/guardian.js') };
  const service = await startService(config, files, pino({ level: 'silent' }));
  closing.push(() => service.close());
  return service.url;
};

test('data of schema version 1 in mid-batch is upgraded at the start, and the batch is completed', async () => {
  const url = await start();
  const json = async (path: string): Promise<{ status: string }> => (await fetch(`${url}${path}`)).json() as never;
  await waitFor(async () => (await json(`/api/status/${MID_BATCH}`)).status === 'completed', 60_000);
  expect(await json(`/api/status/${MID_BATCH}`)).toMatchObject({
    progress: { total: 12, completed: 12, failed: 0, pending: 0, percent: 100 },
    products: [
      { serialNumber: '1', productName: 'Product 1', images: [{ index: 0 }, { index: 1 }] },
      {},
      {},
      {},
      {},
      {},
    ],
  });
  expect(await json(`/api/status/${FINISHED}`)).toMatchObject({
    ...{ status: 'completed_with_errors', progress: { total: 3, completed: 2, failed: 1 } },
    webhook: { attempts: expect.any(Number) },
  });
  const output = await (await fetch(`${url}/api/output/${MID_BATCH}`)).text();
  expect(output.split('\n').filter((line) => line.includes('/processed_images/'))).toHaveLength(6);
  for (const name of ['requests', 'uploadKeys', 'deliveries']) {
    expect(await connection.collection(name).countDocuments({ schemaVersion: { $ne: SCHEMA_VERSION } })).toBe(0);
  }
});

test('the upgrade goes in steps over any number of documents, and changes nothing the second time', async () => {
  const many = Array.from({ length: 1_203 }, (_, n) => ({ _id: `key ${n}` as never, token: 't' }));
  await connection.collection('uploadKeys').insertMany(many);
  const documents = 1_203 + 1 + 2 + 1;
  expect(await upgradeStoredData(connection)).toBe(documents);
  expect(await upgradeStoredData(connection)).toBe(0);
  expect(await connection.collection('uploadKeys').countDocuments({ schemaVersion: SCHEMA_VERSION })).toBe(1_204);
});

test('data of a later release is refused with what to do, and left as it is', async () => {
  await connection.collection('meta').insertOne({ _id: 'schema' as never, schemaVersion: SCHEMA_VERSION + 1 });
  await expect(start()).rejects.toMatchObject({
    publicMessage: expect.stringMatching(/^The stored data has schema version 3, .*start the release that wrote it/),
  });
  expect(await connection.collection('requests').countDocuments({ schemaVersion: SCHEMA_VERSION })).toBe(0);
});
