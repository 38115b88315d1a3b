import { createHash } from 'node:crypto';
import { WRONG_KEYS } from '../../src/http/access.ts';
import { startTestService, type TestService, upload } from '../support/service.ts';

const KEY = 'first-key-0123456789';
const OTHER = 'other-key-0123456789';
/** A second key of the first key's tenant, given as a hash. */
const NEXT = 'next-key-0123456789';
const CSV = 'S. No.,Product Name,Input Image Urls\n1,Mug,http://10.0.0.1/a.jpg\n';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({
    API_KEYS: `shop:${KEY}, shop:sha256:${createHash('sha256').update(NEXT).digest('hex').toUpperCase()}, ${OTHER}`,
    RATE_LIMIT_UPLOADS_PER_MINUTE: '2',
    CORS_ORIGINS: 'https://shop.example',
  });
});
afterAll(() => service.close());

const get = (path: string, headers: Record<string, string> = {}) => fetch(`${service.url}${path}`, { headers });
const uploadAs = (key: string) => {
  const form = new FormData();
  form.set('file', new Blob([CSV]), 'products.csv');
  return fetch(`${service.url}/api/upload`, { method: 'POST', body: form, headers: { 'X-Api-Key': key } });
};

test.each([
  [{}, 401],
  [{ Authorization: `Bearer ${KEY}` }, 404],
  [{ Authorization: `bearer ${OTHER}` }, 404],
  [{ 'X-Api-Key': KEY }, 404],
  [{ 'X-Api-Key': NEXT }, 404],
  [{ 'X-Api-Key': createHash('sha256').update(NEXT).digest('hex') }, 401],
  [{ 'X-Api-Key': `shop:${KEY}` }, 401],
  [{ 'X-Api-Key': KEY.slice(0, -1) }, 401],
  [{ 'X-Api-Key': `${KEY},${OTHER}` }, 401],
  [{ 'X-Api-Key': '' }, 401],
  [{ Authorization: `Basic ${KEY}` }, 401],
  [{ Authorization: 'Bearer wrong', 'X-Api-Key': KEY }, 401],
] as [Record<string, string>, number][])('a call with %j gets %i', async (headers, status) => {
  const response = await get('/api/status/unknown', headers);
  expect(response.status).toBe(status);
  if (status === 401) expect(response.headers.get('www-authenticate')).toMatch(/^Bearer realm=/);
});

test('every spelling of /api requires a key, and nothing else does', async () => {
  for (const path of ['/api', '/API/upload', '/api/none', '//api/upload']) {
    const { status } = await get(path);
    expect([path, status]).toEqual([path, path.startsWith('//') ? 404 : 401]);
  }
  expect((await upload(service.url, CSV)).status).toBe(401);
  for (const path of ['/health', '/ready', '/docs', '/openapi.json']) {
    const { status, body } = await get(path);
    await body?.cancel();
    expect([path, status]).toEqual([path, 200]);
  }
  expect((await get('/processed_images/x.jpg')).status).toBe(404);
});

test('uploads are limited per tenant across its keys, with standard headers', async () => {
  expect((await uploadAs(KEY)).status).toBe(202);
  const second = await uploadAs(NEXT);
  expect(second.headers.get('ratelimit-policy')).toContain('q=2; w=60');
  expect(second.headers.get('ratelimit')).toContain('r=0');
  const third = await uploadAs(KEY);
  expect(third.status).toBe(429);
  expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await third.json()).toMatchObject({ code: 'rate_limited', detail: expect.stringContaining('2 uploads') });
  expect((await uploadAs(OTHER)).status).toBe(202);
});

test('allows only the configured origins', async () => {
  const allowed = await get('/health', { Origin: 'https://shop.example' });
  expect(allowed.headers.get('access-control-allow-origin')).toBe('https://shop.example');
  const refused = await get('/health', { Origin: 'https://evil.example' });
  expect(refused.headers.get('access-control-allow-origin')).toBeNull();
});

test('limits wrong keys per address, but not valid keys from it', async () => {
  const own = await startTestService({ API_KEYS: `shop:${KEY}`, OPERATOR_KEYS: OTHER, TRUST_PROXY: 'loopback' });
  const ask = (key: string | null, from: string, path = '/api/requests') =>
    fetch(`${own.url}${path}`, { headers: { 'X-Forwarded-For': from, ...(key !== null && { 'X-Api-Key': key }) } });
  try {
    const statuses = await Promise.all(
      Array.from({ length: WRONG_KEYS + 20 }, async (_, n) => {
        // From one network, on both protected paths.
        const path = n % 2 === 0 ? '/api/requests' : '/metrics';
        return (await ask(`wrong-${n}`, `2001:db8:1:2::${n + 1}`, path)).status;
      }),
    );
    expect(statuses.filter((status) => status === 401)).toHaveLength(WRONG_KEYS);
    expect(statuses.filter((status) => status === 429)).toHaveLength(20);
    const held = await ask('wrong', '2001:db8:1:2:ffff::1');
    expect([held.status, await held.json()]).toEqual([429, expect.objectContaining({ code: 'rate_limited' })]);
    expect(Number(held.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(held.headers.get('www-authenticate')).toBeNull();
    // A valid or missing key is not a guess, and no one else is limited.
    expect((await ask(KEY, '2001:db8:1:2::1')).status).toBe(200);
    expect((await ask(OTHER, '2001:db8:1:2::1', '/metrics')).status).toBe(200);
    expect((await ask(null, '2001:db8:1:2::1')).status).toBe(401);
    expect((await ask('wrong', '2001:db8:1:3::1')).status).toBe(401);
    expect((await ask('wrong', '203.0.113.7')).status).toBe(401);
  } finally {
    await own.close();
  }
});
