import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { type DownloadDeps, download } from '../../../src/images/source/download.ts';
import { createGuardedAgents } from '../../../src/network/agents.ts';
import { USER_AGENT } from '../../../src/network/user-agent.ts';
import {
  drip,
  endless,
  failThen,
  gzipBomb,
  ImageServer,
  lyingLength,
  makeImage,
  ok,
  redirect,
  reset,
  silent,
  status,
  truncated,
  truncatedChunked,
} from '../../support/servers/image-server.mjs';

const agents = createGuardedAgents({ allowPrivateNetworks: ['127.0.0.1/32'] });
const now = Date.UTC(2024, 0, 1);
let server: ImageServer;
let other: ImageServer;
let jpeg: Buffer;

const fetchFrom = (url: string, limits: Partial<DownloadDeps['limits']> = {}, guarded = agents) =>
  download(url, {
    agents: guarded,
    limits: { maxImageBytes: 1_000_000, maxDownloadSeconds: 20, maxRedirects: 3, ...limits },
    now: () => now,
  });

const sha = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

beforeAll(async () => {
  jpeg = await makeImage('jpeg', { width: 200, height: 200 });
  server = await ImageServer.start();
  other = await ImageServer.start();
});
afterAll(async () => {
  agents.destroy();
  await Promise.all([server.close(), other.close()]);
});

it('returns the bytes unchanged, with their Content-Type', async () => {
  const { bytes, contentType } = await fetchFrom(server.on('/a.jpg', ok(jpeg, 'IMAGE/JPEG; charset=x')));
  expect(sha(bytes)).toBe(sha(jpeg));
  expect(contentType).toBe('image/jpeg');
});

it('sends its User-Agent and requests an image without content encoding', async () => {
  await fetchFrom(server.on('/who.jpg', ok(jpeg)));
  expect(server.requests('/who.jpg')[0]?.headers).toMatchObject({
    'user-agent': USER_AGENT,
    accept: expect.stringContaining('*/*'),
    'accept-encoding': 'identity',
  });
});

it.each([
  [204, 'empty_image', false],
  [205, 'empty_image', false],
  [206, 'partial_content', false],
  [304, 'source_rejected', false],
  [400, 'source_rejected', false],
  [401, 'source_unauthorized', false],
  [402, 'source_rejected', false],
  [403, 'source_unauthorized', false],
  [404, 'source_not_found', false],
  [408, 'source_unavailable', true],
  [410, 'source_not_found', false],
  [418, 'source_rejected', false],
  [425, 'source_unavailable', true],
  [429, 'source_rate_limited', true],
  [451, 'source_rejected', false],
  [500, 'source_unavailable', true],
  [502, 'source_unavailable', true],
  [503, 'source_unavailable', true],
  [504, 'source_unavailable', true],
])('status %i is %s', async (code, expected, retryable) => {
  const url = server.on(`/status/${code}`, status(code));
  await expect(fetchFrom(url)).rejects.toMatchObject({ code: expected, retryable, details: {} });
});

it.each([
  [429, '7', 7000],
  [503, 'Mon, 01 Jan 2024 00:01:00 GMT', 60_000],
])('status %i with Retry-After %s returns the delay', async (code, header, retryAfterMs) => {
  const url = server.on('/later', status(code, { 'Retry-After': header }));
  await expect(fetchFrom(url)).rejects.toMatchObject({ details: { retryAfterMs } });
});

it('status 202 is retried only with Retry-After', async () => {
  const later = server.on('/202', failThen(1, status(202, { 'Retry-After': '1' }), ok(jpeg)));
  await expect(fetchFrom(later)).rejects.toMatchObject({
    code: 'source_unavailable',
    retryable: true,
    details: { retryAfterMs: 1000 },
  });
  expect((await fetchFrom(later)).bytes).toHaveLength(jpeg.length);
  const now = server.on('/202-image', (response) => response.writeHead(202).end(jpeg));
  expect((await fetchFrom(now)).bytes).toHaveLength(jpeg.length);
});

it('status 403 names its usual causes and what to do', async () => {
  await expect(fetchFrom(server.on('/403', status(403)))).rejects.toMatchObject({
    publicMessage: expect.stringMatching(/login, only admits browsers, or forbids hotlinking.*SOURCE_HEADERS/),
  });
});

it('an empty body is an empty image', async () => {
  await expect(fetchFrom(server.on('/empty', ok(Buffer.alloc(0))))).rejects.toMatchObject({ code: 'empty_image' });
});

