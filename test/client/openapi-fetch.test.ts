import { openAsBlob } from 'node:fs';
import createClient from 'openapi-fetch';
import { Webhook } from 'standardwebhooks';
import type { components, paths } from '../../client/openapi.js';
import { answer, WebhookReceiver } from '../support/servers/webhook-receiver.ts';
import { startTestService, type TestService, waitFor } from '../support/service.ts';

/** What a program does with openapi-fetch and the types of this package; the Python client has `npm run test:clients`. */

const KEY = 'client-key';
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

let service: TestService;
let receiver: WebhookReceiver;
const client = () => createClient<paths>({ baseUrl: service.url, headers: { Authorization: `Bearer ${KEY}` } });

beforeAll(async () => {
  receiver = await WebhookReceiver.start(answer(204));
  service = await startTestService({ API_KEYS: KEY });
});
afterAll(async () => {
  await service.close();
  await receiver.close();
});

/** Fields as the form that they are; numbers and booleans as text. */
const toForm = (fields: object | string): FormData => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (value instanceof Blob) form.set(name, value, 'products.csv');
    else if (value !== undefined) form.set(name, String(value));
  }
  return form;
};

test('upload, poll, output and the verified webhook', async () => {
  const csv = new Blob(['S. No.,Product Name,Input Image Urls\n1,Mug,http://10.0.0.1/a.jpg\n'], { type: 'text/csv' });
  const { data, error, response } = await client().POST('/api/upload', {
    body: { file: csv, quality: 60, mozjpeg: true, bom: false, webhookUrl: receiver.url(), webhookSecret: SECRET },
    bodySerializer: toForm,
  });
  expect([response.status, error]).toEqual([202, undefined]);
  const requestId = data?.requestId ?? '';
  const path = { requestId };

  const status = await waitFor(async () => {
    const answered = await client().GET('/api/status/{requestId}', { params: { path, query: { limit: 10 } } });
    return answered.data?.finishedAt === null ? undefined : answered.data;
  });
  expect(status).toMatchObject({ status: 'failed', options: { quality: 60, mozjpeg: true } });
  expect(status?.products[0]?.images[0]?.error?.code).toBe('address_not_allowed');

  const output = await client().GET('/api/output/{requestId}', { params: { path }, parseAs: 'text' });
  expect(output.data).toContain('Output Image Urls');
  const archive = await client().GET('/api/archive/{requestId}', { params: { path }, parseAs: 'blob' });
  expect(archive.data).toBeInstanceOf(Blob);

  const [{ body, headers } = { body: '', headers: {} }] = await receiver.count(1);
  const sent = headers as Record<string, string>;
  const event = new Webhook(SECRET).verify(body, sent) as components['schemas']['CompletionEvent'];
  expect([event.type, event.data.requestId, event.data.status]).toEqual(['request.completed', requestId, 'failed']);
  expect(() => new Webhook(SECRET).verify(body.replace('failed', 'completed'), sent)).toThrow();
});

test('the file as the body, with fields in the query, and a problem with its code', async () => {
  const file = await openAsBlob('samples/products.csv', { type: 'text/csv' });
  const { response } = await client().POST('/api/upload', {
    params: { query: { mozjpeg: false, imageColumns: ['Input Image Urls'], onInvalidRow: 'skip' } },
    body: file,
    headers: { 'Content-Type': 'text/csv' },
    bodySerializer: (body) => body,
  });
  expect(response.status).toBe(202);
  const { error } = await client().GET('/api/requests', { params: { query: { status: 'nothing' } } });
  expect(error?.code).toBe('invalid_field');
});
