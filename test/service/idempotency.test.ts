import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection } from 'mongoose';
import { v4 as uuid } from 'uuid';
import { connect as connectDatabase } from '../../src/database/connect.ts';
import { uploadKeyId } from '../../src/requests/upload-keys.ts';
import { testConnection } from '../support/database.ts';
import { killInstances, startInstance } from '../support/instance.ts';
import { startTestService, type TestService, waitFor } from '../support/service.ts';

const ALICE = 'alice-key-0123456789';
const BOB = 'bob-key-0123456789ab';
const HEADER = 'S. No.,Product Name,Input Image Urls\n';
const CSV = `${HEADER}1,Mug,http://10.0.0.1/a.jpg\n`;
const OTHER = `${HEADER}1,Cup,http://10.0.0.1/a.jpg\n`;

let first: TestService;
let second: TestService;
let database: Connection;
let key: string;

beforeAll(async () => {
  const environment = { API_KEYS: `alice:${ALICE},bob:${BOB}`, RATE_LIMIT_UPLOADS_PER_MINUTE: '0' };
  first = await startTestService(environment);
  second = await startTestService({ ...environment, MONGODB_URI: String(first.environment.MONGODB_URI) });
  database = await connectDatabase(String(first.environment.MONGODB_URI), () => undefined);
});
afterAll(async () => {
  await database.close();
  await second.close();
  await first.close();
  await killInstances();
});
beforeEach(() => {
  key = uuid();
});

interface Answer {
  readonly status: number;
  readonly requestId: string;
  readonly replayed: string | null;
  readonly location: string | null;
  readonly retryAfter: number;
  readonly body: Record<string, unknown>;
}

interface Sent {
  readonly to?: { readonly url: string };
  readonly as?: string;
  readonly csv?: string;
  readonly key?: string;
  readonly fields?: Readonly<Record<string, string>>;
}

const answerOf = async (response: Response): Promise<Answer> => {
  const body = (await response.json()) as Record<string, unknown>;
  return {
    ...{ status: response.status, requestId: String(body.requestId), body },
    replayed: response.headers.get('idempotency-replayed'),
    location: response.headers.get('location'),
    retryAfter: Number(response.headers.get('retry-after')),
  };
};

const send = async ({ to = first, as = ALICE, csv = CSV, fields = {}, ...given }: Sent = {}): Promise<Answer> => {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  body.set('file', new Blob([csv], { type: 'text/csv' }), 'products.csv');
  const headers = { 'X-Api-Key': as, 'Idempotency-Key': given.key ?? key };
  return answerOf(await fetch(`${to.url}/api/upload`, { method: 'POST', body, headers }));
};

/** `_id` of the stored key of this tenant. */
const keyId = (tenant = 'alice'): string => uploadKeyId(tenant, key);
const requestsOf = (id: string) => database.collection('requests').find({ uploadKey: id }).toArray();
const setKey = (change: object) =>
  database.collection<{ _id: string }>('uploadKeys').updateOne({ _id: keyId() }, { $set: change });
const IN_USE = { status: 409, body: { code: 'idempotency_key_in_use' } };
const REUSED = { status: 422, body: { code: 'idempotency_key_reused' } };

test('the same key, file and fields return the same request, on every instance and in every spelling', async () => {
  const taken = await send();
  expect(taken).toMatchObject({ status: 202, replayed: null, location: `/api/status/${taken.requestId}` });
  const spellings: Sent[] = [
    { to: second },
    { key: `"${key}"` },
    { fields: { quality: '50', format: 'jpeg', onInvalidRow: 'reject' } },
  ];
  for (const spelling of spellings) {
    expect(await send(spelling)).toMatchObject({
      ...{ status: 202, replayed: 'true', requestId: taken.requestId, location: taken.location },
    });
  }
  expect(await requestsOf(keyId())).toHaveLength(1);
});

