import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import {
  type Behaviour,
  drip,
  endless,
  gzipBomb,
  html,
  lyingLength,
  makeImage,
  ok,
  redirect,
  reset,
  silent,
  status,
  truncated,
  truncatedChunked,
} from '../support/servers/image-server.mjs';
import type { HostileCase, World } from './case.ts';

const MIB = 1024 * 1024;
/** Compresses to next to nothing. */
const ZEROS = Buffer.alloc(64 * MIB);
const jpeg = () => makeImage('jpeg', { width: 100, height: 100 });

const served = (name: string, code: string, behaviour: Behaviour): HostileCase => ({
  name,
  code,
  url: ({ server }, path) => server.on(path, behaviour),
});

/** Like `served`, for a behaviour that must be created first, usually from an image. */
const prepared = (name: string, code: string, make: () => Promise<Behaviour>): HostileCase => ({
  name,
  code,
  url: async ({ server }, path) => server.on(path, await make()),
});

/** Sends these bytes as the raw response; with `end`, closes the connection afterwards. */
const raw =
  (text: string | Buffer, end = true): Behaviour =>
  (_response, _attempt, { socket }) => {
    socket.write(text);
    if (end) socket.end();
  };
const withJpeg = (head: string) => async (): Promise<Behaviour> =>
  raw(Buffer.concat([Buffer.from(head, 'latin1'), await jpeg()]));
const encoded = (encoding: string, bytes: Buffer): Behaviour =>
  ok(bytes, 'image/jpeg', { 'Content-Encoding': encoding });

/** Writes the same bytes repeatedly, as fast as they are read. */
const forever =
  (head: string, again: string | Buffer): Behaviour =>
  (_response, _attempt, { socket }) => {
    const more = (): void => {
      while (!socket.destroyed && socket.write(again));
    };
    socket.on('drain', more).write(head);
    more();
  };

/** Writes a piece at intervals. */
const slowly =
  (head: string, piece: string): Behaviour =>
  (_response, _attempt, { socket }) => {
    socket.write(head);
    const timer = setInterval(() => socket.write(piece), 50);
    socket.on('close', () => clearInterval(timer));
  };

const OK = 'HTTP/1.1 200 OK\r\n';

const BODIES: readonly HostileCase[] = [
  prepared('Content-Length longer than the body', 'download_truncated', async () => lyingLength(await jpeg(), 999_999)),
  prepared('Content-Length shorter than the body', 'corrupt_image', async () => lyingLength(await jpeg(), 700)),
  prepared('Content-Length of 10 GB', 'image_too_large', withJpeg(`${OK}Content-Length: 10000000000\r\n\r\n`)),
  prepared(
    'Content-Length beyond 64 bits',
    'connection_failed',
    withJpeg(`${OK}Content-Length: 99999999999999999999999\r\n\r\n`),
  ),
  prepared('Content-Length below zero', 'connection_failed', withJpeg(`${OK}Content-Length: -1\r\n\r\n`)),
  prepared(
    'two Content-Lengths',
    'connection_failed',
    withJpeg(`${OK}Content-Length: 5\r\nContent-Length: 700\r\n\r\n`),
  ),
  served(
    'Content-Length with chunks',
    'connection_failed',
    raw(`${OK}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n`),
  ),
  prepared('no Content-Length, complete body', 'completed', withJpeg(`${OK}Connection: close\r\n\r\n`)),
  prepared('truncated body', 'download_truncated', async () => truncated(await jpeg())),
  prepared('truncated chunked body', 'download_truncated', async () => truncatedChunked(await jpeg())),
  served(
    'chunk with an invalid size',
    'download_truncated',
    raw(`${OK}Transfer-Encoding: chunked\r\n\r\nzz\r\nxx\r\n`),
  ),
  served(
    'chunk of 2⁶⁸ bytes',
    'download_truncated',
    raw(`${OK}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nx`),
  ),
  served(
    'endless chunk extension',
    'download_truncated',
    forever(`${OK}Transfer-Encoding: chunked\r\n\r\n5;x=`, Buffer.alloc(65_536, 'a')),
  ),
  served(
    'endless trailers',
    'download_truncated',
    forever(`${OK}Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n`, 'X-A: b\r\n'.repeat(9_000)),
  ),
  prepared('transfer encoding gzip', 'not_an_image', async () =>
    raw(Buffer.concat([Buffer.from(`${OK}Transfer-Encoding: gzip\r\n\r\n`), gzipSync(await jpeg())])),
  ),
  served('endless body', 'image_too_large', endless),
  prepared('chunks of one byte', 'completed', async () => {
    const bytes = await jpeg();
    return (response) => {
      response.writeHead(200);
      for (const byte of bytes) response.write(Buffer.from([byte]));
      response.end();
    };
  }),
  prepared('slow body', 'download_timeout', async () => drip(await jpeg())),
  served('empty body', 'empty_image', ok(Buffer.alloc(0))),
  served('HTML page with status 200 as an image', 'not_an_image', html),
  prepared('an image declared as text/html', 'completed', async () => ok(await jpeg(), 'text/html')),
];

