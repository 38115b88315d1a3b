import { isActivate, isInsert } from '../../chaos/audit.ts';
import { csvOf } from '../../support/csv.ts';
import { onNth, type ServiceOnSet, startServiceOnSet } from '../../support/replica-set/service.ts';
import { statusOf, waitFor } from '../../support/service.ts';

let service: ServiceOnSet;

beforeEach(async () => {
  // Nothing is processed, so that what is stored is what the upload stored.
  service = await startServiceOnSet({ environment: { ROLE: 'api' } });
});
afterEach(() => service.close());

const send = async (csv: string, key: string): Promise<Response> => {
  const headers = { 'Content-Type': 'text/csv', 'Idempotency-Key': key };
  return fetch(`${service.url}/api/upload`, { method: 'POST', headers, body: csv });
};

/** Sends until it is taken, as a client does that honours 503. Returns the request's id. */
const sendUntilTaken = (csv: string, key: string, codes: number[]): Promise<string> =>
  waitFor(async () => {
    const response = await send(csv, key);
    codes.push(response.status);
    const body = (await response.json()) as { requestId?: string };
    if (response.status === 503) expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    return response.status === 202 && body.requestId;
  }, 150_000);

/** What clients can see: hidden requests are those that an upload left behind, which the reconciler removes. */
const visible = () =>
  service.stored
    .collection('requests')
    .find({ state: { $nin: ['ingesting', 'discarding'] } })
    .toArray();

const expectComplete = async (requestId: string, rows: number): Promise<void> => {
  const { stored, url } = service;
  expect((await visible()).map(({ _id, total }) => ({ _id, total }))).toEqual([{ _id: requestId, total: rows }]);
  const ids = await stored
    .collection('images')
    .find({ requestId }, { projection: { seq: 1, _id: 0 } })
    .toArray();
  expect(new Set(ids.map(({ seq }) => seq)).size).toBe(rows);
  expect(ids).toHaveLength(rows);
  const chunks = await stored
    .collection('rows')
    .find({ _id: { $regex: `^${requestId}:` } as never })
    .toArray();
  expect(chunks.reduce((sum, chunk) => sum + chunk.rows.length, 0)).toBe(rows);
  expect(await statusOf(url, requestId)).toMatchObject({ status: 'queued', progress: { total: rows, pending: rows } });
};

test('a crash with an election of 12 s in an upload of 60,000 rows: 202 and complete, or 503 and nothing', async () => {
  const rows = 60_000;
  const { set } = service;
  const crash = onNth(set, isInsert('images'), 20, () => set.crash(12_000, 1_000));
  const codes: number[] = [];
  const csv = csvOf('http://127.0.0.1:9', rows);
  const requestId = await sendUntilTaken(csv, 'large', codes);
  await crash;
  expect(codes.filter((code) => code !== 202 && code !== 503 && code !== 409)).toEqual([]);
  await expectComplete(requestId, rows);
  const again = await send(csv, 'large');
  expect(again.status).toBe(202);
  expect(await again.json()).toMatchObject({ requestId });
  expect(await visible()).toHaveLength(1);
}, 300_000);

test.each([
  ['the insert of the request', isInsert('requests')],
  ['the binding of the key', isInsert('uploadKeys')],
  ['an insert of images', isInsert('images')],
  ['an insert of rows', isInsert('rows')],
  ['the activation', isActivate],
])(
  'a crash at %s ends in one complete request',
  async (_, matches) => {
    const { set } = service;
    const crash = onNth(set, matches, 1, () => set.crash(500, 0));
    const codes: number[] = [];
    const requestId = await sendUntilTaken(csvOf('http://127.0.0.1:9', 1_500), 'one', codes);
    await crash;
    // An election is shorter than the driver waits for a primary.
    expect(codes).toEqual([202]);
    await expectComplete(requestId, 1_500);
  },
  60_000,
);
