import type dns from 'node:dns';
import http from 'node:http';
import net from 'node:net';
import fc from 'fast-check';
import { download } from '../../src/images/source/download.ts';
import { createGuardedAgents, type GuardedAgents } from '../../src/network/agents.ts';
import { parseHttpUrl } from '../../src/network/url.ts';
import { createDeliver } from '../../src/webhooks/deliver.ts';
import { ImageServer, makeImage, ok, redirect, status } from '../support/servers/image-server.mjs';
import { PRIVATE_SPELLINGS } from './address-cases.ts';

/** One address is allowed, so that redirects have a start; all notations are of others. */
const policy = { allowPrivateNetworks: ['127.0.0.1/32'] };
const limits = { maxImageBytes: 1_000_000, maxDownloadSeconds: 10, maxRedirects: 3 };

let server: ImageServer;
/** Listens on the addresses of the notations, and must never be reached. */
let inside: http.Server;
let reached = 0;
let agents: GuardedAgents;

const portOf = (listener: http.Server): number => (listener.address() as net.AddressInfo).port;

beforeAll(async () => {
  server = await ImageServer.start({ '/image': ok(await makeImage('jpeg')) });
  inside = http.createServer((_request, response) => {
    reached += 1;
    response.end('secret');
  });
  await new Promise<void>((listening) => inside.listen(0, listening));
  agents = createGuardedAgents(policy);
});
afterAll(async () => {
  agents.destroy();
  inside.closeAllConnections();
  inside.close();
  await server.close();
});
afterEach(() => expect(reached).toBe(0));

const fetchFrom = (url: string, guarded = agents) => download(url, { agents: guarded, limits, now: Date.now });
const delivery = (url: string) => ({ _id: 'msg_1', url, secret: null, payload: '{}' }) as const;

describe.each(PRIVATE_SPELLINGS)('%s: %s', (_name, spelling) => {
  const url = () => spelling.replace('PORT', String(portOf(inside)));

  test('is rejected as an image', async () => {
    await expect(fetchFrom(url())).rejects.toMatchObject({ code: 'address_not_allowed' });
  });

  test('is rejected as a redirect target', async () => {
    const to = parseHttpUrl(url())?.href ?? '';
    await expect(fetchFrom(server.on('/away', redirect(to)))).rejects.toMatchObject({ code: 'address_not_allowed' });
  });

  test('is rejected as a webhook', async () => {
    const attempt = await createDeliver(agents)(delivery(url()), new Date());
    expect(attempt).toMatchObject({
      status: null,
      answer: null,
      error: expect.stringContaining("isn't allowed to access"),
    });
  });
});

/** A name server whose answers change: the n-th lookup gets the n-th of them, further ones get the last. */
const rebinding = (...answers: string[]): typeof dns.lookup => {
  let asked = 0;
  const resolve = (_host: string, _options: unknown, callback: (error: null, found: dns.LookupAddress[]) => void) => {
    const address = answers[Math.min(asked, answers.length - 1)] ?? '';
    asked += 1;
    callback(null, [{ address, family: net.isIP(address) }]);
  };
  return resolve as unknown as typeof dns.lookup;
};

describe('a name that changes its answer', () => {
  const guardedBy = (...answers: string[]) => createGuardedAgents(policy, { resolve: rebinding(...answers) });
  const image = (path: string) => `http://rebind.example:${server.port}${path}`;

  test('is rejected on the next hop of a redirect', async () => {
    const guarded = guardedBy('127.0.0.1', '127.0.0.2');
    server.on('/hop', redirect(`http://rebind.example:${portOf(inside)}/`));
    await expect(fetchFrom(image('/hop'), guarded)).rejects.toMatchObject({ code: 'address_not_allowed' });
    guarded.destroy();
  });

  test('is rejected on a retry of the image', async () => {
    const guarded = guardedBy('127.0.0.1', '169.254.169.254');
    server.on('/busy', status(503));
    await expect(fetchFrom(image('/busy'), guarded)).rejects.toMatchObject({ code: 'source_unavailable' });
    await expect(fetchFrom(image('/busy'), guarded)).rejects.toMatchObject({ code: 'address_not_allowed' });
    guarded.destroy();
  });

  test('is rejected on a retry of the webhook', async () => {
    const guarded = guardedBy('127.0.0.1', '10.0.0.1');
    const deliver = createDeliver(guarded);
    server.on('/hook', status(500));
    expect(await deliver(delivery(image('/hook')), new Date())).toMatchObject({ status: 500 });
    expect(await deliver(delivery(image('/hook')), new Date())).toMatchObject({
      status: null,
      error: expect.stringContaining("isn't allowed to access"),
    });
    guarded.destroy();
  });

  test.each([
    'localhost',
    'localhost.',
    'LOCALHOST',
    'metadata.google.internal',
    '127.0.0.2.nip.example',
    'xn--mnchen-3ya.example',
  ])('%s is rejected for the address it resolves to', async (host) => {
    const guarded = guardedBy('127.0.0.2');
    const url = `http://${host}:${portOf(inside)}/`;
    await expect(fetchFrom(url, guarded)).rejects.toMatchObject({ code: 'address_not_allowed' });
    guarded.destroy();
  });
});