const ENCODINGS: readonly HostileCase[] = [
  served('gzip bomb', 'image_too_large', gzipBomb(ZEROS.length)),
  served('deflate bomb', 'image_too_large', encoded('deflate', deflateSync(ZEROS))),
  served('brotli bomb', 'image_too_large', encoded('br', brotliCompressSync(ZEROS))),
  served('gzip within gzip, declared', 'not_an_image', encoded('gzip, gzip', gzipSync(gzipSync(ZEROS)))),
  served('gzip within gzip, not declared', 'not_an_image', encoded('gzip', gzipSync(gzipSync(ZEROS)))),
  prepared('truncated gzip', 'corrupt_image', async () => encoded('gzip', gzipSync(await jpeg()).subarray(0, 500))),
  served('invalid gzip', 'corrupt_image', encoded('gzip', Buffer.from('plain bytes'))),
  prepared('gzip of an image', 'completed', async () => encoded('gzip', gzipSync(await jpeg()))),
  prepared('an unknown encoding', 'completed', async () => encoded('rot13', await jpeg())),
];

const HEADERS: readonly HostileCase[] = [
  prepared('header of 64 KB', 'connection_failed', withJpeg(`${OK}X-A: ${'a'.repeat(65_536)}\r\n\r\n`)),
  prepared('10,000 headers', 'connection_failed', withJpeg(`${OK}${'X-A: b\r\n'.repeat(10_000)}\r\n`)),
  served('endless headers', 'connection_failed', forever(OK, 'X-A: b\r\n'.repeat(8_000))),
  served('slow headers', 'download_timeout', slowly(OK, 'X-A: b\r\n')),
  prepared('header without a colon', 'connection_failed', withJpeg(`${OK}nonsense\r\n\r\n`)),
  prepared('header with a NUL', 'connection_failed', withJpeg(`${OK}X-A: a\0b\r\n\r\n`)),
  served('invalid status line', 'connection_failed', raw('HTTP/1.1 abc\r\n\r\n')),
  prepared('an HTTP/0.9 response', 'connection_failed', async () => raw(await jpeg())),
  served('an HTTP/2 response', 'connection_failed', raw('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')),
  served('a mail server', 'connection_failed', raw('220 mail.example ESMTP\r\n')),
  served('no response', 'download_timeout', silent),
  served('connection closed without a response', 'connection_failed', reset),
  served('connection closed within the headers', 'connection_failed', raw(`${OK}Content-`)),
];

const STATUSES: readonly HostileCase[] = [
  served('endless 100', 'download_timeout', slowly('', 'HTTP/1.1 100 Continue\r\n\r\n')),
  prepared(
    '103, then the image',
    'completed',
    withJpeg(`HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n${OK}Connection: close\r\n\r\n`),
  ),
  served(
    '101 to another protocol',
    'download_timeout',
    raw('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'),
  ),
  served('status 204', 'empty_image', status(204)),
  served('status 205', 'empty_image', status(205)),
  prepared('unrequested 206', 'partial_content', async () => {
    const bytes = await jpeg();
    return (response) => response.writeHead(206, { 'Content-Range': `bytes 0-${bytes.length - 1}/99999` }).end(bytes);
  }),
  prepared('status 226 with an image', 'completed', async () => {
    const bytes = await jpeg();
    return (response) => response.writeHead(226).end(bytes);
  }),
  served('status 300', 'source_rejected', status(300)),
  served('status 304', 'source_rejected', status(304)),
  served('status 401', 'source_unauthorized', status(401)),
  served('status 403', 'source_unauthorized', status(403)),
  served('status 404', 'source_not_found', status(404)),
  served('status 416', 'source_rejected', status(416)),
  served(
    '429 with a Retry-After of a thousand years',
    'source_rate_limited',
    status(429, { 'Retry-After': '31536000000' }),
  ),
  served('status 500', 'source_unavailable', status(500)),
  served('status 503', 'source_unavailable', status(503, { 'Retry-After': 'soon' })),
  served('status 599', 'source_unavailable', status(599)),
  served('status 999', 'source_unavailable', raw('HTTP/1.1 999 Denied\r\nContent-Length: 0\r\n\r\n')),
  served('status 000', 'source_rejected', raw('HTTP/1.1 000 None\r\nContent-Length: 0\r\n\r\n')),
];

