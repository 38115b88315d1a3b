import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { mongo } from 'mongoose';
import { v4 as uuid } from 'uuid';
import { openCsv } from '../../src/csv/read.ts';
import { fingerprintOf } from '../../src/http/uploads/fingerprint.ts';
import { createIngest, type IngestLimits } from '../../src/requests/ingest.ts';
import { createModels, ensureIndexes, type Models } from '../../src/requests/models.ts';
import { createRequestStore, type RequestStore } from '../../src/requests/request-store.ts';
import { NO_COUNTS, type RequestState } from '../../src/requests/types.ts';
import { createUploadKeys, type UploadClaim, type UploadKeys, uploadKeyId } from '../../src/requests/upload-keys.ts';
import { type TestConnection, testConnection } from '../support/database.ts';
import { waitFor } from '../support/service.ts';

const LEASE_MS = 30_000;
const MINUTE_MS = 60_000;
const IN_USE = { code: 'idempotency_key_in_use', status: 409 };

let database: TestConnection;
let models: Models;
let requests: RequestStore;
let keys: UploadKeys;
let clock: number;
let key: string;
let claims: UploadClaim[];

beforeAll(async () => {
  database = await testConnection();
  models = createModels(database.connection);
  await ensureIndexes(models);
});
afterAll(() => database.close());
beforeEach(() => {
  clock = Date.UTC(2026, 0, 1);
  key = uuid();
  claims = [];
  requests = createRequestStore(models, () => new Date(clock));
  keys = createUploadKeys(models, requests, () => new Date(clock), LEASE_MS);
});
afterEach(async () => {
  for (const claim of claims) await claim.release();
});

/** Claims the key, as the upload of an instance does. */
const claim = async (by: UploadKeys = keys): Promise<UploadClaim> => {
  const opened = await by.open('default', key);
  if (opened.kind !== 'claimed') throw new Error(`the key is ${opened.kind}`);
  claims.push(opened.claim);
  return opened.claim;
};
const insert = async (state: RequestState = 'ingesting'): Promise<string> => {
  const requestId = uuid();
  await requests.insert({
    ...{ _id: requestId, state, run: 1, createdAt: new Date(clock), heartbeatAt: new Date(clock), total: 1 },
    options: { quality: 50, format: 'jpeg' },
    csv: { header: ['a'], delimiter: ',', chunks: 0 },
    counters: NO_COUNTS,
  });
  return requestId;
};
const activate = (requestId: string) => requests.activate(requestId, { total: 1, chunks: 0, failed: 0 });
const stored = () => models.uploadKeys.findOne({ _id: uploadKeyId('default', key) }).lean();
const setState = (requestId: string, state: RequestState) =>
  models.requests.updateOne({ _id: requestId }, { $set: { state } });

test('of many uploads at once one gets the key', async () => {
  const opened = await Promise.allSettled(Array.from({ length: 12 }, () => claim()));
  expect(opened.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const one of opened) if (one.status === 'rejected') expect(one.reason).toMatchObject(IN_USE);
});

test('a key is held while its lease lasts, and taken over from a process that died while it read the body', async () => {
  const died = await claim();
  clock += LEASE_MS - 1;
  await expect(claim()).rejects.toMatchObject(IN_USE);
  clock += 1;
  const next = await claim();

  // It was only held up: what it has read now comes too late, and its end frees nothing.
  const requestId = await insert();
  await expect(died.bind(requestId, 'print')).rejects.toMatchObject(IN_USE);
  await died.release();
  await expect(claim()).rejects.toMatchObject(IN_USE);
  await next.bind(await insert(), 'other');
});

test('a claim that lives renews its lease', async () => {
  // Renewed every 100 ms in real time; leases are measured by a clock that only the test advances.
  const renewed = createUploadKeys(models, requests, () => new Date(clock), 300);
  await claim(renewed);
  const first = clock + 300;
  while (clock <= first + 300) {
    clock += 299;
    await waitFor(async () => Number((await stored())?.leaseUntil) === clock + 300);
  }
  await expect(claim(renewed)).rejects.toMatchObject(IN_USE);
});

test('a request that was being stored when its process died is condemned before its key is taken over', async () => {
  const died = await claim();
  const requestId = await insert();
  await died.bind(requestId, 'print');
  await expect(claim()).rejects.toMatchObject(IN_USE);
  clock += LEASE_MS;
  const next = await claim();

  expect(await activate(requestId)).toBe(false);
  expect(await requests.touch(requestId, { total: 1, chunks: 0 })).toBe(false);
  expect(await requests.find(requestId)).toBeNull();
  const second = await insert();
  await next.bind(second, 'print');
  expect(await activate(second)).toBe(true);

  // The reconciler finds what is left of the first.
  clock += 10 * MINUTE_MS;
  expect((await requests.abandoned(new Date(clock - MINUTE_MS))).map(({ _id }) => _id)).toContain(requestId);
  await requests.discard(requestId, { total: 1, chunks: 1 });
  expect(await requests.stateOf(requestId)).toBeNull();
});

