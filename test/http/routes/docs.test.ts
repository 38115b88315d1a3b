import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { startTestService, type TestService } from '../../support/service.ts';

const run = promisify(execFile);

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.close());

const get = (path: string) => fetch(`${service.url}${path}`, { redirect: 'manual' });

test('the page at /docs uses no other origin and no inline script or style', async () => {
  const page = await get('/docs');
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
  expect(page.headers.get('content-security-policy')).not.toContain('unsafe');
  const html = await page.text();
  expect(html).not.toMatch(/https?:|<script>|<style|style=| on\w+=/);
  const links = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link);
  expect(links).toHaveLength(6);
  for (const link of links) {
    const response = await get(`/${link}`);
    expect([link, response.status, response.headers.get('cache-control')]).toEqual([link, 200, 'no-cache']);
    expect((await response.text()).length).toBeGreaterThan(100);
  }
});

test('answers 304 for cached files', async () => {
  const first = await get('/docs/swagger-ui-bundle.js');
  await first.body?.cancel();
  const etag = first.headers.get('etag') ?? '';
  const headers = { 'If-None-Match': etag, 'Cache-Control': 'max-age=0' };
  const again = await fetch(`${service.url}/docs/swagger-ui-bundle.js`, { headers });
  expect(again.status).toBe(304);
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

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome'];
const browser = (process.env.PATH ?? '')
  .split(delimiter)
  .flatMap((folder) => BROWSERS.map((name) => join(folder, name)))
  .find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

(browser === undefined ? test.skip : test)(
  'a browser shows every call and the samples without errors',
  async () => {
    const profile = await mkdtemp(join(tmpdir(), 'browser-'));
    const { stdout, stderr } = await run(
      browser ?? '',
      [
        ...['--headless', '--no-sandbox', '--disable-gpu', `--user-data-dir=${profile}`, '--enable-logging=stderr'],
        ...['--virtual-time-budget=30000', '--dump-dom', `${service.url}/docs#/Requests/upload`],
      ],
      { timeout: 60_000, maxBuffer: 64 * 1024 * 1024 },
    );
    await rm(profile, { recursive: true, force: true });
    const drawn = [...stdout.matchAll(/class="opblock-summary-path" data-path="([^"]+)"/g)].map(([, path]) => path);
    const { paths } = (await (await get('/docs/openapi.json')).json()) as { paths: Record<string, object> };
    expect(drawn.sort()).toEqual(Object.keys(paths).sort());
    for (const language of ['curl', 'JavaScript', 'Python'])
      expect(stdout).toContain(`${language}: upload, follow, fetch`);
    expect(stdout).toContain('def multipart(fields, csv)');
    expect(stderr.split('\n').filter((line) => line.includes(':CONSOLE'))).toEqual([]);
  },
  90_000,
);
