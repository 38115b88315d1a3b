import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import https from 'node:https';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createGuardedAgents } from '../../../src/network/agents.ts';
import { type FetchFileOptions, fetchFile } from '../../../src/network/fetch/fetch-file.ts';
import {
  endless,
  gzipBomb,
  ImageServer,
  lyingLength,
  ok,
  redirect,
  silent,
  status,
} from '../../support/servers/image-server.mjs';

const agents = createGuardedAgents({ allowPrivateNetworks: ['127.0.0.1/32'] });
const csv = Buffer.from('S. No.,Product Name,Input Image Urls\r\n');
let server: ImageServer;
let directory: string;

const fetchFrom = (url: string, options: Partial<FetchFileOptions> = {}) =>
  fetchFile(url, { agents, file: join(directory, 'file'), maxBytes: 1_000_000, maxSeconds: 20, ...options });

beforeAll(async () => {
  server = await ImageServer.start();
});
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fetch-file-'));
});
afterEach(() => rm(directory, { recursive: true }));
afterAll(async () => {
  agents.destroy();
  await server.close();
});

it('writes the file', async () => {
  server.on('/end.csv', ok(csv, 'Text/CSV; charset=utf-8'));
  const chunks: number[] = [];
  const fetched = await fetchFrom(server.on('/begin', redirect('/end.csv')), { received: (n) => chunks.push(n) });
  expect(fetched).toEqual({ path: join(directory, 'file'), size: csv.length, contentType: 'text/csv' });
  expect(await readFile(fetched.path)).toEqual(csv);
  expect(chunks.reduce((sum, n) => sum + n, 0)).toBe(csv.length);
});

it('decodes a content encoding', async () => {
  const url = server.on('/gzip', ok(gzipSync(csv), 'text/csv', { 'Content-Encoding': 'gzip' }));
  expect(await readFile((await fetchFrom(url)).path)).toEqual(csv);
});

const cases: readonly [string, () => Parameters<ImageServer['on']>[1], string, RegExp][] = [
  ['a Content-Length above the limit', () => ok(Buffer.alloc(2000)), 'upload_too_large', /1000 bytes/],
  ['an endless body', () => endless, 'upload_too_large', /1000 bytes/],
  ['a gzip bomb', () => gzipBomb(50_000_000), 'upload_too_large', /1000 bytes/],
  ['a truncated body', () => lyingLength(csv, 500), 'invalid_field', /closed/],
  ['status 403', () => status(403), 'invalid_field', /denies access.*upload the file/],
  ['status 404', () => status(404), 'invalid_field', /no file at this URL/],
  ['status 500', () => status(500), 'invalid_field', /status 500/],
  ['status 206', () => status(206), 'invalid_field', /status 206/],
  ['a private address', () => redirect('http://10.0.0.1/'), 'invalid_field', /ALLOW_PRIVATE_NETWORKS/],
  ['a file URL', () => redirect('file:///etc/passwd'), 'invalid_field', /not an http\(s\) URL/],
];
it.each(cases)('%s leaves no file and says what is wrong', async (_what, behaviour, code, message) => {
  const url = server.on('/bad', behaviour());
  await expect(fetchFrom(`${url}?token=abc123`, { maxBytes: 1000 })).rejects.toMatchObject({
    code,
    publicMessage: expect.stringMatching(message),
  });
  expect(await readdir(directory)).toEqual([]);
});

it('a server that does not respond is given up at the deadline', async () => {
  await expect(fetchFrom(server.on('/silent', silent), { maxSeconds: 0.2 })).rejects.toMatchObject({
    code: 'invalid_field',
    publicMessage: expect.stringContaining('longer than 0.2 seconds'),
  });
});

it('ends with the reason of the signal', async () => {
  const cancel = new AbortController();
  const url = server.on('/cancel', (response) => {
    response.writeHead(200).write('a,b\n');
    cancel.abort(new Error('gone'));
  });
  await expect(fetchFrom(url, { signal: cancel.signal })).rejects.toThrow('gone');
  expect(await readdir(directory)).toEqual([]);
});

it.each(['', 'feed.csv', 'ftp://127.0.0.1/a.csv', 'file:///etc/passwd'])('"%s" is refused', async (url) => {
  await expect(fetchFrom(url)).rejects.toMatchObject({ code: 'invalid_field' });
});

/** Connects every https URL to the server, without TLS. */
class ToServer extends https.Agent {
  override createConnection() {
    return net.connect(server.port, '127.0.0.1');
  }
}

it.each([
  ['https://drive.google.com/file/d/1aBcDeFgHiJkLmNo/view?usp=sharing', '/uc?export=download&id=1aBcDeFgHiJkLmNo'],
  ['https://www.dropbox.com/scl/fi/a/products.xlsx?rlkey=k&dl=0', '/scl/fi/a/products.xlsx?rlkey=k&dl=1'],
  ['https://shop.sharepoint.com/:x:/s/team/abc?e=1', '/:x:/s/team/abc?e=1&download=1'],
  ['https://1drv.ms/x/s!AkIj', '/v1.0/shares/u!aHR0cHM6Ly8xZHJ2Lm1zL3gvcyFBa0lq/root/content'],
  ['https://docs.google.com/spreadsheets/d/1aB/edit#gid=7', '/spreadsheets/d/1aB/export?format=csv&gid=7'],
])('the file of %s is downloaded', async (link, path) => {
  server.on(path.split('?')[0] ?? '', ok(csv, 'text/csv'));
  const file = await fetchFrom(link, { agents: { http: agents.http, https: new ToServer() } });
  expect(await readFile(file.path)).toEqual(csv);
  expect(server.requests(path.split('?')[0] ?? '').at(-1)?.url).toBe(path);
});

it.each([401, 403])('a share that answers %i asks for a login', async (code) => {
  server.on('/v1.0/shares/u!aHR0cHM6Ly8xZHJ2Lm1zL3gvYy9h/root/content', status(code));
  await expect(
    fetchFrom('https://1drv.ms/x/c/a', { agents: { http: agents.http, https: new ToServer() } }),
  ).rejects.toMatchObject({
    code: 'invalid_field',
    publicMessage: expect.stringContaining('OneDrive asks for a login at this share link'),
  });
});