test('an upload that wakes up and binds while its key is being taken over keeps it', async () => {
  const slow = await claim();
  const requestId = await insert();
  clock += LEASE_MS;
  let woke = false;
  const uploadKeys = new Proxy(models.uploadKeys, {
    get(target, name) {
      if (name !== 'updateOne' || woke) return Reflect.get(target, name, target);
      woke = true;
      return async (...given: Parameters<typeof target.updateOne>) => {
        await slow.bind(requestId, 'print');
        return target.updateOne(...given);
      };
    },
  });
  const other = createUploadKeys({ uploadKeys }, requests, () => new Date(clock), LEASE_MS);
  await expect(claim(other)).rejects.toMatchObject(IN_USE);
  expect(woke).toBe(true);
  expect(await activate(requestId)).toBe(true);
  expect(await keys.open('default', key)).toEqual({ kind: 'stored', requestId, fingerprint: 'print' });
});

test.each([
  ['while the lease lasts', 0],
  ['when it has ended', LEASE_MS],
  ['long after', 100 * MINUTE_MS],
])('a request that became active belongs to its key %s, although nothing was written after that', async (_, later) => {
  const died = await claim();
  const requestId = await insert();
  await died.bind(requestId, 'print');
  await activate(requestId);
  clock += later;
  expect(await keys.open('default', key)).toEqual({ kind: 'stored', requestId, fingerprint: 'print' });
  await keys.sweep();
  expect(await keys.open('default', key)).toEqual({ kind: 'stored', requestId, fingerprint: 'print' });
});

test.each(['processing', 'completed', 'failed', 'cancelled', 'retrying'] as const)(
  'a request that is %s belongs to its key',
  async (state) => {
    const first = await claim();
    const requestId = await insert();
    await first.bind(requestId, 'print');
    await activate(requestId);
    await first.release();
    expect((await stored())?.leaseUntil).toBeUndefined();
    await setState(requestId, state);
    expect(await keys.open('default', key)).toMatchObject({ kind: 'stored', requestId });
  },
);

test.each<[string, (requestId: string) => Promise<unknown>]>([
  ['was discarded', (requestId) => requests.discard(requestId, { total: 1, chunks: 1 })],
  ['is being discarded', (requestId) => setState(requestId, 'discarding')],
  ['is being removed', (requestId) => setState(requestId, 'removing')],
])('a key whose request %s is free at once', async (_, change) => {
  const died = await claim();
  const requestId = await insert();
  await died.bind(requestId, 'print');
  await change(requestId);
  const next = await claim();
  expect(await stored()).toMatchObject({ token: expect.any(String) });
  expect((await stored())?.requestId).toBeUndefined();
  await died.release();
  await next.bind(await insert(), 'print');
});

test('an upload that was refused frees its key, before and after it was bound', async () => {
  await (await claim()).release();
  expect(await stored()).toBeNull();
  const second = await claim();
  const requestId = await insert();
  await second.bind(requestId, 'print');
  await requests.discard(requestId, { total: 1, chunks: 0 });
  await second.release();
  expect(await stored()).toBeNull();
});

test('the sweep removes keys of uploads that died and were not repeated, and no others', async () => {
  const open = async (bind: RequestState | 'gone' | null) => {
    const owner = uuid();
    const opened = await keys.open(owner, 'k');
    if (opened.kind !== 'claimed') throw new Error('not claimed');
    claims.push(opened.claim);
    const requestId = bind === null ? null : await insert();
    if (requestId !== null) await opened.claim.bind(requestId, 'print');
    if (requestId !== null && bind === 'gone') await requests.discard(requestId, { total: 1, chunks: 0 });
    else if (requestId !== null && bind !== null && bind !== 'gone') await setState(requestId, bind);
    return { id: opened.claim.keyId, requestId };
  };
  const gone = [await open(null), await open('gone'), await open('discarding'), await open('removing')];
  const cutOff = await open('ingesting');
  const active = await open('completed');
  clock += LEASE_MS + 10 * MINUTE_MS + 1;
  const live = await open(null);
  await keys.sweep();
  for (const { id } of [...gone, cutOff]) expect([id, await models.uploadKeys.exists({ _id: id })]).toEqual([id, null]);
  expect(await requests.stateOf(String(cutOff.requestId))).toBe('discarding');
  expect(await models.uploadKeys.findOne({ _id: active.id }).lean()).toMatchObject({ requestId: active.requestId });
  expect((await models.uploadKeys.findOne({ _id: active.id }).lean())?.leaseUntil).toBeUndefined();
  expect(await models.uploadKeys.exists({ _id: live.id })).not.toBeNull();
});

