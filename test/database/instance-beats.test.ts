import { createInstanceBeats } from '../../src/database/instance-beats.ts';
import { type TestConnection, testConnection } from '../support/database.ts';

let database: TestConnection;
beforeAll(async () => {
  database = await testConnection();
});
afterAll(() => database.close());

const at = (minutes: number): Date => new Date(Date.UTC(2026, 0, 1) + minutes * 60_000);

test('first beats at the same time are all written, and each later one sees all', async () => {
  const instances = ['a', 'b', 'c', 'd'];
  await Promise.all(instances.map((id) => createInstanceBeats(database.connection).beat(id, at(0))));
  const beats = await createInstanceBeats(database.connection).beat('a', at(1));
  expect([...beats].sort()).toEqual([
    ['a', at(1)],
    ['b', at(0)],
    ['c', at(0)],
    ['d', at(0)],
  ]);
});

test('an instance that leaves is gone, and one that died is forgotten', async () => {
  const store = createInstanceBeats(database.connection);
  await store.leave('d');
  expect([...(await store.beat('a', at(5))).keys()].sort()).toEqual(['a', 'b', 'c']);
  await store.beat('a', at(30));
  expect([...(await store.beat('a', at(31))).keys()]).toEqual(['a']);
});
