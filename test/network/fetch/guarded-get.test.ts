import net from 'node:net';
import { inspect } from 'node:util';
import { type DownloadDeps, download } from '../../../src/images/source/download.ts';
import { createGuardedAgents } from '../../../src/network/agents.ts';
import { type Behaviour, ImageServer, makeImage, ok, redirect, status } from '../../support/servers/image-server.mjs';

const agents = createGuardedAgents({ allowPrivateNetworks: ['127.0.0.1/32'] });
let server: ImageServer;
let other: ImageServer;
let jpeg: Buffer;

const limits = { maxImageBytes: 1_000_000, maxDownloadSeconds: 20, maxRedirects: 3 };
const fetchFrom = (url: string, deps: Partial<DownloadDeps> = {}) =>
  download(url, { agents, limits, now: Date.now, ...deps });

/** A response whose `Location` is written as these bytes. */
const rawRedirect =
  (location: string): Behaviour =>
  (_response, _attempt, { socket }) => {
    socket.end(Buffer.from(`HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`, 'utf8'));
  };

beforeAll(async () => {
  jpeg = await makeImage('jpeg');
  server = await ImageServer.start();
  other = await ImageServer.start();
});
afterAll(async () => {
  agents.destroy();
  await Promise.all([server.close(), other.close()]);
});

describe('Location', () => {
  it.each([
    ['/größe.jpg', '/gr%C3%B6%C3%9Fe.jpg'],
    ['/bilder/商品.jpg', '/bilder/%E5%95%86%E5%93%81.jpg'],
    ['/two words.jpg', '/two%20words.jpg'],
    ['/a{1}"b".jpg', '/a%7B1%7D%22b%22.jpg'],
  ])('%s is followed as a browser does', async (location, path) => {
    server.on(path, ok(jpeg));
    expect((await fetchFrom(server.on('/raw', rawRedirect(location)))).bytes).toHaveLength(jpeg.length);
    expect(server.requests(path).at(-1)?.url).toBe(path);
  });

  it('that is not UTF-8 is taken as Latin-1', async () => {
    server.on('/%C3%BC.jpg', ok(jpeg));
    const url = server.on('/latin', (_response, _attempt, { socket }) => {
      socket.end(Buffer.from('HTTP/1.1 302 Found\r\nLocation: /ü.jpg\r\nContent-Length: 0\r\n\r\n', 'latin1'));
    });
    expect((await fetchFrom(url)).bytes).toHaveLength(jpeg.length);
  });
});

it.each([
  ['/a b.jpg?q=a b', '/a%20b.jpg?q=a%20b'],
  ['/ü.jpg?ä=ö', '/%C3%BC.jpg?%C3%A4=%C3%B6'],
  ['/x{y}"z".jpg?q={"a"}|b', '/x%7By%7D%22z%22.jpg?q={%22a%22}|b'],
  ['/a[1].jpg?q[]=1', '/a[1].jpg?q[]=1'],
  ['/100%.jpg', '/100%.jpg'],
])('the URL %s reaches the server as a browser sends it', async (path, sent) => {
  server.on(new URL(sent, server.origin).pathname, ok(jpeg));
  await fetchFrom(server.url(path));
  expect(server.requests(new URL(sent, server.origin).pathname).at(-1)?.url).toBe(sent);
});

describe('cookies', () => {
  /** Sends the client back to the same URL with a cookie, until it brings the cookie. */
  const challenge =
    (then: Behaviour, setCookie: string | string[] = 'pass=1; Path=/; HttpOnly'): Behaviour =>
    (response, attempt, request) => {
      if (request.headers.cookie?.includes('pass=1')) then(response, attempt, request);
      else response.writeHead(307, { Location: request.url ?? '/', 'Set-Cookie': setCookie }).end();
    };

  it('are sent back within one download, and forgotten after it', async () => {
    const url = server.on('/challenge', challenge(ok(jpeg), ['a=b', 'pass=1; Secure; Domain=shop.example']));
    await fetchFrom(url);
    await fetchFrom(url);
    expect(server.requests('/challenge').map(({ headers }) => headers.cookie)).toEqual([
      undefined,
      'a=b; pass=1',
      undefined,
      'a=b; pass=1',
    ]);
  });

  it('never go to another host', async () => {
    const end = other.on('/end', ok(jpeg));
    await fetchFrom(server.on('/leave', challenge(redirect(end))));
    expect(other.requests('/end')[0]?.headers.cookie).toBeUndefined();
  });

  it('are bounded in number and size', async () => {
    const many = Array.from({ length: 60 }, (_, at) => `c${at}=${'x'.repeat(100)}`);
    await fetchFrom(server.on('/many', challenge(ok(jpeg), ['pass=1', 'big='.padEnd(6000, 'x'), ...many])));
    const sent = server.requests('/many').at(-1)?.headers.cookie ?? '';
    expect(sent.split('; ')).toHaveLength(20);
    expect(sent.length).toBeLessThan(4096);
  });

  it('that have expired are deleted', async () => {
    server.on('/left', ok(jpeg));
    const out = redirect('/left');
    server.on('/out', (response, attempt, request) => {
      response.setHeader('Set-Cookie', 'pass=1; Max-Age=0');
      out(response, attempt, request);
    });
    await fetchFrom(server.on('/in', challenge(redirect('/out'))));
    expect(server.requests('/out').at(-1)?.headers.cookie).toBe('pass=1');
    expect(server.requests('/left').at(-1)?.headers.cookie).toBeUndefined();
  });
});

