import { type Connection, mongo } from 'mongoose';
import { checkDatabase } from '../../src/database/start-check.ts';
import { AppError } from '../../src/errors.ts';
import { type TestConnection, testConnection } from '../support/database.ts';

const URI = 'mongodb://user:sw0rdfish@db.example/shop?retryWrites=true';

/** A connection whose server answers like this. */
const answering = (buildInfo: () => Promise<object>, write: () => Promise<unknown>): Connection =>
  ({
    getClient: () => ({ db: () => ({ command: buildInfo }) }),
    collection: () => ({ updateOne: write }),
  }) as never;

const failure = async (connection: Connection, uri = URI): Promise<string> => {
  const error = await checkDatabase(connection, uri).catch((caught: unknown) => caught);
  if (!(error instanceof AppError)) throw new Error('not refused');
  expect(error.code).toBe('database_unavailable');
  expect(error.message).not.toMatch(/sw0rdfish|\n/);
  return error.message;
};

const version = (text: unknown) => async () => ({ version: text });
const works = async () => ({});
const refusing = (reply: object) => async () => {
  throw new mongo.MongoServerError({ message: 'refused', ...reply });
};

test.each(['4.4.0', '5.0.31', '6.0.1-rc0', '7.0.77', '8.2.0', '10.0.0'])('version %s is new enough', async (text) => {
  await checkDatabase(answering(version(text), works), URI);
});

test.each(['3.6.23', '4.0.0', '4.2.25'])('version %s is refused', async (text) => {
  expect(await failure(answering(version(text), works))).toContain(
    `The database at mongodb://db.example/shop has version ${text.slice(0, 3)}. The service needs MongoDB 4.4 or later.`,
  );
});

test.each([undefined, 'nightly', 7])('a server whose version is %s is asked to write only', async (text) => {
  await checkDatabase(answering(version(text), works), URI);
  await checkDatabase(answering(refusing({ code: 13 }), works), URI);
});

test.each([
  ['missing rights', { code: 13, codeName: 'Unauthorized' }, 'role readWrite'],
  ['missing rights of Atlas', { code: 8000, message: 'user is not allowed to do action [update]' }, 'role readWrite'],
  ['DocumentDB', { code: 301, message: 'Retryable writes are not supported' }, 'add retryWrites=false to MONGODB_URI'],
  ['the driver', { message: 'This MongoDB deployment does not support retryable writes.' }, 'retryWrites=false'],
  [
    'a standalone server',
    { code: 20, message: 'Transaction numbers are only allowed on a replica set member' },
    'retryWrites=false',
  ],
  ['a secondary', { code: 10107, codeName: 'NotWritablePrimary' }, 'without directConnection'],
  ['no majority', { code: 64, codeName: 'WriteConcernTimeout' }, 'no primary or no majority'],
])('a first write that fails by %s is explained', async (_, reply, hint) => {
  expect(await failure(answering(version('8.0.0'), refusing(reply)))).toContain(hint);
});

test('Azure Cosmos DB by request units is refused by its address', async () => {
  const uri = 'mongodb://shop:secret@shop.mongo.cosmos.azure.com:10255/?ssl=true&replicaSet=globaldb';
  expect(await failure(answering(version('7.0.0'), works), uri)).toContain('is not supported');
  await checkDatabase(answering(version('7.0.0'), works), 'mongodb+srv://shop.mongocluster.cosmos.azure.com/');
});

describe('with a database', () => {
  let database: TestConnection;
  beforeEach(async () => {
    database = await testConnection();
  });
  afterEach(() => database.close());

  test('it passes, any number of times and at the same time', async () => {
    await Promise.all(Array.from({ length: 5 }, () => checkDatabase(database.connection, database.uri)));
    await checkDatabase(database.connection, database.uri);
    expect(await database.connection.collection('meta').countDocuments()).toBe(1);
  });
});