test('a webhook does not follow a redirect to a private address', async () => {
  const url = server.on('/moved', redirect(`http://127.0.0.2:${portOf(inside)}/`, 307));
  expect(await createDeliver(agents)(delivery(url), new Date())).toMatchObject({ status: 307 });
});

describe('ports', () => {
  const only = (...allowedPorts: [number, number][]) =>
    createGuardedAgents({ allowPrivateNetworks: ['127.0.0.0/8'], allowedPorts });

  test('that are not allowed are rejected for images, redirects and webhooks', async () => {
    const guarded = only([server.port, server.port]);
    const closed = `http://127.0.0.1:${portOf(inside)}/`;
    const refused = { code: 'port_not_allowed', publicMessage: expect.stringContaining(`port ${portOf(inside)}`) };
    await expect(fetchFrom(closed, guarded)).rejects.toMatchObject(refused);
    await expect(fetchFrom(server.on('/port', redirect(closed)), guarded)).rejects.toMatchObject(refused);
    const attempt = await createDeliver(guarded)(delivery(closed), new Date());
    expect(attempt).toMatchObject({ status: null, error: expect.stringContaining('ALLOWED_PORTS') });
    expect((await fetchFrom(server.url('/image'), guarded)).bytes.length).toBeGreaterThan(0);
    guarded.destroy();
  });

  test('default to that of the scheme', async () => {
    const guarded = only([8000, 9000]);
    await expect(fetchFrom('http://127.0.0.1/', guarded)).rejects.toMatchObject({ code: 'port_not_allowed' });
    await expect(fetchFrom('https://127.0.0.1/', guarded)).rejects.toMatchObject({
      publicMessage: expect.stringContaining('port 443'),
    });
    guarded.destroy();
  });
});

describe('no notation of a private address passes the guard', () => {
  const octet = fc.nat(255);
  const privateAddress = fc.oneof(
    fc.tuple(fc.constant(127), octet, octet, fc.integer({ min: 2, max: 255 })),
    fc.tuple(fc.constant(10), octet, octet, octet),
    fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), octet, octet),
    fc.tuple(fc.constant(192), fc.constant(168), octet, octet),
    fc.tuple(fc.constant(169), fc.constant(254), octet, octet),
    fc.tuple(fc.constant(0), octet, octet, octet),
    fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 }), octet, octet),
  );
  const inBase = (value: number, base: number): string =>
    base === 8 ? `0${value.toString(8)}` : base === 16 ? `0x${value.toString(16)}` : String(value);
  const base = fc.constantFrom(8, 10, 16);

  /** One to four parts, each in its own base; the last part holds all remaining bytes. */
  const dotted = fc
    .tuple(privateAddress, fc.integer({ min: 1, max: 4 }), fc.array(base, { minLength: 4, maxLength: 4 }))
    .map(([bytes, parts, bases]) => {
      const rest = bytes.slice(parts - 1).reduce((sum, byte) => sum * 256 + byte, 0);
      return [...bytes.slice(0, parts - 1), rest].map((value, at) => inBase(value, bases[at] ?? 10)).join('.');
    });
  const embedded = fc
    .tuple(
      privateAddress,
      fc.constantFrom('::ffff:', '::', '::ffff:0:', '64:ff9b::', '64:ff9b:1::', '2001:db8::', 'fd00::', '2a00::5efe:'),
    )
    .map(([bytes, prefix]) => `[${prefix}${bytes.join('.')}]`);
  const tunnelled = privateAddress.map(
    ([a, b, c, d]) => `[2002:${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}::1]`,
  );
  const disguised = fc.tuple(
    fc.oneof(
      dotted,
      dotted.map((text) => `${text}.`),
      dotted.map((text) => text.toUpperCase()),
      embedded,
      tunnelled,
    ),
    fc.constantFrom('', 'user@', 'user:pass@', 'example.com@', 'example.com%40@', 'example.com:80@'),
    fc.constantFrom('http://', 'HTTP://', 'https://', 'http:/\\'),
    fc.constantFrom('', '/', '/a.jpg?x=http://example.com', '#@example.com', '?@example.com/'),
  );

  test('in any disguise', async () => {
    await fc.assert(
      fc.asyncProperty(disguised, async ([host, login, scheme, rest]) => {
        const url = `${scheme}${login}${host}${rest}`;
        const error = await fetchFrom(url).catch((reason: unknown) => reason);
        expect({ url, code: (error as { code?: string }).code }).toEqual({ url, code: 'address_not_allowed' });
      }),
      { numRuns: 500 },
    );
  });
});