describe('size', () => {
  it('accepts a body of exactly the limit', async () => {
    const { bytes } = await fetchFrom(server.on('/exact', ok(jpeg)), { maxImageBytes: jpeg.length });
    expect(bytes).toHaveLength(jpeg.length);
  });

  it.each([
    ['a Content-Length above the limit', () => ok(Buffer.alloc(2000))],
    ['an endless body without a length', () => endless],
    ['a gzip bomb', () => gzipBomb(50_000_000)],
  ])('%s is rejected', async (_what, behaviour) => {
    const url = server.on('/large', behaviour());
    await expect(fetchFrom(url, { maxImageBytes: 1000 })).rejects.toMatchObject({ code: 'image_too_large' });
  });

  it('a Content-Length above the limit is rejected before the body is received', async () => {
    const url = server.on('/promise', (response) => {
      response.writeHead(200, { 'Content-Length': 5000 }).flushHeaders();
    });
    await expect(fetchFrom(url, { maxImageBytes: 1000 })).rejects.toMatchObject({ code: 'image_too_large' });
  });
});

describe('unrequested content encoding', () => {
  it('is decoded', async () => {
    const url = server.on('/gzip', ok(gzipSync(jpeg), 'image/jpeg', { 'Content-Encoding': 'gzip' }));
    expect(sha((await fetchFrom(url)).bytes)).toBe(sha(jpeg));
  });

  it.each(['gzip', 'br', 'deflate'])('is corrupt if it is not really %s', async (encoding) => {
    const url = server.on('/fake', ok(Buffer.from('plain bytes'), 'image/jpeg', { 'Content-Encoding': encoding }));
    await expect(fetchFrom(url)).rejects.toMatchObject({ code: 'corrupt_image' });
  });
});

describe('connections that break', () => {
  it.each([
    ['in the middle of a body with a length', () => truncated(jpeg)],
    ['in the middle of a chunked body', () => truncatedChunked(jpeg)],
    ['before the announced length', () => lyingLength(jpeg, jpeg.length + 100)],
  ])('%s: download_truncated', async (_what, behaviour) => {
    const url = server.on('/cut', behaviour());
    await expect(fetchFrom(url)).rejects.toMatchObject({ code: 'download_truncated', retryable: true });
  });

  it('before a response: connection_failed', async () => {
    await expect(fetchFrom(server.on('/reset', reset))).rejects.toMatchObject({ code: 'connection_failed' });
  });

  it('closed port: connection_failed', async () => {
    const gone = await ImageServer.start();
    const url = gone.url('/a.jpg');
    await gone.close();
    await expect(fetchFrom(url)).rejects.toMatchObject({ code: 'connection_failed', retryable: true });
  });

  it('not a web server: connection_failed', async () => {
    const url = server.on('/smtp', (_response, _attempt, { socket }) => socket.end('220 mail ready\r\n'));
    await expect(fetchFrom(url)).rejects.toMatchObject({ code: 'connection_failed' });
  });

  it('no TLS for an https URL: tls_failed', async () => {
    const url = server.url('/a.jpg').replace('http:', 'https:');
    await expect(fetchFrom(url)).rejects.toMatchObject({ code: 'tls_failed', retryable: false });
  });
});

describe('time', () => {
  it.each([
    ['a server that never answers', () => silent],
    ['a body that drips', () => drip(jpeg, 20)],
  ])('%s is aborted at the deadline', async (_what, behaviour) => {
    const url = server.on('/slow', behaviour());
    const begun = performance.now();
    await expect(fetchFrom(url, { maxDownloadSeconds: 1 })).rejects.toMatchObject({ code: 'download_timeout' });
    expect(performance.now() - begun).toBeLessThan(5000);
  });

  it('redirects share one deadline', async () => {
    const url = server.on('/around', (response) => {
      const timer = setTimeout(() => response.writeHead(302, { Location: '/around' }).end(), 300);
      response.on('close', () => clearTimeout(timer));
    });
    await expect(fetchFrom(url, { maxDownloadSeconds: 1, maxRedirects: 20 })).rejects.toMatchObject({
      code: 'download_timeout',
    });
  });
});

