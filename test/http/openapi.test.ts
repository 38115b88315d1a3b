import { execFileSync } from 'node:child_process';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { openApiDocument } from '../../src/http/openapi/document.ts';
import { listen } from '../support/events.ts';
import { answer, WebhookReceiver } from '../support/servers/webhook-receiver.ts';
import { finished, startTestService, type TestService, upload, uploaded } from '../support/service.ts';

interface Operation {
  responses: Record<string, { content?: Record<string, { schema: object }> }>;
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  security: object[];
  webhooks: Record<string, { post: Webhook }>;
  components: { schemas: Record<string, object>; securitySchemes: object };
}
interface Webhook {
  parameters: { name: string; required: boolean }[];
  requestBody: { content: { 'application/json': { schema: { $ref: string }; example: object } } };
}

/** In a process of its own, as Jest cannot load the linter on every Node.js. */
const lint = (described: object): string =>
  execFileSync(process.execPath, ['scripts/lint-document.mjs'], { input: JSON.stringify(described), encoding: 'utf8' });

/** Undocumented properties are errors. */
const closed = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
  return 'properties' in copy && copy.type === 'object' ? { ...copy, additionalProperties: false } : copy;
};

let service: TestService;
let document: Document;
let ajv: Ajv2020;
beforeAll(async () => {
  service = await startTestService({ MAX_QUEUED_IMAGES: '5' });
  document = (await (await fetch(`${service.url}/docs/openapi.json`)).json()) as Document;
  ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  ajv.addSchema(closed(document) as object, 'document');
});
afterAll(() => service.close());

/** Validates a response against the document. */
const assertDescribed = async (response: Response, path: string, method: string): Promise<void> => {
  const type = String(response.headers.get('content-type')).split(';', 1)[0] ?? '';
  const escaped = (text: string) => text.replaceAll('~', '~0').replaceAll('/', '~1');
  expect(document.paths[path]?.[method]?.responses[response.status]?.content).toHaveProperty([type]);
  const pointer = ['paths', path, method, 'responses', String(response.status), 'content', type, 'schema'];
  const validate = ajv.getSchema(`document#/${pointer.map((part) => encodeURIComponent(escaped(part))).join('/')}`);
  const body: unknown = await response.json();
  validate?.(body);
  expect({ body, errors: validate?.errors }).toEqual({ body, errors: null });
};

const HEADER = 'S. No.,Product Name,Input Image Urls\n';
const UNKNOWN = '0190a6f0-0000-4000-8000-000000000000';

test('real upload responses match the document', async () => {
  const good = `${HEADER}1,Mug,ftp://x.example/a\n2,Cup,http://127.0.0.1:1/a.jpg\n`;
  await assertDescribed(await upload(service.url, good, { onInvalidRow: 'skip' }), '/api/upload', 'post');
  await assertDescribed(await upload(service.url, good), '/api/upload', 'post');
  await assertDescribed(await upload(service.url, good, { quality: '0', nothing: 'x' }), '/api/upload', 'post');
  await assertDescribed(await fetch(`${service.url}/api/upload`, { method: 'POST' }), '/api/upload', 'post');
  const many = `${HEADER}1,Mug,"${'http://127.0.0.1:1/a.jpg,'.repeat(6)}"\n`;
  const refused = await upload(service.url, many);
  expect(refused.status).toBe(429);
  await assertDescribed(refused, '/api/upload', 'post');
});

test('real previews match the document, of a good file, of one with errors and of none', async () => {
  const preview = (csv: string) => {
    const body = new FormData();
    body.set('file', new Blob([csv]), 'a.csv');
    return fetch(`${service.url}/api/preview`, { method: 'POST', body });
  };
  for (const csv of [`${HEADER}1,Mug,http://127.0.0.1:1/a.jpg\n`, `${HEADER}1,Mug,ftp://x\n`, 'A,B\n1,2\n', '']) {
    await assertDescribed(await preview(csv), '/api/preview', 'post');
  }
  await assertDescribed(await fetch(`${service.url}/api/preview`, { method: 'POST' }), '/api/preview', 'post');
});

