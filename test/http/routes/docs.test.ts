import { startTestService, type TestService } from '../../support/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.close());

const get = (path: string) => fetch(`${service.url}${path}`, { redirect: 'manual' });

test('the page at /docs uses no other origin, no script and no inline style', async () => {
  const page = await get('/docs');
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
  expect(page.headers.get('content-security-policy')).not.toContain('unsafe');
  const html = await page.text();
  expect(html).not.toMatch(/<script|<style|style=| on\w+=|(?:src|href)="https?:/);
  const files = new Set([...html.matchAll(/(?:src|href)="(\/(?!")[^"]+)"/g)].map(([, link = '']) => link));
  expect(files.size).toBe(3);
  for (const file of files) expect([file, (await get(file)).status]).toEqual([file, 200]);
});

interface Operation {
  readonly operationId: string;
  readonly responses: Record<string, { readonly content?: Record<string, { readonly examples?: object }> }>;
  readonly requestBody?: {
    readonly content: Record<string, { readonly example?: object; readonly schema: { readonly required?: string[] } }>;
  };
  readonly parameters?: readonly { readonly in: string; readonly required: boolean; readonly example?: unknown }[];
}
const operations = async (): Promise<[string, Operation][]> => {
  const { paths } = (await (await get('/docs/openapi.json')).json()) as {
    paths: Record<string, Record<string, Operation>>;
  };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.values(methods).map((operation): [string, Operation] => [path, operation]),
  );
};

test('every call, every error and the samples are on the page, and every link within it leads somewhere', async () => {
  const html = await (await get('/docs')).text();
  for (const [path, { operationId, responses }] of await operations()) {
    expect(html).toContain(`id="${operationId}"`);
    expect(html).toContain(`<code>${path}</code>`);
    for (const { content } of Object.values(responses))
      for (const code of Object.keys(content?.['application/problem+json']?.examples ?? {}))
        expect(html).toContain(`id="error-${code}"`);
  }
  for (const language of ['curl', 'JavaScript', 'Python']) expect(html).toContain(`${language}: upload, follow, fetch`);
  const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const [, target] of html.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target);
});

test('clients made of the document send no optional field by themselves', async () => {
  for (const [path, { parameters = [], requestBody }] of await operations()) {
    for (const { required, example } of parameters) if (!required) expect([path, example]).toEqual([path, undefined]);
    // An upload may have a link in place of the file.
    for (const { example = {}, schema } of Object.values(requestBody?.content ?? {}))
      for (const field of Object.keys(example)) expect([path, 'file', ...(schema.required ?? [])]).toContain(field);
  }
});

test('commands send a key only where one is needed', async () => {
  const keyed = await startTestService({ API_KEYS: 'a-key-of-the-shop-0123456789' });
  const html = await (await fetch(`${keyed.url}/docs`)).text();
  await keyed.close();
  expect(html).toContain('<pre>curl -H &quot;X-Api-Key: $API_KEY&quot; &quot;$SERVICE/api/requests&quot;</pre>');
  expect(html).toContain('<pre>curl &quot;$SERVICE/health&quot;</pre>');
  expect(await (await get('/docs')).text()).not.toContain('X-Api-Key: $API_KEY&quot;');
});

test('answers 304 for the page while it is unchanged, compressed or not', async () => {
  for (const encoding of ['gzip', 'identity']) {
    const headers = { 'Accept-Encoding': encoding };
    const first = await fetch(`${service.url}/docs`, { headers });
    expect(first.headers.get('content-encoding')).toBe(encoding === 'gzip' ? 'gzip' : null);
    expect(await first.text()).toContain('<h1>API reference</h1>');
    const etag = first.headers.get('etag') ?? '';
    const again = await fetch(`${service.url}/docs`, {
      headers: { ...headers, 'If-None-Match': etag, 'Cache-Control': 'max-age=0' },
    });
    expect(again.status).toBe(304);
  }
});

test.each([
  ['/docs/', 308, null],
  ['/docs/index.html', 404, 'route_not_found'],
  ['/docs/..%2fpackage.json', 404, 'route_not_found'],
])('%s answers %i', async (path, status, code) => {
  const response = await get(path);
  expect(response.status).toBe(status);
  if (code === null) expect(response.headers.get('location')).toBe('../docs');
  else expect(await response.json()).toMatchObject({ code });
});