test('concurrent uploads on two instances create one request', async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => send({ to: n % 2 ? first : second })));
  const taken = answers.filter(({ status }) => status === 202);
  expect(taken.length).toBeGreaterThan(0);
  expect(new Set(taken.map(({ requestId }) => requestId)).size).toBe(1);
  expect(taken.filter(({ replayed }) => replayed === null)).toHaveLength(1);
  for (const answer of answers) if (answer.status !== 202) expect(answer).toMatchObject(IN_USE);
  expect(await requestsOf(keyId())).toHaveLength(1);
  expect(await send()).toMatchObject({ status: 202, replayed: 'true', requestId: taken[0]?.requestId });
});

test('the same key with another file or other fields is rejected, and the first request is unchanged', async () => {
  const secret = (letter: string) => `whsec_${Buffer.from(letter.repeat(24)).toString('base64')}`;
  const fields = { webhookUrl: 'http://127.0.0.1:9/hook', webhookSecret: secret('a') };
  const taken = await send({ fields });
  const others: Sent[] = [
    { fields, csv: OTHER },
    { fields, csv: `${CSV}\n` },
    {},
    { fields: { ...fields, quality: '51' } },
    { fields: { ...fields, webhookSecret: secret('b') } },
    { fields: { ...fields, webhookUrl: 'http://127.0.0.1:9/other' } },
    { fields: { ...fields, onInvalidRow: 'skip' } },
  ];
  for (const other of others) expect(await send(other)).toMatchObject(REUSED);
  expect(await send({ fields })).toMatchObject({ status: 202, replayed: 'true', requestId: taken.requestId });
  const stored = await database.collection('uploadKeys').find().toArray();
  expect(JSON.stringify(stored)).not.toContain(secret('a'));
});

test('keys are per tenant', async () => {
  const alice = await send();
  const bob = await send({ as: BOB, csv: OTHER });
  expect(bob).toMatchObject({ status: 202, replayed: null });
  expect(bob.requestId).not.toBe(alice.requestId);
  expect(await send({ as: BOB, csv: OTHER })).toMatchObject({ replayed: 'true', requestId: bob.requestId });
});

