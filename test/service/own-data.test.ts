import { answer, WebhookReceiver } from '../support/servers/webhook-receiver.ts';
import { startTestService, type TestService, upload } from '../support/service.ts';

const CSV = 'S. No.,Product Name,Input Image Urls\n1,Mug,http://10.0.0.1/a.jpg\n';
const KEYS = { shop: 'first-key-of-20-characters', other: 'second-key-of-20-characters' };
const METADATA = { order: '4711', constructor: 'Ünal & "Sons"' };

let service: TestService;
let receiver: WebhookReceiver;
const headersOf = (tenant: keyof typeof KEYS = 'shop') => ({ Authorization: `Bearer ${KEYS[tenant]}` });
const send = (fields: Record<string, string>, tenant: keyof typeof KEYS = 'shop') =>
  upload(service.url, CSV, fields, { headers: headersOf(tenant) });
const idOf = async (response: Response): Promise<string> => {
  expect(response.status).toBe(202);
  return ((await response.json()) as { requestId: string }).requestId;
};
interface Listed {
  readonly requestId: string;
  readonly createdAt: string;
  readonly label: string | null;
  readonly metadata: object;
}
const list = async (query: Record<string, string>, tenant: keyof typeof KEYS = 'shop') => {
  const found = await fetch(`${service.url}/api/requests?${new URLSearchParams(query)}`, {
    headers: headersOf(tenant),
  });
  return (await found.json()) as { requests: Listed[]; next: string | null };
};
const idsOf = ({ requests }: { requests: Listed[] }) => requests.map(({ requestId }) => requestId);

beforeAll(async () => {
  receiver = await WebhookReceiver.start(answer(204));
  service = await startTestService({ API_KEYS: `shop:${KEYS.shop},other:${KEYS.other}` });
});
afterAll(async () => {
  await service.close();
  await receiver.close();
});

test('label and metadata are in status, list and webhook, and filters find requests by label and time', async () => {
  const own = { label: ' Spring  2026 ', metadata: JSON.stringify(METADATA, null, 2), keepMetadata: 'rights' };
  const first = await idOf(await send({ ...own, webhookUrl: receiver.url() }));
  const second = await idOf(await send({ label: 'Spring 2026' }));
  const third = await idOf(await send({ metadata: 'rights' }));
  const foreign = await idOf(await send({ label: 'Spring 2026' }, 'other'));

  const status = await fetch(`${service.url}/api/status/${first}`, { headers: headersOf() });
  expect(await status.json()).toMatchObject({
    label: 'Spring 2026',
    metadata: METADATA,
    options: { metadata: 'rights' },
  });
  const [hook] = await receiver.count(1);
  expect(JSON.parse(hook?.body ?? '{}').data).toMatchObject({ label: 'Spring 2026', metadata: METADATA });

  const all = await list({});
  expect(idsOf(all)).toEqual([third, second, first]);
  expect(all.requests[0]).toMatchObject({ label: null, metadata: {}, options: { metadata: 'rights' } });
  expect(idsOf(await list({ label: 'Spring 2026' }))).toEqual([second, first]);
  expect(idsOf(await list({ label: 'Spring' }))).toEqual([]);
  expect(idsOf(await list({ label: 'Spring 2026' }, 'other'))).toEqual([foreign]);

  const page = await list({ label: 'Spring 2026', limit: '1' });
  expect(idsOf(page)).toEqual([second]);
  const next = await fetch(service.url + page.next, { headers: headersOf() });
  expect(idsOf((await next.json()) as never)).toEqual([first]);

  const at = all.requests[1]?.createdAt ?? '';
  expect(idsOf(await list({ createdAfter: at }))).toEqual([third, second]);
  expect(idsOf(await list({ createdBefore: at }))).toEqual([first]);
  expect(idsOf(await list({ createdAfter: at, createdBefore: at }))).toEqual([]);
  expect(idsOf(await list({ createdAfter: at.replace('Z', ''), label: 'Spring 2026', limit: '1' }))).toEqual([second]);
});

test.each([
  { metadata: '{"order":1}' },
  { metadata: '["a"]' },
  { metadata: '{"a' },
  { metadata: '{"$where":"x"}' },
  { metadata: JSON.stringify({ a: 'x'.repeat(201) }) },
  { metadata: JSON.stringify(Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`a${n}`, '']))) },
  { label: 'x'.repeat(101) },
])('an upload with unfit own data is refused: %p', async (fields) => {
  const refused = await send(fields);
  expect(refused.status).toBe(400);
  expect((await refused.json()) as object).toMatchObject({ code: 'invalid_field' });
});

test('a JSON body has metadata as an object or as its text; a form has more than twenty fields', async () => {
  const json = (metadata: unknown) =>
    fetch(`${service.url}/api/upload`, {
      method: 'POST',
      headers: { ...headersOf(), 'Content-Type': 'application/json' },
      body: JSON.stringify({ csv: CSV, metadata }),
    });
  for (const metadata of [METADATA, JSON.stringify(METADATA)]) {
    const id = await idOf(await json(metadata));
    const status = await fetch(`${service.url}/api/status/${id}`, { headers: headersOf() });
    expect(await status.json()).toMatchObject({ metadata: METADATA });
  }
  for (const metadata of [{ order: 1 }, ['a'], { a: { b: 'c' } }]) {
    expect(await (await json(metadata)).json()).toMatchObject({ code: 'invalid_field' });
  }
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`unknown${at}`, 'x']));
  expect(await (await send(many)).json()).toMatchObject({ code: 'invalid_field' });
});

test('a time that is none is refused', async () => {
  for (const createdAfter of ['yesterday', '2026-01-31', '2026-13-01T00:00:00Z']) {
    expect(await list({ createdAfter })).toMatchObject({ code: 'invalid_field' });
  }
});

test('the same upload key with other own data is another upload', async () => {
  const keyed = (label: string) =>
    upload(service.url, CSV, { label }, { headers: { ...headersOf(), 'Idempotency-Key': 'own-1' } });
  const id = await idOf(await keyed('a'));
  expect(await idOf(await keyed('a'))).toBe(id);
  expect((await keyed('b')).status).toBe(422);
});
