import { readFileSync, writeFileSync } from 'node:fs';
import { RECORDED } from '../../src/http/openapi/recorded.ts';
import { listen } from '../support/events.ts';
import { ImageServer, ok, slow } from '../support/servers/image-server.mjs';
import { answer, WebhookReceiver } from '../support/servers/webhook-receiver.ts';
import {
  finished,
  type Status,
  startTestService,
  statusOf,
  type TestService,
  uploaded,
  waitFor,
} from '../support/service.ts';

/*
 * Sends the example of every call in the reference to a running service and compares the responses with the documented
 * ones. With UPDATE_GENERATED=1 (`npm run generate`) it records them instead.
 */

const RECORDED_FILE = 'src/http/openapi/recorded.ts';
/** Documented addresses of the images and the webhook receiver. */
const PICTURES = '127.0.0.1:8099';
const RECEIVER = '127.0.0.1:8098';
const SERVICE = 'localhost:3000';

/** Binary or changing content: only status and type are compared. */
const UNRECORDED = ['archive', 'image', 'metrics'];

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly example?: string }[];
  readonly requestBody?: { readonly content: Record<string, { readonly example?: Record<string, string | number> }> };
  readonly responses: Record<string, { readonly content?: Record<string, { readonly example?: unknown }> }>;
}
interface Answered {
  readonly status: number;
  readonly type: string;
  readonly body: unknown;
}

let service: TestService;
let pictures: ImageServer;
let receiver: WebhookReceiver;
const operations = new Map<string, { method: string; path: string; operation: Operation }>();
/** Ids of the examples in this run. */
const ids = new Map<string, string>();

const photo = (name: string) => ok(readFileSync(`samples/photos/${name}`));
const hostOf = (url: string) => new URL(url).host;
/** Maps the ids and addresses of the examples to those of this run, and back. */
const here = (text: string): string =>
  [...ids, [PICTURES, hostOf(pictures.url('/'))], [RECEIVER, hostOf(receiver.url('/'))]].reduce(
    (all, [documented = '', real = '']) => all.replaceAll(documented, real),
    text,
  );
const documented = (text: string): string =>
  text
    .replaceAll(hostOf(pictures.url('/')), PICTURES)
    .replaceAll(hostOf(receiver.url('/')), RECEIVER)
    .replaceAll(hostOf(service.url), SERVICE);

beforeAll(async () => {
  pictures = await ImageServer.start();
  receiver = await WebhookReceiver.start(answer(204));
  pictures.on('/mug.jpg', photo('mug.jpg'));
  pictures.on('/lamp.jpg', photo('lamp.jpg'));
  pictures.on('/slow.jpg', slow(5_000, photo('lamp.jpg')));
  service = await startTestService();
  const document = (await (await fetch(`${service.url}/docs/openapi.json`)).json()) as {
    paths: Record<string, Record<string, Operation>>;
  };
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      operations.set(operation.operationId, { method: method.toUpperCase(), path, operation });
    }
  }
});
afterAll(async () => {
  await service.close();
  await pictures.close();
  await receiver.close();
});

const formOf = (example: Record<string, string | number>): FormData => {
  const form = new FormData();
  for (const [name, value] of Object.entries(example)) {
    if (name === 'file') form.set(name, new Blob([here(String(value))], { type: 'text/csv' }), 'products.csv');
    else form.set(name, here(String(value)));
  }
  return form;
};

/** Sends the documented example of a call. */
const send = async (operationId: string): Promise<Answered> => {
  const found = operations.get(operationId);
  if (found === undefined) throw new Error(`${operationId} is not in the reference`);
  const { method, path, operation } = found;
  const url = (operation.parameters ?? []).reduce(
    (all, { name, example }) => all.replace(`{${name}}`, here(String(example))),
    service.url + path,
  );
  if (operationId === 'events') {
    const listener = await listen(url);
    await listener.closed;
    const { event, id, data } = listener.events[0] ?? {};
    const type = String(listener.headers['content-type']);
    return { status: listener.status, type, body: { event, id, data: JSON.stringify(data) } };
  }
  const form = operation.requestBody?.content['multipart/form-data']?.example;
  const json = operation.requestBody?.content['application/json']?.example;
  // The document sends nothing optional by itself; here a receiver of the webhook is there.
  const body =
    form === undefined
      ? json && JSON.stringify(json)
      : formOf({ ...form, webhookUrl: `http://${RECEIVER}/hooks/images` });
  const headers = form === undefined && json !== undefined ? { 'Content-Type': 'application/json' } : {};
  const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
  const type = (response.headers.get('content-type') ?? '').split(';', 1)[0] ?? '';
  const text = await response.text();
  return { status: response.status, type, body: type === 'application/json' ? JSON.parse(text) : text };
};

