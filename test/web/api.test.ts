import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiError, createApi } from '../../src/web/api.ts';

const KEY = 'a-key-for-this-origin-only';
const keys = { get: () => KEY, ask: async () => KEY };
const servers: Server[] = [];

const listen = async (location?: () => string): Promise<{ url: string; seen: IncomingHttpHeaders[] }> => {
  const seen: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers);
    if (location !== undefined) response.writeHead(302, { Location: location() }).end();
    else response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
};
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** The API client of a page loaded from this origin, with relative URLs resolved as a browser does. */
const apiAt = (page: string) => createApi(keys, (path, init) => fetch(new URL(String(path), page), init));

test('the key is sent to the page’s own origin', async () => {
  const own = await listen();
  await apiAt(own.url).follow('/api/status/1?after=2');
  expect(own.seen.map(({ authorization }) => authorization)).toEqual([`Bearer ${KEY}`]);
});

test('a redirect to another origin is not followed', async () => {
  const foreign = await listen();
  const own = await listen(() => `${foreign.url}/api/status/1`);
  await expect(apiAt(own.url).status('1')).rejects.toThrow(ApiError);
  expect(foreign.seen).toEqual([]);
});

test.each(['', '/\t', '//', '/\\', '\\\\', '/../', ' '])(
  'an answer cannot lead the page elsewhere with %j',
  async (mark) => {
    const foreign = await listen();
    const own = await listen();
    const host = foreign.url.slice('http://'.length);
    const next = mark === '' || mark === ' ' ? `${mark}${foreign.url}/` : `${mark === '/\t' ? '/\t/' : mark}${host}/`;
    await apiAt(own.url)
      .follow(next)
      .catch(() => undefined);
    expect(foreign.seen).toEqual([]);
  },
);