describe('Accept', () => {
  const only =
    (admits: (accept: string) => boolean): Behaviour =>
    (response, attempt, request) =>
      (admits(request.headers.accept ?? '') ? ok(jpeg) : status(406))(response, attempt, request);

  it.each([
    ['*/*', 1],
    ['image/png', 1],
    ['image/jpeg', 1],
    ['image/*', 1],
    ['image/avif', 2],
    ['image/webp', 2],
  ])('a server that answers 406 unless it finds %s has the image after %i requests', async (type, requests) => {
    const path = `/accept/${type.replaceAll(/\W/g, '-')}`;
    await fetchFrom(
      server.on(
        path,
        only((accept) => accept.includes(type)),
      ),
    );
    expect(server.count(path)).toBe(requests);
  });

  it('a server that answers 406 to any type it does not know has the image after 1 request', async () => {
    const known = new Set(['image/png', 'image/jpeg', 'image/*', '*/*']);
    const path = '/accept/known';
    const types = (accept: string) => accept.split(',').map((each) => each.split(';', 1)[0] ?? '');
    await fetchFrom(
      server.on(
        path,
        only((accept) => types(accept).every((type) => known.has(type))),
      ),
    );
    expect(server.count(path)).toBe(1);
  });

  it('406 to everything is an error after the second request', async () => {
    const url = server.on(
      '/never',
      only(() => false),
    );
    await expect(fetchFrom(url)).rejects.toMatchObject({ code: 'source_rejected' });
    expect(server.count('/never')).toBe(2);
  });
});

describe('headers for named hosts', () => {
  const secret = { authorization: 'Bearer s3cret', 'user-agent': 'Mozilla/5.0' };

  it('go to their host, also over a redirect back to it', async () => {
    const sourceHeaders = { [`127.0.0.1:${server.port}`]: secret };
    server.on('/back', ok(jpeg));
    other.on('/there', redirect(server.url('/back')));
    await fetchFrom(server.on('/from', redirect(other.url('/there'))), { sourceHeaders, userAgent: 'shop/1' });
    expect(server.requests('/from')[0]?.headers).toMatchObject({
      authorization: 'Bearer s3cret',
      'user-agent': 'Mozilla/5.0',
    });
    expect(other.requests('/there')[0]?.headers).toMatchObject({ 'user-agent': 'shop/1' });
    expect(other.requests('/there')[0]?.headers.authorization).toBeUndefined();
    expect(server.requests('/back')[0]?.headers.authorization).toBe('Bearer s3cret');
  });

  it('a configured cookie is sent with those of the download', async () => {
    const sourceHeaders = { [`127.0.0.1:${server.port}`]: { cookie: 'own=1' } };
    await fetchFrom(
      server.on('/both', (response, attempt) =>
        attempt === 1
          ? response.writeHead(307, { Location: '/both', 'Set-Cookie': 'pass=1' }).end()
          : response.end(jpeg),
      ),
      { sourceHeaders },
    );
    expect(server.requests('/both').map(({ headers }) => headers.cookie)).toEqual(['own=1', 'own=1; pass=1']);
  });

  it('an error does not carry them', async () => {
    const url = server.on('/broken', (_response, _attempt, { socket }) => void socket.destroy());
    const sourceHeaders = { [`127.0.0.1:${server.port}`]: secret };
    const error: unknown = await fetchFrom(url, { sourceHeaders }).catch((reason: unknown) => reason);
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('s3cret');
  });

  it('of a host without a port do not go to another port of it', async () => {
    await fetchFrom(server.on('/port', ok(jpeg)), { sourceHeaders: { '127.0.0.1': secret } });
    expect(server.requests('/port')[0]?.headers.authorization).toBeUndefined();
  });
});

describe('kept connections that the server closes without saying so', () => {
  /** Serves one image for each connection, and resets it at the second request. */
  const startForgetful = async (): Promise<net.Server> => {
    const listener = net.createServer((socket) => {
      let served = false;
      socket.on('error', () => {});
      socket.on('data', () => {
        if (served) return void socket.resetAndDestroy();
        served = true;
        socket.write(`HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`);
        socket.write(new Uint8Array(jpeg));
      });
    });
    await new Promise<void>((listening) => listener.listen(0, '127.0.0.1', listening));
    return listener;
  };

  it('60 images are all delivered without another attempt', async () => {
    const listener = await startForgetful();
    const kept = createGuardedAgents(
      { allowPrivateNetworks: ['127.0.0.1/32'] },
      { keepAlive: true, maxSocketsPerOrigin: 3 },
    );
    const url = `http://127.0.0.1:${(listener.address() as net.AddressInfo).port}`;
    try {
      const images = Array.from({ length: 60 }, (_, at) => fetchFrom(`${url}/${at}.jpg`, { agents: kept }));
      const outcomes = await Promise.allSettled(images);
      expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);
    } finally {
      kept.destroy();
      listener.close();
    }
  });

  it('a new connection that is reset is not repeated', async () => {
    const url = server.on('/reset', (_response, _attempt, { socket }) => void socket.destroy());
    await expect(fetchFrom(url)).rejects.toMatchObject({ code: 'connection_failed' });
    expect(server.count('/reset')).toBe(1);
  });
});