const redirects = (name: string, code: string, to: string | ((world: World, path: string) => string)): HostileCase => ({
  name: `redirect ${name}`,
  code,
  url: (world, path) => world.server.on(path, redirect(typeof to === 'string' ? to : to(world, path))),
});

const REDIRECTS: readonly HostileCase[] = [
  redirects('to itself', 'too_many_redirects', (_world, path) => path),
  redirects('around a chain of six', 'too_many_redirects', ({ server }, path) => {
    for (let hop = 1; hop < 6; hop += 1) server.on(`${path}/${hop}`, redirect(`${path}/${hop + 1}`));
    return `${path}/1`;
  }),
  redirects('to a file', 'invalid_redirect', 'file:///etc/passwd'),
  redirects('to FTP', 'invalid_redirect', 'ftp://127.0.0.1/a.jpg'),
  redirects('to data', 'invalid_redirect', 'data:image/png;base64,AA'),
  redirects('to JavaScript', 'invalid_redirect', 'javascript:alert(1)'),
  redirects('to gopher', 'invalid_redirect', 'gopher://127.0.0.1:6379/_FLUSHALL'),
  redirects('to S3', 'invalid_redirect', 's3://bucket/key'),
  redirects('to nothing', 'invalid_redirect', 'http://'),
  redirects('to the metadata service', 'address_not_allowed', 'http://169.254.169.254/latest/meta-data/'),
  redirects('to a private address without a scheme', 'address_not_allowed', '//10.0.0.1/'),
  redirects('to IPv6 loopback', 'address_not_allowed', 'http://[::1]/'),
  redirects('to another loopback address', 'address_not_allowed', 'http://127.0.0.2/'),
  redirects('to a decimal address', 'address_not_allowed', 'http://2852039166/'),
  redirects('to a port that is not open', 'port_not_allowed', ({ otherPort }) => `${otherPort}/image`),
  redirects('to a closed port', 'connection_failed', ({ closedPort }) => closedPort),
  redirects('with a login', 'completed', ({ server }, path) => {
    server.on(`${path}/end`, (response, _attempt, request) => {
      if (request.headers.authorization !== undefined) response.writeHead(500).end();
      else void jpeg().then((bytes) => response.end(bytes));
    });
    return server.url(`${path}/end`).replace('http://', 'http://admin:secret@');
  }),
  served('redirect without a Location', 'invalid_redirect', status(302)),
  served('redirect with a Location of 15 KB', 'source_not_found', redirect(`/${'a'.repeat(15_000)}`)),
  served('redirect with an endless body', 'source_not_found', (response) => {
    response.writeHead(302, { Location: '/none' });
    const chunk = Buffer.alloc(65_536);
    const more = (): void => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', more);
    more();
  }),
  {
    name: 'redirect from https to http',
    code: 'invalid_redirect',
    url: (world, path) => world.redirectFromTls(path, world.server.url('/none')),
  },
  redirects('from http to https', 'completed', ({ tls }) => `${tls.trusted}/image`),
];

const secure = (name: string, code: string, origin: keyof World['tls']): HostileCase => ({
  name,
  code,
  url: ({ tls }, path) => `${tls[origin]}${path}`,
});

const TLS: readonly HostileCase[] = [
  secure('valid TLS', 'completed', 'trusted'),
  secure('TLS, self-signed certificate', 'tls_failed', 'self-signed'),
  secure('TLS, expired certificate', 'tls_failed', 'expired'),
  secure('TLS, certificate for another name', 'tls_failed', 'other name'),
  secure('TLS without a handshake', 'download_timeout', 'stalled'),
  {
    name: 'https URL of an http server',
    code: 'tls_failed',
    url: ({ server }, path) => server.url(path).replace('http:', 'https:'),
  },
  {
    name: 'http URL of a TLS server',
    code: 'connection_failed',
    url: ({ tls }, path) => `${tls.trusted.replace('https:', 'http:')}${path}`,
  },
];

export const DOWNLOAD_CASES = [...BODIES, ...ENCODINGS, ...HEADERS, ...STATUSES, ...REDIRECTS, ...TLS];
