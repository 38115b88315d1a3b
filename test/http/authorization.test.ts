import { v4 as uuid } from 'uuid';
import { serviceRoutes } from '../support/routes.ts';
import { startTestService, type TestService, waitFor } from '../support/service.ts';

const OWNER = 'owner-key-0123456789';
const OTHER = 'other-key-0123456789';
const OPERATOR = 'operator-key-01234567';
const CSV = 'S. No.,Product Name,Input Image Urls\n1,Mug,http://10.0.0.1/a.jpg\n';

/** The callers and their keys. */
const KEYS = { none: null, wrong: 'wrong-key-0123456789', other: OTHER, operator: OPERATOR, owner: OWNER } as const;
type Subject = keyof typeof KEYS;

/** Expected status for each caller, and without keys. */
type Row = Readonly<Record<Subject | 'open', number>>;

const ofOwnRequest = (owner: number): Row => ({
  ...{ none: 401, wrong: 401, other: 404, operator: 403, owner, open: owner },
});
const ofAnyTenant = (status: number): Row => ({ ...ofOwnRequest(status), other: status });
const forEveryone = (status: number): Row => ({
  ...{ none: status, wrong: status, other: status, operator: status, owner: status, open: status },
});

/** A new route fails the test below until it is added here. The request has finished and its image has failed. */
const MATRIX: Readonly<Record<string, Row>> = {
  'POST /api/upload': ofAnyTenant(202),
  'POST /api/preview': ofAnyTenant(200),
  'GET /api/requests': ofAnyTenant(200),
  'PATCH /api/requests/:requestId': ofOwnRequest(200),
  'DELETE /api/requests/:requestId': ofOwnRequest(202),
  'GET /api/status/:requestId': ofOwnRequest(200),
  'GET /api/events/:requestId': ofOwnRequest(200),
  'GET /api/output/:requestId': ofOwnRequest(200),
  'GET /api/errors/:requestId': ofOwnRequest(200),
  'GET /api/archive/:requestId': ofOwnRequest(200),
  'GET /api/deliveries/:requestId': ofOwnRequest(200),
  'POST /api/deliveries/:requestId/redeliver': ofOwnRequest(202),
  'POST /api/cancel/:requestId': ofOwnRequest(409),
  'POST /api/retry/:requestId': ofOwnRequest(202),
  'GET /metrics': { none: 401, wrong: 401, other: 403, operator: 200, owner: 403, open: 200 },
  'GET /health': forEveryone(200),
  'GET /ready': forEveryone(200),
  'GET /': forEveryone(200),
  'GET /assets/:name': forEveryone(404),
  'GET /samples/products.csv': forEveryone(200),
  'GET /samples/:name': forEveryone(404),
  // Browsers are led to the page, which asks for a key; programs find nothing.
  'GET /requests/:requestId': forEveryone(404),
  'GET /docs': forEveryone(200),
  'GET /docs/': forEveryone(308),
  'GET /docs/openapi.json': forEveryone(200),
  'GET /openapi.json': forEveryone(200),
  // Public, because image names cannot be guessed.
  'GET /processed_images/:name': forEveryone(404),
};

/** These look up no request: what they say of an id is what the caller sent. */
const UNASKED = ['GET /metrics', 'GET /requests/:requestId'];

let keyed: TestService;
let open: TestService;
const shared = new Map<TestService, string>();
beforeAll(async () => {
  keyed = await startTestService({ API_KEYS: `shop:${OWNER},other:${OTHER}`, OPERATOR_KEYS: OPERATOR });
  open = await startTestService();
});
afterAll(async () => {
  await open.close();
  await keyed.close();
});

const call = async (service: TestService, route: string, key: string | null, requestId: string): Promise<Response> => {
  const [method = '', path = ''] = route.split(' ');
  const headers: Record<string, string> = key === null ? {} : { 'X-Api-Key': key };
  const init: RequestInit = { method, headers, redirect: 'manual' };
  if (path === '/api/upload' || path === '/api/preview') {
    const form = new FormData();
    form.set('webhookUrl', 'http://127.0.0.1:9/hook');
    form.set('file', new Blob([CSV]), 'products.csv');
    init.body = form;
  }
  if (method === 'PATCH') {
    headers['Content-Type'] = 'application/json';
    init.body = JSON.stringify({ name: 'Renamed' });
  }
  return fetch(`${service.url}${path.replace(':requestId', requestId).replace(':name', `${uuid()}.jpg`)}`, init);
};