describe('redirects', () => {
  it.each([301, 302, 303, 307, 308])('%i is followed, relative ones too', async (code) => {
    server.on('/dir/end.jpg', ok(jpeg));
    const { bytes } = await fetchFrom(server.on('/dir/start', redirect('end.jpg', code)));
    expect(bytes).toHaveLength(jpeg.length);
  });

  it('a loop ends at the limit', async () => {
    const url = server.on('/loop', redirect('/loop'));
    await expect(fetchFrom(url)).rejects.toMatchObject({ code: 'too_many_redirects' });
    expect(server.count('/loop')).toBe(4);
  });

  it('none is followed if none is allowed', async () => {
    server.on('/end', ok(jpeg));
    const url = server.on('/begin', redirect('/end'));
    await expect(fetchFrom(url, { maxRedirects: 0 })).rejects.toMatchObject({ code: 'too_many_redirects' });
    expect((await fetchFrom(url, { maxRedirects: 1 })).bytes).toHaveLength(jpeg.length);
  });

  it.each(['file:///etc/passwd', 'ftp://127.0.0.1/a', 'data:image/png;base64,AA', 'gopher://x/', 'http://'])(
    'to %s is rejected',
    async (to) => {
      await expect(fetchFrom(server.on('/away', redirect(to)))).rejects.toMatchObject({ code: 'invalid_redirect' });
    },
  );

  it('without a Location is rejected', async () => {
    await expect(fetchFrom(server.on('/nowhere', status(302)))).rejects.toMatchObject({ code: 'invalid_redirect' });
  });

  it.each([
    'http://127.0.0.2/',
    'http://169.254.169.254/latest/',
    'http://[::1]/',
    'http://2130706434/',
    '//10.0.0.1/',
  ])('to the private %s is rejected on that hop', async (to) => {
    await expect(fetchFrom(server.on('/inside', redirect(to)))).rejects.toMatchObject({ code: 'address_not_allowed' });
  });

  it('credentials are sent only to their own origin', async () => {
    const withLogin = (url: string) => url.replace('http://', 'http://bob:s%40crt@');
    server.on('/final', ok(jpeg));
    other.on('/final', ok(jpeg));
    await fetchFrom(withLogin(server.on('/same', redirect('/final'))));
    const expected = `Basic ${Buffer.from('bob:s@crt').toString('base64')}`;
    expect(server.requests('/final').at(-1)?.headers.authorization).toBe(expected);
    await fetchFrom(withLogin(server.on('/cross', redirect(other.url('/final')))));
    expect(other.requests('/final').at(-1)?.headers.authorization).toBeUndefined();
  });

  it('credentials in a redirect Location are not sent', async () => {
    other.on('/chosen', ok(jpeg));
    const to = other.url('/chosen').replace('http://', 'http://evil:login@');
    await fetchFrom(server.on('/choose', redirect(to)));
    expect(other.requests('/chosen')[0]?.headers.authorization).toBeUndefined();
  });
});

describe('URLs', () => {
  it.each(['', 'picture.jpg', 'ftp://host/a.jpg', 'file:///etc/passwd', 'http://', 'http://%zz@host/', 'javascript:1'])(
    '"%s" is invalid',
    async (url) => {
      await expect(fetchFrom(url)).rejects.toMatchObject({ code: 'invalid_url' });
    },
  );

  it('a private address is rejected without ALLOW_PRIVATE_NETWORKS', async () => {
    const strict = createGuardedAgents({ allowPrivateNetworks: [] });
    const before = server.count();
    await expect(fetchFrom(server.on('/private', ok(jpeg)), {}, strict)).rejects.toMatchObject({
      code: 'address_not_allowed',
      retryable: false,
      publicMessage: expect.stringContaining('ALLOW_PRIVATE_NETWORKS'),
    });
    expect(server.count()).toBe(before);
  });

  it('a proxy from the environment is ignored', async () => {
    process.env.HTTP_PROXY = other.origin;
    try {
      await fetchFrom(server.on('/direct', ok(jpeg)));
      expect(other.count('/direct')).toBe(0);
    } finally {
      delete process.env.HTTP_PROXY;
    }
  });

  it('messages contain the host, but neither credentials nor query', async () => {
    const url = server.on('/secret', status(500)).replace('http://', 'http://bob:hunter2@');
    const error = await fetchFrom(`${url}?token=abc123`).catch((reason: Error) => reason);
    expect(String(error)).toContain(`127.0.0.1:${server.port}`);
    expect(String(error)).not.toMatch(/bob|hunter2|abc123/);
  });
});
