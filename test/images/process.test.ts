import { crc32 } from 'node:zlib';
import pLimit from 'p-limit';
import sharp from 'sharp';
import { AppError } from '../../src/errors.ts';
import { createProcessor, type ProcessorDeps } from '../../src/images/process.ts';
import type { ImageTask } from '../../src/images/task.ts';
import { createGuardedAgents } from '../../src/network/agents.ts';
import { animation } from '../support/pictures.ts';
import { html, ImageServer, makeImage, ok, status } from '../support/servers/image-server.mjs';

const agents = createGuardedAgents({ allowPrivateNetworks: ['127.0.0.1/32'] });
const limits = {
  maxImageBytes: 1_000_000,
  maxPixels: 1_000_000,
  maxDownloadSeconds: 10,
  maxRedirects: 3,
  maxConnectionsPerOrigin: 6,
};
let server: ImageServer;
let stored: Map<string, Uint8Array>;

const processor = (deps: Partial<ProcessorDeps> = {}) =>
  createProcessor({
    agents,
    limits,
    limitEncodes: pLimit(1),
    now: Date.now,
    admit: async () => {},
    store: async (task, bytes) => void stored.set(task.id, bytes),
    ...deps,
  });

const task = (url: string, options: Partial<ImageTask> = {}): ImageTask => ({
  id: 'an-id',
  url,
  quality: 50,
  format: 'jpeg',
  ...options,
});

beforeAll(async () => {
  server = await ImageServer.start();
});
beforeEach(() => {
  stored = new Map();
});
afterAll(async () => {
  agents.destroy();
  await server.close();
});

it('downloads, compresses and stores an image, and reports the result', async () => {
  const png = await makeImage('png', { width: 320, height: 200 });
  const result = await processor()(task(server.on('/a.png', ok(png, 'image/png'))));
  const output = stored.get('an-id');
  expect(result).toEqual({
    ok: true,
    bytesIn: png.length,
    bytesOut: output?.length,
    crc32: crc32(png),
    width: 320,
    height: 200,
    notes: [],
    timings: { download: expect.any(Number), encode: expect.any(Number), store: expect.any(Number) },
  });
  expect(await sharp(output).metadata()).toMatchObject({ format: 'jpeg', width: 320, height: 200 });
});

it('detects the format by the bytes, not by the Content-Type', async () => {
  const url = server.on('/liar.gif', ok(await makeImage('webp'), 'image/gif'));
  expect(await processor()(task(url, { format: 'webp' }))).toMatchObject({ ok: true });
});

it('notes that only the first frame was kept', async () => {
  const url = server.on('/moves.gif', ok(await animation('gif')));
  expect(await processor()(task(url))).toMatchObject({ ok: true, notes: ['first_frame_only'] });
});

it.each([
  ['a page with status 200 and an image Content-Type', () => server.on('/x', html), 'not_an_image', false],
  ['a missing image', () => server.on('/x', status(404)), 'source_not_found', false],
  ['a busy server', () => server.on('/x', status(503)), 'source_unavailable', true],
  [
    'a damaged image',
    () => server.on('/x', ok(Buffer.from('\xff\xd8\xff\xe0rubbish', 'latin1'))),
    'corrupt_image',
    false,
  ],
  ['an invalid URL', () => 'nonsense', 'invalid_url', false],
  ['a private address', () => 'http://10.0.0.1/', 'address_not_allowed', false],
])('returns the code for %s and stores nothing', async (_what, url, code, retryable) => {
  const result = await processor()(task(url()));
  expect(result).toEqual({ ok: false, code, retryable, message: expect.stringMatching(/^[A-Z].*\.$/) });
  expect(stored.size).toBe(0);
});

it('passes on the Retry-After of the server', async () => {
  const url = server.on('/busy', status(429, { 'Retry-After': '9' }));
  expect(await processor()(task(url))).toMatchObject({ code: 'source_rate_limited', retryAfterMs: 9000 });
});

it.each([
  ['with its reason', new AppError('storage_failed', 'The disk is full.'), 'The disk is full.'],
  [
    'with a code of another kind',
    new AppError('storage_unavailable', 'The bucket is unavailable.'),
    'The bucket is unavailable.',
  ],
  ['with an unexpected error', new Error('secret path /srv'), 'The result could not be stored; it will be retried.'],
])('a store that fails %s is storage_failed and retryable', async (_what, error, message) => {
  const url = server.on('/fine', ok(await makeImage('jpeg')));
  const result = await processor({ store: () => Promise.reject(error) })(task(url));
  expect(result).toEqual({ ok: false, code: 'storage_failed', retryable: true, message });
});