test('real responses to an upload key match the document', async () => {
  const send = (quality: string, key = 'one "upload"') => {
    const body = new FormData();
    body.set('quality', quality);
    body.set('file', new Blob([`${HEADER}1,Mug,http://127.0.0.1:1/a.jpg\n`]), 'a.csv');
    return fetch(`${service.url}/api/upload`, { method: 'POST', body, headers: { 'Idempotency-Key': key } });
  };
  for (const [quality, key, status] of [
    ['50', undefined, 202],
    ['50', undefined, 202],
    ['51', undefined, 422],
    ['50', '"', 400],
  ] as const) {
    const response = await send(quality, key);
    expect(response.status).toBe(status);
    await assertDescribed(response, '/api/upload', 'post');
  }
  const documented = document.paths['/api/upload']?.post as unknown as { parameters: { name: string; in: string }[] };
  expect(documented.parameters[0]).toMatchObject({ name: 'Idempotency-Key', in: 'header', required: false });
});

test('real statuses match the document, unfinished and finished', async () => {
  const path = '/api/status/{requestId}';
  const id = await uploaded(service.url, `${HEADER}1,Mug,http://10.0.0.1/a.jpg\n`);
  await assertDescribed(await fetch(`${service.url}/api/status/${id}`), path, 'get');
  await finished(service.url, id);
  await assertDescribed(await fetch(`${service.url}/api/status/${id}?limit=1`), path, 'get');
  await assertDescribed(await fetch(`${service.url}/api/status/${id}?limit=0`), path, 'get');
  await assertDescribed(await fetch(`${service.url}/api/status/${UNKNOWN}`), path, 'get');
  await assertDescribed(await fetch(`${service.url}/api/output/${UNKNOWN}`), '/api/output/{requestId}', 'get');
});

test('real events and their data match the document', async () => {
  const path = '/api/events/{requestId}';
  const id = await uploaded(service.url, `${HEADER}1,Mug,http://10.0.0.1/a.jpg\n`);
  const listener = await listen(`${service.url}/api/events/${id}`);
  await listener.closed;
  expect(document.paths[path]?.get?.responses[200]?.content).toHaveProperty([
    String(listener.headers['content-type']),
    'schema',
    '$ref',
  ]);
  const errorsOf = (name: string, value: unknown) => {
    const validate = ajv.getSchema(`document#/components/schemas/${name}`);
    return validate?.(value) === true ? null : (validate?.errors ?? 'no schema');
  };
  expect(listener.events.length).toBeGreaterThan(0);
  for (const { event, id: eventId, data } of listener.events) {
    expect(errorsOf('ProgressEvent', { event, id: eventId, data: JSON.stringify(data) })).toBeNull();
    expect(errorsOf('RequestSummary', data)).toBeNull();
  }
  await assertDescribed(await fetch(`${service.url}/api/events/${UNKNOWN}`), path, 'get');
});

test('health, ready, metrics and a missing image match the document', async () => {
  await assertDescribed(await fetch(`${service.url}/health`), '/health', 'get');
  await assertDescribed(await fetch(`${service.url}/ready`), '/ready', 'get');
  const metrics = await fetch(`${service.url}/metrics`);
  expect(metrics.status).toBe(200);
  const type = metrics.headers.get('content-type')?.split(';')[0] ?? '';
  expect(Object.keys(document.paths['/metrics']?.get?.responses[200]?.content ?? {})).toEqual([type]);
  const image = await fetch(`${service.url}/processed_images/${UNKNOWN}.jpg`);
  await assertDescribed(image, '/processed_images/{name}', 'get');
});

