import { once } from 'node:events';
import { mongo } from 'mongoose';
import { testConnection } from '../../support/database.ts';
import { directUri } from '../../support/database-uri.ts';
import { backendOf } from '../../support/replica-set/backend.ts';
import { type ReplicaSet, startReplicaSet } from '../../support/replica-set/replica-set.ts';
import { waitFor } from '../../support/service.ts';

interface Item {
  readonly _id: string;
  readonly n: number;
}

let set: ReplicaSet;
let client: mongo.MongoClient;
let items: mongo.Collection<Item>;

const start = async (lagMs = 0, options: mongo.MongoClientOptions = {}): Promise<void> => {
  const { uri, close } = await testConnection();
  await close();
  set = await startReplicaSet({ backend: backendOf(uri), lagMs });
  const name = directUri(uri).pathname.slice(1);
  client = new mongo.MongoClient(set.uri(name), { heartbeatFrequencyMS: 500, ...options });
  items = client.db().collection<Item>('items');
  await items.insertOne({ _id: 'a', n: 0 });
};
afterEach(async () => {
  await client.close();
  await set.close();
});

/** Stops the primary while it makes the next update. */
const duringTheNextUpdate = (fault: () => Promise<void>): Promise<void> =>
  new Promise((resolve, reject) => {
    const stop = set.commands.listen(({ name }) => {
      if (name !== 'update') return;
      stop();
      fault().then(resolve, reject);
    });
  });

test('a write that a step-down interrupts is sent again and made once', async () => {
  await start();
  // A moment later, when the write is on its way to the engine.
  const steppedDown = duringTheNextUpdate(async () => {
    await Promise.resolve();
    await set.stepDown(300);
  });
  await items.updateOne({ _id: 'a' }, { $inc: { n: 1 } });
  await steppedDown;
  expect(await items.findOne({ _id: 'a' })).toEqual({ _id: 'a', n: 1 });
  expect(set.faults).toMatchObject({ interrupted: 1, replayed: 1 });
  expect(set.primary()).toBe(1);
});

test('a write whose primary crashes is sent again and made once', async () => {
  await start();
  const crashed = duringTheNextUpdate(async () => {
    await Promise.resolve();
    await set.crash(300, 0);
  });
  await items.updateOne({ _id: 'a' }, { $inc: { n: 1 } });
  await crashed;
  expect(await items.findOne({ _id: 'a' })).toEqual({ _id: 'a', n: 1 });
  expect(set.faults).toMatchObject({ unanswered: 1, replayed: 1 });
});

test('an update of many documents is made and answers with the error, as drivers do not send it again', async () => {
  await start();
  const steppedDown = duringTheNextUpdate(async () => {
    await Promise.resolve();
    await set.stepDown(100);
  });
  await expect(items.updateMany({}, { $inc: { n: 1 } })).rejects.toMatchObject({ code: 11602 });
  await steppedDown;
  expect(await items.findOne({ _id: 'a' })).toEqual({ _id: 'a', n: 1 });
});

test('without a primary, writes and reads wait for the election', async () => {
  await start();
  const elected = set.stepDown(500);
  await items.updateOne({ _id: 'a' }, { $inc: { n: 1 } });
  await elected;
  expect(set.commands.count('update', 0)).toBeLessThanOrEqual(1);
  expect(set.commands.count('update', 1)).toBe(1);
});

test('a secondary answers with old data, and refuses what asks for the primary', async () => {
  await start(300);
  const old = items.find({ _id: 'a' }, { readPreference: 'secondary' });
  await waitFor(async () => (await items.findOne({ _id: 'a' }, { readPreference: 'secondary' })) !== null);
  await items.updateOne({ _id: 'a' }, { $set: { n: 1 } });
  expect(await old.next()).toEqual({ _id: 'a', n: 0 });
  expect(await items.findOne({ _id: 'a' })).toEqual({ _id: 'a', n: 1 });
  await waitFor(async () => (await items.findOne({ _id: 'a' }, { readPreference: 'secondary' }))?.n === 1);
  const direct = new mongo.MongoClient(set.uri('any', { directConnection: 'true' }).replace(/,.*\//, '/'));
  try {
    await set.stepDown(0);
    await expect(direct.db().collection('items').findOne({})).resolves.toBeNull();
    await expect(direct.db().collection('items').insertOne({})).rejects.toMatchObject({ code: 10107 });
  } finally {
    await direct.close();
  }
});

test('without a majority a write is made, and fails after its time-out; reads of the majority do not see it', async () => {
  await start(20);
  const majority = () => items.findOne({ _id: 'a' }, { readConcern: { level: 'majority' } });
  await waitFor(async () => (await items.findOne({ _id: 'a' }, { readPreference: 'secondary' })) !== null);
  set.loseMajority();
  const write = items.updateOne({ _id: 'a' }, { $set: { n: 1 } }, { writeConcern: { w: 'majority', wtimeoutMS: 100 } });
  await expect(write).rejects.toMatchObject({ code: 64 });
  expect(await items.findOne({ _id: 'a' })).toEqual({ _id: 'a', n: 1 });
  expect(await majority()).toEqual({ _id: 'a', n: 0 });

  const waiting = items.updateOne({ _id: 'a' }, { $set: { n: 2 } });
  await waitFor(async () => (await items.findOne({ _id: 'a' }))?.n === 2);
  set.regainMajority();
  expect(await waiting).toMatchObject({ matchedCount: 1 });
  expect(await majority()).toEqual({ _id: 'a', n: 2 });
  expect(set.faults.unreplicated).toBe(1);
});

test('commands are counted by name and by member', async () => {
  await start();
  const names: string[] = [];
  const stop = set.commands.listen(({ name, collection, operations }) => {
    if (name === 'insert') names.push(`${collection} ${operations.length}`);
  });
  set.commands.reset();
  await items.insertMany([
    { _id: 'b', n: 1 },
    { _id: 'c', n: 2 },
  ]);
  await items.findOne({ _id: 'b' });
  stop();
  expect(names).toEqual(['items 2']);
  expect(set.commands.byName()).toMatchObject({ insert: 1, find: 1 });
  expect(set.commands.byMember()[0]).toMatchObject({ insert: 1, find: 1 });
  expect(set.commands.count('insert', 1)).toBe(0);
});

test('closing ends what waits', async () => {
  await start();
  set.loseMajority();
  const write = items.updateOne({ _id: 'a' }, { $set: { n: 1 } }).catch(() => null);
  await waitFor(async () => (await items.findOne({ _id: 'a' }))?.n === 1);
  const [closed] = await Promise.all([once(client, 'topologyClosed'), client.close(), set.close()]);
  expect(closed).toBeDefined();
  await write;
});