it('downloads overlap while encodes run one at a time', async () => {
  const jpeg = await makeImage('jpeg');
  let waiting = 0;
  const release: (() => void)[] = [];
  const urls = ['/1', '/2', '/3'].map((path) =>
    server.on(path, (response, attempt, request) => {
      waiting += 1;
      release.push(() => ok(jpeg)(response, attempt, request));
      // No request is answered before all three have been sent, so this passes only if downloads overlap.
      if (waiting === 3) for (const go of release) go();
    }),
  );
  const run = processor({ limitEncodes: pLimit(1) });
  const results = await Promise.all(urls.map((url, index) => run(task(url, { id: `id-${index}` }))));
  expect(results.every((result) => result.ok)).toBe(true);
  expect(stored.size).toBe(3);
});

it('a store that hangs fails within its own deadline, and the image is tried again', async () => {
  const process = processor({
    limits: { ...limits, maxStoreSeconds: 1 },
    store: () => new Promise(() => {}),
  });
  const result = await process(task(server.on('/store.png', ok(await makeImage('png'), 'image/png'))));
  expect(result).toMatchObject({ ok: false, code: 'storage_failed', retryable: true });
  expect(result).toMatchObject({ message: expect.stringContaining('1 seconds') });
});

it('reports the stages in their order', async () => {
  const stages: string[] = [];
  await processor({ enter: (_task, stage) => stages.push(stage) })(
    task(server.on('/s.png', ok(await makeImage('png')))),
  );
  expect(stages).toEqual(['decode', 'waiting', 'encode', 'store']);
});

it('a cancelled image stores nothing', async () => {
  const controller = new AbortController();
  const process = processor({ admit: async () => controller.abort() });
  const result = await process(task(server.on('/c.png', ok(await makeImage('png')))), controller.signal);
  expect(result).toMatchObject({ ok: false });
  expect(stored.size).toBe(0);
});

describe('several outputs', () => {
  const outputs = [
    { format: 'jpeg', quality: 50 },
    { format: 'webp', quality: 50, maxSide: 100 },
    { format: 'png', quality: 100, maxSide: 50 },
  ] as const;
  const several = async (path: string) => task(server.on(path, ok(await makeImage('png'))), { outputs });

  it('are stored one after the other, the first last, and reported with their sizes', async () => {
    const order: number[] = [];
    const sizes: number[] = [];
    const result = await processor({
      store: async (_task, bytes, position) => {
        order.push(position);
        sizes[position] = bytes.length;
      },
    })(await several('/several.png'));
    expect(order).toEqual([2, 1, 0]);
    expect(result).toMatchObject({
      ...{ ok: true, bytesOut: sizes[0] },
      further: [
        { bytes: sizes[1], width: expect.any(Number), height: expect.any(Number) },
        { bytes: sizes[2], width: expect.any(Number), height: expect.any(Number) },
      ],
    });
  });

  it('are none if one of them cannot be stored', async () => {
    const positions: number[] = [];
    const result = await processor({
      store: async (_task, _bytes, position) => {
        positions.push(position);
        if (position === 1) throw new AppError('storage_failed', 'The disk is full.');
      },
    })(await several('/full.png'));
    expect(result).toMatchObject({ ok: false, code: 'storage_failed', message: 'The disk is full.' });
    expect(positions).toEqual([2, 1]);
  });

  it.each([
    ['a lost lease', {}],
    ['the deadline', { maxStoreSeconds: 0.05 }],
  ])('%s ends their storing between two', async (what, more) => {
    const lease = new AbortController();
    const positions: number[] = [];
    let release = (): void => {};
    const process = processor({
      limits: { ...limits, ...more },
      store: (_task, _bytes, position) => {
        positions.push(position);
        if (what === 'a lost lease') lease.abort();
        return new Promise((resolve) => {
          release = resolve;
          if (what === 'a lost lease') resolve();
        });
      },
    });
    expect(await process(await several('/late.png'), lease.signal)).toMatchObject({ ok: false });
    release();
    await new Promise(setImmediate);
    expect(positions).toEqual([2]);
  });
});
