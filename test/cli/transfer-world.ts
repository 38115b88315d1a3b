import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { makeImage } from '../support/servers/image-server.mjs';

export const KEY = 'a-key-for-this-service-only';
export const ID = '5b0c1e0a-0000-4000-8000-000000000001';
export const NAME = `${ID}.jpg`;
export const CSV = `S. No.,Product Name,Input Image Urls,Output Image Urls\r\n1,P,https://x.example/a.jpg,out\r\n`;

export let jpeg: Buffer;
export let directory: string;
const servers: Server[] = [];
const children: ChildProcess[] = [];

beforeAll(async () => {
  jpeg = await makeImage('jpeg', { width: 200, height: 150 });
});
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cli-transfer-'));
  await writeFile(
    join(directory, 'products.csv'),
    'S. No.,Product Name,Input Image Urls\n1,P,https://x.example/a.jpg\n',
  );
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  await rm(directory, { recursive: true, force: true });
});

export interface Seen {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

export const listen = async (answer: RequestListener): Promise<{ url: string; seen: Seen[] }> => {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    seen.push({ path: request.url ?? '', headers: request.headers });
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
};

export const image: RequestListener = (_request, response) => {
  response.writeHead(200, { 'Content-Type': 'image/jpeg', 'Content-Length': jpeg.length }).end(jpeg);
};
export const redirectTo =
  (to: () => string, code = 302): RequestListener =>
  (_request, response) => {
    response.writeHead(code, { Location: to() }).end();
  };

/** A fake service with one completed image; `own` overrides the response of a path. */
export const service = async (
  outputUrl: (url: string) => string,
  own: Readonly<Record<string, RequestListener>> = {},
) => {
  const started = await listen((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const mine = own[path];
    if (mine !== undefined) return mine(request, response);
    const json = (body: unknown, code = 200) =>
      response.writeHead(code, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    if (path === '/api/upload') {
      request.resume().on('end', () => json({ requestId: ID }, 202));
    } else if (path === `/api/status/${ID}`) {
      const one = {
        ...{ id: ID, inputUrl: 'https://x.example/a.jpg', status: 'completed', error: null },
        ...{ outputUrl: outputUrl(started.url), bytesOut: jpeg.length },
      };
      json({
        ...{ status: 'completed', finishedAt: new Date().toISOString(), products: [{ images: [one] }], next: null },
        progress: { total: 1, completed: 1, failed: 0, cancelled: 0, percent: 100 },
        bytes: { in: 2 * jpeg.length, out: jpeg.length, savedPercent: 50 },
      });
    } else if (path === `/api/output/${ID}`) {
      response.writeHead(200, { 'Content-Type': 'text/csv' }).end(CSV);
    } else {
      json({ detail: 'No such route.', code: 'route_not_found' }, 404);
    }
  });
  return started;
};

/** Runs the built command line with the key in the environment. */
export const run = async (server: string, ...more: string[]) => {
  const args = ['compress', 'products.csv', '--server', server, ...more];
  const child = spawn(process.execPath, [resolve('dist/cli/main.js'), ...args], {
    cwd: directory,
    env: { ...process.env, API_KEY: KEY },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let errors = '';
  child.stderr?.on('data', (chunk) => {
    errors += chunk;
  });
  const [code] = await once(child, 'close');
  return { code: code as number | null, errors };
};

export const FOLDER = 'products-output-images';
export const stored = async (): Promise<string[]> => readdir(join(directory, FOLDER)).catch(() => []);
export const bytesOf = (name = NAME): Promise<Buffer> => readFile(join(directory, FOLDER, name));
export const secrets = (seen: readonly Seen[]): string[] =>
  seen.map(({ headers }) => JSON.stringify(headers)).filter((text) => text.includes(KEY));
