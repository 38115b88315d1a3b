import { once } from 'node:events';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { pino } from 'pino';
import { pinoHttp } from 'pino-http';
import { answerErrors, notFound } from '../../src/http/problem.ts';
import { imageRoutes } from '../../src/http/routes/images.ts';
import { storedImageRoutes } from '../../src/http/routes/stored-images.ts';
import type { Storage } from '../../src/storage/storage.ts';

const NAME = '7b0e8b5e-6d3c-4c8e-9a53-0f5b8a1f6f10.jpg';
const BYTES = Buffer.from('0123456789');
const MODIFIED = new Date('2026-01-02T03:04:05.678Z');

let directory: string;
const servers: Server[] = [];

const serve = async (routes: express.Router): Promise<string> => {
  const app = express().use(
    pinoHttp({ logger: pino({ level: 'silent' }) }),
    routes,
    notFound,
    answerErrors(() => false),
  );
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/processed_images/${NAME}`;
};

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'image-errors-'));
  await writeFile(join(directory, NAME), BYTES);
  await utimes(join(directory, NAME), MODIFIED, MODIFIED);
});
afterAll(async () => {
  for (const server of servers) server.close();
  await rm(directory, { recursive: true });
});

/** A storage whose outputs are served through this service. */
const passing = {
  stat: async () => ({ size: BYTES.length, etag: '"v1"', lastModified: MODIFIED, contentType: 'image/jpeg' }),
  publicUrl: () => null,
  locate: async () => null,
  read: async () => {
    throw new Error('an error must not read the image');
  },
} as unknown as Storage;

describe.each([
  ['a local folder', () => imageRoutes(directory)],
  ['a remote storage', () => storedImageRoutes(passing)],
])('%s', (_where, routes) => {
  let url: string;
  beforeAll(async () => {
    url = await serve(routes());
  });

  test.each([
    ['a range beyond the end', { Range: 'bytes=99-' }, 416, 'range_not_satisfiable'],
    ['another version by ETag', { 'If-Match': '"other"' }, 412, 'precondition_failed'],
    ['only weak tags', { 'If-Match': 'W/"v1", W/"x"' }, 412, 'precondition_failed'],
    ['an older date', { 'If-Unmodified-Since': 'Fri, 02 Jan 2026 03:04:04 GMT' }, 412, 'precondition_failed'],
  ])('%s is an uncacheable error', async (_what, headers, status, code) => {
    for (const method of ['GET', 'HEAD']) {
      const answer = await fetch(url, { method, headers: headers as Record<string, string> });
      expect(answer.status).toBe(status);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect([answer.headers.get('etag'), answer.headers.get('last-modified')]).toEqual([null, null]);
      if (method === 'GET') expect(await answer.json()).toMatchObject({ code });
      if (status === 416) expect(answer.headers.get('content-range')).toBe(`bytes */${BYTES.length}`);
    }
  });

  test('met conditions return the image, cacheable for a year', async () => {
    const etag = (await fetch(url, { method: 'HEAD' })).headers.get('etag') ?? '';
    for (const headers of [
      { 'If-Match': `"other", ${etag}` },
      { 'If-Match': '*' },
      { 'If-Unmodified-Since': MODIFIED.toUTCString() },
      { 'If-Unmodified-Since': 'no date' },
      // If-Match takes precedence.
      { 'If-Match': etag, 'If-Unmodified-Since': 'Fri, 02 Jan 2026 03:04:04 GMT' },
    ]) {
      const answer = await fetch(url, { method: 'HEAD', headers: headers as Record<string, string> });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('cache-control')).toContain('immutable');
    }
  });
});

test.each(['/processed_images/x.jpg', '/processed_images/%', '/nothing'])(
  'the error of %s is not cacheable',
  async (path) => {
    const url = new URL(path, await serve(imageRoutes(directory)));
    const answer = await fetch(url);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  },
);
