import { connect, isDatabaseOutage } from '../../../src/database/connect.ts';
import { checkDatabase } from '../../../src/database/start-check.ts';
import { type TestConnection, testConnection } from '../../support/database.ts';
import { backendOf } from '../../support/replica-set/backend.ts';
import { type ReplicaSet, startReplicaSet } from '../../support/replica-set/replica-set.ts';

let database: TestConnection;
let set: ReplicaSet;

beforeEach(async () => {
  database = await testConnection();
  set = await startReplicaSet({ backend: backendOf(database.uri) });
});
afterEach(async () => {
  await set.close();
  await database.close();
});

const name = () => new URL(database.uri).pathname.slice(1);
/** The URI of one member alone. */
const direct = (index: number): string => {
  const host = set.uri(name()).split('/')[2]?.split(',')[index];
  return `mongodb://${host}/${name()}?directConnection=true`;
};
const refusal = async (uri: string): Promise<string> => {
  const connection = await connect(uri, () => undefined);
  const refused = await checkDatabase(connection, uri).catch((error: Error) => error.message);
  await connection.close();
  return String(refused);
};

test('a start in the middle of an election waits for its end', async () => {
  const elected = set.stepDown(7_000);
  const connection = await connect(set.uri(name()), () => undefined);
  await checkDatabase(connection, set.uri(name()));
  await connection.close();
  await elected;
});

test('a start on a secondary alone is refused with what to do, and one on the primary alone says what it lacks', async () => {
  expect(await refusal(direct(1))).toContain('is not the primary of its replica set');
  const logged: string[] = [];
  const connection = await connect(direct(0), (message) => logged.push(message));
  await connection.close();
  expect(logged[0]).toContain('does not follow an election');
});

test('a start without a majority is refused with what to do', async () => {
  set.loseMajority();
  expect(await refusal(set.uri(name()))).toContain(
    'accepts no writes. Its replica set may have no primary or no majority',
  );
});

test.each([
  ['insertMany', (things: Things) => things.insertMany([{ n: 1 }, { n: 2 }], { ordered: false })],
  ['bulkWrite', (things: Things) => things.bulkWrite([{ insertOne: { document: { n: 1 } } }], { ordered: false })],
  ['insertOne', (things: Things) => things.insertOne({ n: 1 })],
  ['findOneAndUpdate', (things: Things) => things.findOneAndUpdate({ n: 1 }, { $set: { n: 2 } })],
  ['find', (things: Things) => things.find({}).toArray()],
])('%s on a set that loses its primary for long is an outage', async (_, call) => {
  const connection = await connect(set.uri(name(), { serverSelectionTimeoutMS: '500' }), () => undefined);
  const crashed = set.crash(3_000, 0);
  const error = await call(connection.collection('things')).catch((caught: unknown) => caught);
  await connection.close();
  await crashed;
  expect(error).toBeInstanceOf(Error);
  expect(isDatabaseOutage(error)).toBe(true);
});

type Things = ReturnType<TestConnection['connection']['collection']>;