/** What is the same in every run: properties, types and text. */
const shapeOf = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value === 'number') return 'a number';
  if (typeof value === 'string') return textShape(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shapeOf(member)]));
};
/** Request ids, image ids, times and event ids. */
const CHANGING = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[\d:.]+Z|^[\w-]{16}$/g;
const textShape = (text: string): unknown =>
  text.startsWith('{') ? shapeOf(JSON.parse(text)) : documented(text).replaceAll(CHANGING, '…');

/** In the order a client would call them. */
const sendAll = async (): Promise<Map<string, Answered>> => {
  const answers = new Map<string, Answered>();
  const next = async (...names: string[]) => {
    for (const name of names) answers.set(name, await send(name));
  };
  await next('preview', 'upload');
  const { requestId } = bodyOf<Created>(answers, 'upload');
  ids.set(RECORDED.requestId, requestId);
  await finished(service.url, requestId);
  await waitFor(async () => {
    const { report, webhook } = await statusOf(service.url, requestId);
    return report !== null && webhook?.state === 'delivered';
  });
  await next('status');
  ids.set(RECORDED.imageId, firstImage(answers));
  await next('rename', 'list', 'events', 'output', 'errors', 'archive', 'image', 'deliveries', 'redeliver', 'retry');
  await finished(service.url, requestId);
  const slowCsv = `S. No.,Product Name,Input Image Urls\n1,Mug,${pictures.url('/slow.jpg')}\n`;
  const waiting = await uploaded(service.url, slowCsv);
  ids.set(RECORDED.requestId, waiting);
  await next('cancel', 'remove', 'health', 'ready', 'metrics');
  return answers;
};

interface Created {
  readonly requestId: string;
}
const bodyOf = <T>(answers: ReadonlyMap<string, Answered>, name: string): T => {
  const found = answers.get(name);
  if (found === undefined) throw new Error(`${name} was not sent`);
  return found.body as T;
};
const firstImage = (answers: ReadonlyMap<string, Answered>): string =>
  bodyOf<Status>(answers, 'status').products[0]?.images[0]?.id ?? '';

const record = (answers: ReadonlyMap<string, Answered>): void => {
  const { requestId } = bodyOf<Created>(answers, 'upload');
  const bodies = Object.fromEntries(
    [...answers].filter(([name]) => !UNRECORDED.includes(name)).map(([name, { body: b }]) => [name, b]),
  );
  const all = { requestId, imageId: firstImage(answers), ...bodies, cancel: { requestId }, remove: { requestId } };
  const comment = '/** Real responses to the examples of the reference; recorded by `npm run generate`. */';
  writeFileSync(RECORDED_FILE, `${comment}\nexport const RECORDED = ${documented(JSON.stringify(all, null, 2))};\n`);
};

test('every documented example gets the documented response', async () => {
  const answers = await sendAll();
  expect([...answers.keys()].sort()).toEqual([...operations.keys()].sort());
  if (process.env.UPDATE_GENERATED === '1') return record(answers);
  for (const [name, { status, type, body }] of answers) {
    const content = operations.get(name)?.operation.responses[status]?.content;
    expect([name, Object.keys(content ?? {})]).toEqual([name, expect.arrayContaining([type])]);
    expect(status).toBeLessThan(300);
    if (UNRECORDED.includes(name)) continue;
    expect([name, shapeOf(body)]).toEqual([name, shapeOf(content?.[type]?.example)]);
  }
});
