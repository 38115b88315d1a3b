import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import supertest from 'supertest';
import { startTestService, type TestService } from '../../support/service.ts';

const KEY = 'a-key-of-the-shop-0123456789';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({
    API_KEYS: KEY,
    PUBLIC_URL: 'https://images.example/a</script>',
    S3_SOURCE_BUCKETS: 'secret-bucket',
    S3_REGION: 'eu-central-1',
  });
});
afterAll(() => service.close());

const page = async () => (await supertest(service.url).get('/').expect(200)).text;

test('the page is public, runs nothing inline and may show images of other servers', async () => {
  const { headers, text } = await supertest(service.url).get('/').expect(200);
  expect(headers['content-type']).toBe('text/html; charset=utf-8');
  expect(headers['cache-control']).toBe('no-cache');
  const policy = String(headers['content-security-policy']);
  expect(policy).toContain("default-src 'self'");
  expect(policy).toContain("img-src 'self' data: http: https:");
  expect(policy).not.toContain('unsafe');
  expect(text).not.toMatch(/<style|\sstyle=|\son[a-z]+=|\{\{/i);
  await supertest(service.url).post('/').expect(405);
});

test('its settings are escaped for HTML and contain no key or bucket', async () => {
  const text = await page();
  const [, json = ''] = /<script type="application\/json" id="settings">(.*?)<\/script>/.exec(text) ?? [];
  expect(JSON.parse(json)).toMatchObject({
    needsKey: true,
    s3Sources: true,
    samples: 'https://images.example/a</script>/samples/',
    limits: { maxRows: 1_000_000 },
  });
  expect(Object.keys(JSON.parse(json).limits)).toHaveLength(5);
  expect(text).not.toContain(KEY);
  expect(text).not.toContain('secret-bucket');
});

test.each([
  ['br', brotliDecompressSync],
  ['gzip', gunzipSync],
  ['identity', (bytes: Buffer) => bytes],
] as const)('scripts and styles are sent as %s and kept for ever', async (encoding, decode) => {
  const text = await page();
  const paths = [...text.matchAll(/"(\/assets\/[^"]+\.(?:js|css))"/g)].map(([, path]) => String(path));
  expect(paths).toHaveLength(2);
  for (const path of paths) {
    const { headers, body } = await rawly(path, encoding);
    expect(headers['content-encoding']).toBe(encoding === 'identity' ? undefined : encoding);
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(headers.vary).toContain('Accept-Encoding');
    const plain = await rawly(path, 'identity');
    expect(decode(body)).toEqual(plain.body);
    expect(plain.body.length).toBeGreaterThan(1_000);
  }
});

/** The raw bytes; fetch and supertest would decompress them. */
const rawly = async (path: string, encoding: string) => {
  const [response] = (await once(
    get(`${service.url}${path}`, { headers: { 'Accept-Encoding': encoding } }),
    'response',
  )) as [IncomingMessage];
  return { headers: response.headers, body: Buffer.concat(await response.toArray()) };
};

test('the sample CSV points to this service, and its photos can be fetched from any origin', async () => {
  const { text } = await supertest(service.url).get('/samples/products.csv').expect(200);
  expect(text).toContain('1,"Stoneware Mug ""Lagoon"", 350 ml",https://images.example/a</script>/samples/mug.jpg');
  expect(text).not.toContain('127.0.0.1');
  const photo = await supertest(service.url).get('/samples/mug.jpg').expect(200);
  expect(photo.headers).toMatchObject({ 'content-type': 'image/jpeg', 'cross-origin-resource-policy': 'cross-origin' });
});

test.each([
  '/samples/none.jpg',
  '/samples/..%2fproducts.csv',
  '/samples/%2e%2e%2f%2e%2e%2findex.html',
  '/assets/none.js',
])('%s is answered with 404', async (path) => {
  expect([400, 404]).toContain((await fetch(`${service.url}${path}`)).status);
});
