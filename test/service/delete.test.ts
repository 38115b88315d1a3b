import { readdir } from 'node:fs/promises';
import { ImageServer, makeImage, ok } from '../support/servers/image-server.mjs';
import { answer, WebhookReceiver } from '../support/servers/webhook-receiver.ts';
import { startTestService, type TestService, waitFor } from '../support/service.ts';

let service: TestService;
let pictures: ImageServer;
let receiver: WebhookReceiver;
let jpeg: Buffer;
let held: (() => void)[] = [];

beforeAll(async () => {
  pictures = await ImageServer.start();
  receiver = await WebhookReceiver.start(answer(204));
  jpeg = await makeImage('jpeg', { width: 60, height: 40 });
  pictures.on('/good.jpg', ok(jpeg));
  pictures.on('/held.jpg', (...call) => held.push(() => ok(jpeg)(...call)));
  service = await startTestService({ API_KEYS: 'shop:first-key-of-20-characters,other:second-key-of-20-characters' });
});
afterAll(async () => {
  await service.close();
  await pictures.close();
  await receiver.close();
});

const KEY = { Authorization: 'Bearer first-key-of-20-characters' };
const OTHER = { Authorization: 'Bearer second-key-of-20-characters' };
const call = (method: string, path: string, headers: Readonly<Record<string, string>> = KEY) =>
  fetch(service.url + path, { method, headers });
const send = async (path: string, name: string, webhookUrl = ''): Promise<string> => {
  const body = new FormData();
  const url = pictures.url(path);
  body.set('webhookUrl', webhookUrl);
  body.set('file', new Blob([`S. No.,Product Name,Input Image Urls\n1,Mug,"${url}?1,${url}?2"\n`]), `${name}.csv`);
  const response = await fetch(`${service.url}/api/upload`, { method: 'POST', body, headers: KEY });
  return ((await response.json()) as { requestId: string }).requestId;
};
const statusOf = async (id: string) => (await (await call('GET', `/api/status/${id}`)).json()) as { status: string };
const files = () => readdir(service.imageDirectory);
interface List {
  readonly requests: readonly { readonly requestId: string; readonly name: string }[];
  readonly next: string | null;
}
const list = async (path: string): Promise<List> => (await (await call('GET', path)).json()) as List;

test('a finished job is gone at once, and its files soon; not for another tenant', async () => {
  const id = await send('/good.jpg', 'finished');
  await waitFor(async () => (await statusOf(id)).status === 'completed');
  expect(await files()).toHaveLength(2);
  expect((await call('DELETE', `/api/requests/${id}`, OTHER)).status).toBe(404);
  expect((await call('DELETE', `/api/requests/${id}`)).status).toBe(202);
  for (const path of ['status', 'output', 'events', 'archive', 'deliveries']) {
    expect([path, (await call('GET', `/api/${path}/${id}`)).status]).toEqual([path, 404]);
  }
  expect((await call('DELETE', `/api/requests/${id}`)).status).toBe(404);
  expect((await list('/api/requests')).requests).toEqual([]);
  await waitFor(async () => (await files()).length === 0);
});

test('a running job is stopped; what is in flight leaves nothing behind, and no webhook is sent', async () => {
  const id = await send('/held.jpg', 'running', receiver.url('/hook'));
  await waitFor(async () => held.length > 0);
  expect((await call('DELETE', `/api/requests/${id}`)).status).toBe(202);
  expect((await call('GET', `/api/status/${id}`)).status).toBe(404);
  expect((await call('POST', `/api/retry/${id}`)).status).toBe(404);
  const later = await send('/good.jpg', 'after it', receiver.url('/hook'));
  const answered = new Set<() => void>();
  await waitFor(async () => {
    for (const release of held) if (!answered.has(release)) release();
    for (const release of held) answered.add(release);
    return (await statusOf(later)).status === 'completed' && (await files()).length === 2;
  });
  const [first] = await receiver.count(1);
  expect(first?.body).toContain(later);
  held = [];
});

test('the list is searched by name and filtered by state, and next keeps both', async () => {
  await send('/good.jpg', 'Spring (1)');
  await send('/good.jpg', 'SPRING (2)');
  await send('/good.jpg', 'Autumn');
  await waitFor(async () => (await list('/api/requests?status=queued,processing')).requests.length === 0);
  const first = await list('/api/requests?q=spring+(&limit=1&status=completed');
  expect(first.requests.map(({ name }) => name)).toEqual(['SPRING (2)']);
  const second = await list(String(first.next));
  expect(second.requests.map(({ name }) => name)).toEqual(['Spring (1)']);
  expect((await list('/api/requests?q=.*')).requests).toEqual([]);
  expect((await list('/api/requests?status=failed')).requests).toEqual([]);
  expect((await call('GET', '/api/requests?status=removing')).status).toBe(400);
});

test('a browser is led to the page; an address that does not exist says so without repeating it', async () => {
  const browser = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
  const id = '0190a6f0-0000-4000-8000-000000000000';
  const open = (path: string, headers: Record<string, string> = browser) =>
    fetch(service.url + path, { headers, redirect: 'manual' });
  const led = await open(`/requests/${id}`);
  expect([led.status, led.headers.get('location')]).toEqual([302, `../#/requests/${id}`]);
  const lost = await open('/requests/<b>xyz');
  expect(lost.status).toBe(404);
  expect(lost.headers.get('cache-control')).toBe('no-store');
  const text = await lost.text();
  expect(text).toContain('Page not found');
  expect(text).not.toContain('xyz');
  expect(text).not.toContain('<script');
  const program = await open(`/requests/${id}`, { Accept: '*/*' });
  expect(program.headers.get('content-type')).toContain('application/problem+json');
});