/** A finished and delivered request of the owner; a new one if the call may change it. */
const finishedRequest = async (service: TestService, route: string): Promise<string> => {
  const known = shared.get(service);
  const reads = route.startsWith('GET');
  if (known !== undefined && reads) return known;
  const { requestId } = (await (await call(service, 'POST /api/upload', OWNER, '')).json()) as { requestId: string };
  await waitFor(async () => {
    const response = await call(service, 'GET /api/deliveries/:requestId', OWNER, requestId);
    const { deliveries } = (await response.json()) as { deliveries: { log: unknown[] }[] };
    return deliveries.some(({ log }) => log.length > 0);
  });
  if (reads) shared.set(service, requestId);
  return requestId;
};

/** State that others must not change. */
const stateOf = async (service: TestService, id: string) => {
  const read = async (route: string) => (await call(service, route, OWNER, id)).json();
  const { name, status, finishedAt, progress } = (await read('GET /api/status/:requestId')) as Record<string, unknown>;
  const { deliveries } = (await read('GET /api/deliveries/:requestId')) as { deliveries: { redeliveries: number }[] };
  return { name, status, finishedAt, progress, redeliveries: deliveries.map(({ redeliveries }) => redeliveries) };
};

test('the matrix has exactly the routes of the service', () => {
  expect(serviceRoutes().sort()).toEqual(Object.keys(MATRIX).sort());
});

describe.each(Object.keys(MATRIX))('%s', (route) => {
  test('answers each caller as in the matrix', async () => {
    const id = await finishedRequest(keyed, route);
    const before = await stateOf(keyed, id);
    const seen: Record<string, number> = {};
    for (const [subject, key] of Object.entries(KEYS)) {
      // The owner comes last; until then the request is unchanged.
      if (subject === 'owner') expect(await stateOf(keyed, id)).toEqual(before);
      const response = await call(keyed, route, key, id);
      seen[subject] = response.status;
      const text = await response.text();
      if (subject !== 'owner' && !UNASKED.includes(route)) expect(text.replace(/urn:uuid:\S+/, '')).not.toContain(id);
    }
    const answer = await call(open, route, null, await finishedRequest(open, route));
    await answer.arrayBuffer();
    seen.open = answer.status;
    expect(seen).toEqual(MATRIX[route]);
  });

  test('answers HEAD as GET', async () => {
    if (!route.startsWith('GET ')) return;
    const id = await finishedRequest(keyed, route);
    const seen: Record<string, number> = {};
    for (const [subject, key] of Object.entries(KEYS)) {
      seen[subject] = (await call(keyed, route.replace('GET', 'HEAD'), key, id)).status;
    }
    const { open: _, ...row } = MATRIX[route] ?? {};
    expect(seen).toEqual(row);
  });
});

test('with API_KEYS but without OPERATOR_KEYS the metrics are closed, on a worker too', async () => {
  const service = await startTestService({ API_KEYS: OWNER, ROLE: 'worker' });
  try {
    const refused = await call(service, 'GET /metrics', null, '');
    expect(refused.status).toBe(401);
    expect(await refused.json()).toMatchObject({
      code: 'unauthorized',
      detail: expect.stringContaining('OPERATOR_KEYS'),
    });
    expect((await call(service, 'GET /metrics', OWNER, '')).status).toBe(403);
    expect((await call(service, 'GET /api/requests', OWNER, '')).status).toBe(404);
  } finally {
    await service.close();
  }
});

test('OPERATOR_KEYS alone protect the metrics and leave the API open', async () => {
  const service = await startTestService({ OPERATOR_KEYS: OPERATOR });
  try {
    expect((await call(service, 'GET /metrics', null, '')).status).toBe(401);
    expect((await call(service, 'GET /metrics', OPERATOR, '')).status).toBe(200);
    expect((await call(service, 'GET /api/requests', null, '')).status).toBe(200);
  } finally {
    await service.close();
  }
});