/** An upload of which only the start is sent; the returned function sends the rest and resolves to the response. */
const halfSent = async (to: { readonly url: string }): Promise<{ socket: Socket; rest: () => Promise<string> }> => {
  const socket = connect(Number(new URL(to.url).port), '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  socket.on('error', () => undefined);
  const head = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n';
  const body = `${head}${CSV}\r\n--x--\r\n`;
  const headers = ['Host: x', 'Connection: close', 'Content-Type: multipart/form-data; boundary=x'];
  headers.push(`Content-Length: ${body.length}`, `X-Api-Key: ${ALICE}`, `Idempotency-Key: ${key}`);
  socket.write(`POST /api/upload HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n${body.slice(0, -40)}`);
  await waitFor(() => database.collection<{ _id: string }>('uploadKeys').findOne({ _id: keyId() }));
  return {
    socket,
    async rest() {
      socket.write(body.slice(-40));
      await once(socket, 'close');
      return answer;
    },
  };
};

test('while the first is still being sent, the second is rejected immediately, whatever its content', async () => {
  const { rest } = await halfSent(first);
  for (const sent of [{}, { to: second }, { csv: OTHER }]) {
    const answer = await send(sent);
    expect(answer).toMatchObject(IN_USE);
    expect(answer.retryAfter).toBeGreaterThan(0);
  }
  const answer = await rest();
  expect(answer).toMatch(/^HTTP\/1\.1 202 /);
  const replay = await send({ to: second });
  expect(replay).toMatchObject({ status: 202, replayed: 'true' });
  expect(answer).toContain(replay.requestId);
});

test('an interrupted upload frees its key', async () => {
  const { socket } = await halfSent(first);
  socket.destroy();
  await waitFor(async () => (await send()).status === 202);
  expect(await requestsOf(keyId())).toHaveLength(1);
});

test('a rejected upload frees its key before the response', async () => {
  const refused: [Sent, number][] = [
    [{ csv: `${HEADER}1,Mug,\n` }, 422],
    [{ fields: { quality: '0' } }, 400],
    [{ csv: '' }, 422],
    [{ csv: OTHER }, 202],
    [{ csv: OTHER, fields: { nothing: 'x' } }, 400],
    [{ csv: CSV }, 422],
  ];
  for (const [sent, status] of refused) expect([sent, (await send(sent)).status]).toEqual([sent, status]);
  expect(await requestsOf(keyId())).toHaveLength(1);
});

const LATER = () => new Date(Date.now() + 60_000);
const BEFORE = () => new Date(Date.now() - 1_000);

test('after a crash between activation and 202, a repeat gets the same request immediately', async () => {
  const { requestId } = await send();
  for (const leaseUntil of [LATER(), BEFORE()]) {
    await setKey({ leaseUntil });
    expect(await send({ to: second })).toMatchObject({ status: 202, replayed: 'true', requestId });
    expect(await send({ csv: OTHER })).toMatchObject(REUSED);
  }
});

test('while the first is being stored the second waits; if the first dies, it is restarted when its lease expires', async () => {
  const { requestId } = await send();
  await database
    .collection<{ _id: string }>('requests')
    .updateOne({ _id: requestId }, { $set: { state: 'ingesting', heartbeatAt: new Date() } });
  await setKey({ leaseUntil: LATER() });
  expect(await send()).toMatchObject(IN_USE);
  expect(await send({ csv: OTHER })).toMatchObject(IN_USE);

  await setKey({ leaseUntil: BEFORE() });
  // Its content may even differ, because the first was never acknowledged.
  const next = await send({ csv: OTHER });
  expect(next).toMatchObject({ status: 202, replayed: null });
  expect(next.requestId).not.toBe(requestId);
  expect(await database.collection<{ _id: string }>('requests').findOne({ _id: requestId })).toMatchObject({
    state: 'discarding',
  });
});

test.each([
  ['', 'an empty key'],
  ['x'.repeat(256), 'one of 256 characters'],
  ['"open', 'an open quote'],
  ['"a"b"', 'a quote within quotes'],
  ['""', 'empty quotes'],
  ['"a\\b"', 'a stray backslash'],
  ['kéy', 'a letter beyond ASCII'],
  ['a\tb', 'a control character'],
])('%j is rejected: %s', async (given) => {
  const answer = await send({ key: given });
  expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_field' } });
  expect(answer.body).toMatchObject({ errors: [{ field: 'Idempotency-Key' }] });
});

test('a duplicate key header is rejected', async () => {
  const headers: [string, string][] = [
    ['X-Api-Key', ALICE],
    ['Content-Type', 'multipart/form-data; boundary=x'],
  ];
  const lines = [...headers, ['Idempotency-Key', 'a'], ['Idempotency-Key', 'b']].map(
    ([name, value]) => `${name}: ${value}`,
  );
  const socket = connect(Number(new URL(first.url).port), '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  socket.write(
    `POST /api/upload HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n${lines.join('\r\n')}\r\n\r\n`,
  );
  await once(socket, 'close');
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(answer).toContain('Idempotency-Key');
});

test('quotes and escapes are not part of the key', async () => {
  const { requestId } = await send({ key: `a"b\\${key}` });
  expect(await send({ key: `"a\\"b\\\\${key}"` })).toMatchObject({ replayed: 'true', requestId });
  const longest = `${key}${'~'.repeat(255 - key.length)}`;
  expect(await send({ key: longest })).toMatchObject({ status: 202, replayed: null });
});

test('an instance killed during an upload locks its key no longer than a lease', async () => {
  const own = await testConnection();
  const directory = await mkdtemp(join(tmpdir(), 'idempotency-'));
  const shared = database;
  database = own.connection;
  try {
    const environment = { MONGODB_URI: own.uri, API_KEYS: `alice:${ALICE}`, LEASE_SECONDS: '2', ROLE: 'api' };
    const killed = await startInstance(join(directory, 'a'), environment);
    const other = await startInstance(join(directory, 'b'), environment);
    await halfSent(killed);
    killed.process.kill('SIGKILL');
    await killed.exited;
    expect(await send({ to: other })).toMatchObject(IN_USE);
    const taken = await waitFor(async () => {
      const answer = await send({ to: other });
      return answer.status === 202 && answer;
    }, 10_000);
    expect(await send({ to: other })).toMatchObject({ replayed: 'true', requestId: taken.requestId });
  } finally {
    database = shared;
    await killInstances();
    await own.close();
    await rm(directory, { recursive: true, force: true, maxRetries: 10 });
  }
}, 60_000);
