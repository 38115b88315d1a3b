import { ImageServer, makeImage, ok } from '../support/servers/image-server.mjs';
import { answer, WebhookReceiver } from '../support/servers/webhook-receiver.ts';
import { startTestService, type TestService, waitFor } from '../support/service.ts';

let service: TestService;
let pictures: ImageServer;
let receiver: WebhookReceiver;
const UNKNOWN = '0190a6f0-0000-4000-8000-000000000000';

beforeAll(async () => {
  pictures = await ImageServer.start();
  receiver = await WebhookReceiver.start(answer(204));
  pictures.on('/photo.jpg', ok(await makeImage('jpeg', { width: 60, height: 40 })));
  service = await startTestService({ API_KEYS: 'shop:first-key-of-20-characters,other:second-key-of-20-characters' });
});
afterAll(async () => {
  await service.close();
  await pictures.close();
  await receiver.close();
});

const KEY = { Authorization: 'Bearer first-key-of-20-characters' };
const OTHER_KEY = { Authorization: 'Bearer second-key-of-20-characters' };
const csv = () =>
  `S. No.,Product Name,Input Image Urls\n1,Mug,${pictures.url('/photo.jpg')}\n2,Cup,${pictures.url('/gone.jpg')}\n`;

const send = async (fileName: string, fields: Readonly<Record<string, string>> = {}): Promise<Response> => {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  body.set('file', new Blob([csv()], { type: 'text/csv' }), fileName);
  return fetch(`${service.url}/api/upload`, { method: 'POST', body, headers: KEY });
};
const idOf = async (response: Response): Promise<string> => {
  expect(response.status).toBe(202);
  return ((await response.json()) as { requestId: string }).requestId;
};
const read = async <T>(path: string): Promise<T> =>
  (await (await fetch(service.url + path, { headers: KEY })).json()) as T;
const nameOf = async (id: string): Promise<string | null> =>
  (await read<{ name: string | null }>(`/api/status/${id}`)).name;
const rename = (id: string, body: unknown, headers: Readonly<Record<string, string>> = KEY): Promise<Response> =>
  fetch(`${service.url}/api/requests/${id}`, {
    method: 'PATCH',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'Content-Type': 'application/json', ...headers },
  });
const ended = (id: string) =>
  waitFor(async () => (await read<{ finishedAt: string | null }>(`/api/status/${id}`)).finishedAt !== null);

test('a job is called after its file, or as the upload says', async () => {
  expect(await nameOf(await idOf(await send('Früh & Spät.csv')))).toBe('Früh & Spät');
  expect(await nameOf(await idOf(await send('catalogue.csv', { name: ' Spring \n offers ' })))).toBe('Spring offers');
  expect(await nameOf(await idOf(await send('catalogue.csv', { name: '\u0007' })))).toBe('catalogue');
  const raw = await fetch(`${service.url}/api/upload`, {
    method: 'POST',
    body: csv(),
    headers: { ...KEY, 'Content-Type': 'text/csv' },
  });
  expect(await nameOf(await idOf(raw))).toBeNull();
  pictures.on('/files/linked%20offers.csv', ok(Buffer.from(csv()), 'text/csv'));
  const linked = await fetch(`${service.url}/api/upload`, {
    method: 'POST',
    body: new URLSearchParams({ fileUrl: pictures.url('/files/linked%20offers.csv') }),
    headers: KEY,
  });
  expect(await nameOf(await idOf(linked))).toBe('linked offers');
  const tooLong = await send('a.csv', { name: 'x'.repeat(201) });
  expect(tooLong.status).toBe(400);
  expect(await tooLong.json()).toMatchObject({ code: 'invalid_field', errors: [{ field: 'name' }] });
});

test('the name is in list, events and webhook, and its downloads are named by it', async () => {
  const id = await idOf(await send('Käse/..\\2026: "neu".csv', { webhookUrl: receiver.url('/hook') }));
  await ended(id);
  expect((await read<{ requests: { name: string }[] }>('/api/requests?limit=1')).requests[0]?.name).toBe('2026: "neu"');
  const events = await (await fetch(`${service.url}/api/events/${id}`, { headers: KEY })).text();
  expect(events).toContain('"name":"2026: \\"neu\\""');
  const [delivery] = await receiver.count(1);
  expect(JSON.parse(delivery?.body ?? '')).toMatchObject({ data: { requestId: id, name: '2026: "neu"' } });

  expect((await rename(id, { name: 'Käse/Brot\u0001' })).status).toBe(200);
  const fileNames = await Promise.all(
    ['output', 'output?format=xlsx', 'archive', 'errors'].map(async (path) => {
      const [call, query = ''] = path.split('?');
      const response = await fetch(`${service.url}/api/${call}/${id}?${query}`, { headers: KEY });
      await response.arrayBuffer();
      return decodeURIComponent(
        /filename\*=UTF-8''(.*)$/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? '',
      );
    }),
  );
  expect(fileNames).toEqual([
    'Käse_Brot-compressed.csv',
    'Käse_Brot-compressed.xlsx',
    'Käse_Brot-images.zip',
    'Käse_Brot-errors.csv',
  ]);
});

test('PATCH renames; what is no name, no JSON, or of another tenant is refused', async () => {
  const id = await idOf(await send('catalogue.csv'));
  const renamed = await rename(id, { name: ' Autumn\ncatalogue ' });
  expect(renamed.status).toBe(200);
  expect(renamed.headers.get('cache-control')).toBe('no-store');
  expect(await renamed.json()).toMatchObject({ requestId: id, name: 'Autumn catalogue', progress: { total: 2 } });
  expect(await nameOf(id)).toBe('Autumn catalogue');

  const codeOf = async (response: Promise<Response>) => {
    const { status, code } = (await (await response).json()) as { status: number; code: string };
    return [status, code];
  };
  expect(await codeOf(rename(id, { name: 'x'.repeat(201) }))).toEqual([400, 'invalid_field']);
  expect(await codeOf(rename(id, { name: ' \u0007' }))).toEqual([400, 'invalid_field']);
  expect(await codeOf(rename(id, { name: 5 }))).toEqual([400, 'invalid_field']);
  expect(await codeOf(rename(id, { name: null }))).toEqual([400, 'invalid_field']);
  expect(await codeOf(rename(id, { name: 'a', state: 'completed' }))).toEqual([400, 'invalid_field']);
  expect(await codeOf(rename(id, {}))).toEqual([400, 'invalid_field']);
  expect(await codeOf(rename(id, []))).toEqual([400, 'invalid_request']);
  expect(await codeOf(rename(id, '{"name":'))).toEqual([400, 'invalid_request']);
  expect(await codeOf(rename(id, { name: 'x'.repeat(20_000) }))).toEqual([400, 'invalid_request']);
  expect(await codeOf(rename(id, 'name=x', { ...KEY, 'Content-Type': 'text/plain' }))).toEqual([
    415,
    'unsupported_media_type',
  ]);
  expect(await codeOf(rename(id, { name: 'mine' }, OTHER_KEY))).toEqual([404, 'request_not_found']);
  expect(await codeOf(rename(UNKNOWN, { name: 'x' }))).toEqual([404, 'request_not_found']);
  expect(await codeOf(rename(id, { name: 'x' }, {}))).toEqual([401, 'unauthorized']);
  expect(await nameOf(id)).toBe('Autumn catalogue');
});