test('every example matches its schema', () => {
  const check = (content: Record<string, { schema: object; example?: unknown; examples?: object }>) => {
    for (const { schema, example, examples } of Object.values(content)) {
      const values = [
        ...(example === undefined ? [] : [example]),
        ...Object.values(examples ?? {}).map((e) => e.value),
      ];
      const { $ref } = schema as { $ref?: string };
      const validate = $ref === undefined ? ajv.compile(schema) : ajv.getSchema(`document${$ref}`);
      for (const value of values) expect([value, validate?.(value), validate?.errors]).toEqual([value, true, null]);
    }
  };
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
  const contents = operations
    .flatMap(({ responses }) => Object.values(responses))
    .flatMap(({ content }) => (content === undefined ? [] : [content]));
  expect(contents.length).toBeGreaterThan(20);
  for (const content of contents) check(content);
});

test('the document names the keys and requires none if none is set', () => {
  expect(document.openapi).toBe('3.1.0');
  expect(Object.keys(document.components.securitySchemes)).toEqual(['bearer', 'apiKey', 'operator']);
  expect(document.security).toEqual([{}, { bearer: [] }, { apiKey: [] }]);
  expect(openApiDocument({ needsKey: true, metricsNeedKey: true })).toMatchObject({
    security: [{ bearer: [] }, { apiKey: [] }],
    components: { securitySchemes: document.components.securitySchemes },
  });
});

test.each([
  { needsKey: true, metricsNeedKey: true },
  { needsKey: false, metricsNeedKey: true },
  { needsKey: false, metricsNeedKey: false },
])("the document is clean under Redocly's recommended rules: %p", (options) => {
  const described = openApiDocument(options);
  expect(lint(described)).toBe('');
  // The rules are on.
  expect(lint({ ...described, info: { title: 'x', version: '1' } })).toContain('info-license');
});

test('a webhook that is sent matches the document', async () => {
  const receiver = await WebhookReceiver.start(answer(204));
  try {
    const csv = `${HEADER}1,Mug,http://10.0.0.1/a.jpg\n`;
    await upload(service.url, csv, { webhookUrl: receiver.url('/'), name: 'Spring' });
    const [sent] = await receiver.count(1);
    const event = JSON.parse(sent?.body ?? '{}');
    const { parameters, requestBody } = document.webhooks[event.type]?.post ?? {};
    const validate = ajv.getSchema(`document${requestBody?.content['application/json'].schema.$ref}`);
    expect([validate?.(event), validate?.errors]).toEqual([true, null]);
    const required = parameters?.filter((parameter) => parameter.required).map(({ name }) => name) ?? [];
    expect(required.filter((name) => sent?.headers[name] === undefined)).toEqual([]);
    expect(required).toHaveLength(2);
    const example = requestBody?.content['application/json'].example;
    expect([validate?.(example), validate?.errors]).toEqual([true, null]);
  } finally {
    await receiver.close();
  }
});

test('real responses of the list, the controls and the deliveries match the document', async () => {
  const id = await uploaded(service.url, `${HEADER}1,Mug,http://10.0.0.1/a.jpg\n`);
  await finished(service.url, id);
  const post = (path: string) => fetch(`${service.url}${path}`, { method: 'POST' });
  await assertDescribed(await fetch(`${service.url}/api/requests?limit=1`), '/api/requests', 'get');
  await assertDescribed(await fetch(`${service.url}/api/requests?limit=0`), '/api/requests', 'get');
  await assertDescribed(await post(`/api/cancel/${id}`), '/api/cancel/{requestId}', 'post');
  await assertDescribed(await post(`/api/retry/${id}`), '/api/retry/{requestId}', 'post');
  const deliveries = '/api/deliveries/{requestId}';
  await assertDescribed(await fetch(`${service.url}/api/deliveries/${id}`), deliveries, 'get');
  await assertDescribed(await post(`/api/deliveries/${id}/redeliver`), `${deliveries}/redeliver`, 'post');
});
