import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import mongoose, { mongo } from 'mongoose';
import { isDatabaseOutage } from '../../src/database/outage.ts';

type Reply = Readonly<Record<string, unknown>>;

const server = (reply: Reply) => new mongo.MongoServerError({ message: 'failed', ...reply });
const concern = (writeConcernError: Reply) => new mongo.MongoWriteConcernError({ ok: 1, writeConcernError } as never);

/** As the driver's own, which it does not export: what the server said is behind getters. */
class WriteFailure {
  readonly err: Reply;
  constructor(err: Reply) {
    this.err = err;
  }
  get code() {
    return this.err.code;
  }
}

/** Not exported either. */
class WaitQueueTimeout extends mongo.MongoError {
  override get name() {
    return 'MongoWaitQueueTimeoutError';
  }
}

/** The result of a bulk write as the driver's errors carry it. */
const resultOf = (writeErrors: readonly Reply[] = [], writeConcernErrors: readonly Reply[] = []) => ({
  result: { writeErrors, writeConcernErrors },
  getWriteErrors: () => writeErrors,
  getWriteConcernError: () => writeConcernErrors[0],
});
/** As `executeCommands` of the driver wraps what ended a batch. */
const wrapped = (ended: unknown) => new mongo.MongoBulkWriteError(ended as never, resultOf() as never);
/** As `handleWriteError` of the driver reports single writes. */
const writes = (codes: readonly number[], concerns: readonly number[] = []) => {
  const writeErrors = codes.map((code, index) => new WriteFailure({ code, index, errmsg: 'failed' }));
  const message = { message: 'failed', code: codes[0], writeErrors };
  return new mongo.MongoBulkWriteError(
    message as never,
    resultOf(
      writeErrors as never,
      concerns.map((code) => ({ code })),
    ) as never,
  );
};

const OUTAGE_CODES = [
  ...[6, 7, 43, 50, 64, 89, 91, 133, 134, 189, 202, 237, 262, 462],
  ...[9001, 10058, 10107, 11600, 11602, 13435, 13436],
];

describe.each(OUTAGE_CODES)('code %i', (code) => {
  test.each([
    ['a reply', server({ code })],
    ['a write concern', concern({ code })],
    ['a bulk write that a reply ended', wrapped(server({ code }))],
    ['a bulk write that a write concern ended', wrapped({ message: 'failed', code })],
    ['all writes of a bulk', writes([code, code])],
    [
      'the write concern of a bulk',
      new mongo.MongoBulkWriteError(
        new WriteFailure({ code, errmsg: 'failed' }) as never,
        resultOf([], [{ code }]) as never,
      ),
    ],
    ['a cause', new Error('outer', { cause: wrapped(server({ code })) })],
  ])('of %s is an outage', (_, error) => {
    expect(isDatabaseOutage(error)).toBe(true);
  });
});

test('a write to a connection that the server has ended is an outage, as Node.js reports it and in a bulk write', async () => {
  const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.resume();
  await once(socket, 'end');
  const failed = once(socket, 'error');
  socket.write('hello');
  const [{ code, message }] = await failed;
  server.close();
  expect(code).toBe('EPIPE');
  // Of this realm: Jest's tests have an Error of their own.
  const error = Object.assign(new Error(message), { code });
  expect(isDatabaseOutage(error)).toBe(true);
  expect(isDatabaseOutage(wrapped(error))).toBe(true);
  expect(isDatabaseOutage(Object.assign(new Error('write EPIPE'), { code }))).toBe(false);
});

test.each([
  ['a socket that broke', wrapped(new mongo.MongoNetworkError('closed'))],
  ['a socket that timed out', wrapped(new mongo.MongoNetworkTimeoutError('timed out'))],
  ['no server to select', wrapped(new mongo.MongoServerSelectionError('none', {} as never))],
  ['no connection in time', wrapped(new WaitQueueTimeout('waited'))],
])('a bulk write that ends with %s is an outage', (_, error) => {
  expect(error.cause).toBeUndefined();
  expect(isDatabaseOutage(error)).toBe(true);
});

test.each(['RetryableWriteError', 'TransientTransactionError', 'RetryableError', 'SystemOverloadedError'])(
  'the label %s is an outage, whatever the code',
  (label) => {
    expect(isDatabaseOutage(server({ code: 1, errorLabels: [label] }))).toBe(true);
    expect(isDatabaseOutage(wrapped(server({ code: 1, errorLabels: [label] })))).toBe(true);
    const driver = new mongo.MongoError('failed');
    driver.addErrorLabel(label);
    expect(isDatabaseOutage(driver)).toBe(true);
  },
);

test('a single write, copied by mongoose without its getters, is recognized by its inner code', () => {
  const error = writes([11602]);
  Object.assign(error, { code: undefined, writeErrors: [{ err: { code: 11602 } }] });
  expect(isDatabaseOutage(error)).toBe(true);
});

test.each([
  ['a duplicate key', server({ code: 11000 })],
  ['a duplicate key in a bulk', writes([11000])],
  ['a duplicate key next to a write that was interrupted', writes([11602, 11000])],
  ['a duplicate key in a bulk without a majority', writes([11000], [64])],
  ['a reply that ends a bulk', wrapped(server({ code: 2, errmsg: 'bad value' }))],
  ['an unknown write concern', concern({ code: 79 })],
  ['missing rights', server({ code: 13, codeName: 'Unauthorized' })],
  ['another label', server({ code: 1, errorLabels: ['UnknownTransactionCommitResult'] })],
  ['a document that is not valid', new mongoose.Error.ValidationError()],
  ['a wrong call of the driver', new mongo.MongoInvalidArgumentError('wrong')],
])('%s is an error of the call', (_, error) => {
  expect(isDatabaseOutage(error)).toBe(false);
});