const LIMITS: IngestLimits = {
  ...{ maxRows: 10, maxUrls: 10, maxRowBytes: 1_000, maxColumns: 10, maxQueuedImages: 1_000_000 },
};
const CSV = 'S. No.,Product Name,Input Image Urls\n1,Mug,http://a.example/1.jpg\n';
const ingestWith = async (store: RequestStore, upload: UploadClaim): Promise<unknown> =>
  createIngest(
    models,
    store,
    LIMITS,
    () => new Date(clock),
  )(
    await openCsv(() => Readable.from([Buffer.from(CSV)]), LIMITS),
    {
      options: { quality: 50, format: 'jpeg' },
      onInvalidRow: 'reject',
      output: { mode: 'add', formulas: 'escape' },
      ...{ tenant: 'default', client: 'tenant default' },
      key: { id: upload.keyId, bind: (requestId) => upload.bind(requestId, 'print') },
    },
    new AbortController().signal,
  );

test('an upload whose activation was done and reported as failed is answered, and belongs to its key', async () => {
  const lost = new Error('the answer was lost');
  const store: RequestStore = {
    ...requests,
    activate: async (...given) => {
      await requests.activate(...given);
      throw lost;
    },
  };
  const first = await claim();
  expect(await ingestWith(store, first)).toMatchObject({ total: 1 });
  await first.release();
  const opened = await keys.open('default', key);
  if (opened.kind !== 'stored') throw new Error('the key is free');
  const request = await requests.find(opened.requestId);
  expect(request).toMatchObject({ state: 'queued', total: 1, uploadKey: first.keyId });
  expect(await models.images.countDocuments({ requestId: opened.requestId })).toBe(1);
});

test('an upload that lost its key stores nothing', async () => {
  const slow = await claim();
  clock += LEASE_MS;
  const next = await claim();
  await expect(ingestWith(requests, slow)).rejects.toMatchObject(IN_USE);
  expect(await models.requests.countDocuments({ uploadKey: slow.keyId })).toBe(0);
  await ingestWith(requests, next);
  await next.release();
  expect(await keys.open('default', key)).toMatchObject({ kind: 'stored' });
});

test('keys of other tenants are other keys, whatever the tenants are called', () => {
  const ids = ['default', 'null', 'a', 'b', 'tenant'].map((tenant) => uploadKeyId(tenant, 'a'));
  ids.push(uploadKeyId('a', 'b'));
  expect(new Set(ids).size).toBe(6);
  // As versions without tenants hashed a key of the open API, and one of an API key of this name.
  const earlier = (text: string) => createHash('sha256').update(text).digest('hex');
  expect(ids[0]).toBe(earlier('[null,"a"]'));
  expect(ids).not.toContain(earlier('["a","a"]'));
});

test('a fingerprint is one of bytes and fields, whatever their order and chunks', async () => {
  const print = (chunks: string[], fields: object) =>
    fingerprintOf(() => Readable.from(chunks.map((text) => Buffer.from(text))), { ...fields });
  const first = await print(['ab', 'c'], { quality: 50, format: 'jpeg' });
  expect(await print(['abc'], { format: 'jpeg', quality: 50, webhookUrl: undefined })).toBe(first);
  expect(await print(['abd'], { quality: 50, format: 'jpeg' })).not.toBe(first);
  expect(await print(['abc'], { quality: 51, format: 'jpeg' })).not.toBe(first);
  expect(await print(['abc'], { quality: 50, format: 'jpeg', webhookSecret: 's' })).not.toBe(first);
});

test('a key that is claimed after the deadline is free again', async () => {
  let goOn = (): void => undefined;
  const hangs = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  let created: unknown = null;
  const slow = Object.assign(Object.create(models.uploadKeys), {
    async create(record: never) {
      await hangs;
      created = await models.uploadKeys.create(record);
    },
  });
  const late = createUploadKeys({ uploadKeys: slow }, requests, () => new Date(clock), LEASE_MS, 50);
  await expect(claim(late)).rejects.toMatchObject({ code: 'database_unavailable' });
  goOn();
  await waitFor(async () => created !== null && (await stored()) === null);
  await claim();
});

test('a key whose claim was made and not confirmed is free again at once', async () => {
  const unconfirmed = Object.assign(Object.create(models.uploadKeys), {
    async create(record: never) {
      await models.uploadKeys.create(record);
      throw new mongo.MongoWriteConcernError({
        ok: 1,
        writeConcernError: { code: 64, errmsg: 'no majority' },
      } as never);
    },
  });
  const failing = createUploadKeys({ uploadKeys: unconfirmed }, requests, () => new Date(clock), LEASE_MS);
  await expect(claim(failing)).rejects.toMatchObject({ code: 64 });
  await waitFor(async () => (await stored()) === null);
  await claim();
});
