import { type AddressInfo, createServer } from 'node:net';
import { mongo } from 'mongoose';
import { connect, isDatabaseOutage, withoutSecrets } from '../../src/database/connect.ts';
import { freePort } from '../../src/embedded/readiness.ts';
import { AppError } from '../../src/errors.ts';
import { type TestConnection, testConnection } from '../support/database.ts';

const PASSWORD = 'sw0rdfish';

const failure = async (uri: string, logged: unknown[] = []): Promise<AppError> => {
  try {
    await (await connect(uri, (...words) => logged.push(words))).close();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('it connected');
};

const everything = (error: AppError): string =>
  [error.message, error.publicMessage, error.stack, String(error.cause), JSON.stringify(error.details)].join('\n');

test('an unreachable database is reported with its address and a hint, without the password', async () => {
  const port = await freePort();
  const logged: unknown[] = [];
  const error = await failure(
    `mongodb://user:${PASSWORD}@127.0.0.1:${port}/shop?authSource=admin&serverSelectionTimeoutMS=3000`,
    logged,
  );
  expect(error.code).toBe('database_unavailable');
  expect(error.message).toContain(`mongodb://127.0.0.1:${port}/shop cannot be reached. Nothing is listening there`);
  expect(everything(error) + JSON.stringify(logged)).not.toContain(PASSWORD);
});

test.each([
  ['a password that is not percent-encoded', `mongodb://user:${PASSWORD}@x:y@127.0.0.1/shop`],
  ['an impossible port', `mongodb://user:${PASSWORD}@127.0.0.1:99999/shop`],
  ['another scheme', `postgres://user:${PASSWORD}@127.0.0.1/shop`],
  ['an unknown option', `mongodb://user:${PASSWORD}@127.0.0.1/shop?nonsense=1`],
])('an address with %s is reported as invalid, without the password', async (_, uri) => {
  const error = await failure(uri);
  expect(error.message).toContain('MONGODB_URI is not a valid MongoDB address');
  expect(everything(error)).not.toContain(PASSWORD);
});

test('a server that accepts connections but never responds fails after five seconds', async () => {
  const silent = createServer((socket) => socket.on('error', () => undefined).resume());
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const address = silent.address();
  const begun = performance.now();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const error = await failure(`mongodb://127.0.0.1:${port}/shop`);
  expect(error.code).toBe('database_unavailable');
  expect(performance.now() - begun).toBeLessThan(9_000);
  await new Promise((resolve) => silent.close(resolve));
});

test('a server of an older protocol is reported as too old', async () => {
  const hello = {
    ok: 1,
    ismaster: true,
    helloOk: true,
    minWireVersion: 0,
    maxWireVersion: 6,
    maxBsonObjectSize: 16_777_216,
  };
  const old = createServer((socket) => {
    socket
      .on('error', () => undefined)
      .on('data', (query: Buffer) => {
        // OP_REPLY to the OP_QUERY that every driver begins with.
        const body = mongo.BSON.serialize(hello);
        const head = Buffer.alloc(36);
        head.writeInt32LE(36 + body.length, 0);
        head.writeInt32LE(query.readInt32LE(4), 8);
        head.writeInt32LE(1, 12);
        head.writeInt32LE(1, 32);
        socket.write(Buffer.concat([head, body]));
      });
  });
  await new Promise<void>((resolve) => old.listen(0, '127.0.0.1', resolve));
  const { port } = old.address() as AddressInfo;
  const error = await failure(`mongodb://127.0.0.1:${port}/shop`);
  await new Promise((resolve) => old.close(resolve));
  expect(error.message).toContain('It speaks another version of the protocol: MongoDB 4.4 or later is needed.');
});

test('an address is logged without user, password and options', () => {
  expect(withoutSecrets('mongodb+srv://u:p@cluster.example/shop?tlsCertificateKeyFilePassword=x')).toBe(
    'mongodb+srv://cluster.example/shop',
  );
  expect(withoutSecrets('mongodb://u:p%40q@one:1,two:2/shop')).toBe('mongodb://one:1,two:2/shop');
  expect(withoutSecrets('mongodb://127.0.0.1:27017/shop')).toBe('mongodb://127.0.0.1:27017/shop');
});

describe('with a database', () => {
  let database: TestConnection;
  beforeEach(async () => {
    database = await testConnection();
  });
  afterEach(() => database.close());

  test('writes are acknowledged by the majority and the journal', () => {
    expect(database.connection.getClient().options.writeConcern).toMatchObject({ w: 'majority', journal: true });
  });

  test('a deliberate close is not reported as an outage', async () => {
    const logged: string[] = [];
    const connection = await connect(database.uri, (message) => logged.push(message));
    await connection.close();
    expect(logged).toEqual(['Connected to the database']);
  });

  test('options of the URI that would change what is read and written are named in one line', async () => {
    const logged: string[] = [];
    const uri = new URL(database.uri);
    for (const [name, value] of Object.entries({ readPreference: 'secondaryPreferred', w: '1', journal: 'false' }))
      uri.searchParams.set(name, value);
    const connection = await connect(uri.href, (message) => logged.push(message));
    const { readPreference, writeConcern } = connection.getClient().options;
    expect(readPreference.mode).toBe('primary');
    expect(writeConcern).toMatchObject({ w: 'majority', journal: true });
    await connection.collection('things').findOne({});
    await connection.close();
    expect(logged).toEqual([
      expect.stringContaining('WARNING: readPreference, w, journal of MONGODB_URI are ignored'),
      'Connected to the database',
    ]);
  });

  test('a duplicate key is not an outage', async () => {
    const things = database.connection.collection<{ _id: string }>('things');
    await things.insertOne({ _id: 'one' });
    const error = await things.insertOne({ _id: 'one' }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 11000 });
    expect(isDatabaseOutage(error)).toBe(false);
  });

  test('a call on a closed connection is an outage', async () => {
    const connection = await connect(database.uri, () => undefined);
    const things = connection.collection('things');
    await connection.close();
    const error = await things.findOne({}).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Error);
    expect(isDatabaseOutage(error)).toBe(true);
  });
});

test.each([
  ['not primary', new mongo.MongoServerError({ message: 'not primary', code: 10107 }), true],
  ['a shutdown', new mongo.MongoServerError({ message: 'shutting down', code: 91 }), true],
  ['a broken socket', new mongo.MongoNetworkError('closed'), true],
  ['our own error', new AppError('database_unavailable'), true],
  ['one wrapped in another', new Error('outer', { cause: new mongo.MongoNetworkError('closed') }), true],
  ['a bad value', new mongo.MongoServerError({ message: 'bad value', code: 2 }), false],
  ['another error of ours', new AppError('storage_unavailable'), false],
  ['a bug', new TypeError('x is undefined'), false],
  ['no error', 'closed', false],
])('%s is recognized as an outage or as an error of the call', (_, error, expected) => {
  expect(isDatabaseOutage(error)).toBe(expected);
});
