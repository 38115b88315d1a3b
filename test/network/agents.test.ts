import type dns from 'node:dns';
import http, { type ServerResponse } from 'node:http';
import net from 'node:net';
import { AppError } from '../../src/errors.ts';
import { type AgentOptions, createGuardedAgents, type GuardedAgents } from '../../src/network/agents.ts';
import { ImageServer, ok } from '../support/servers/image-server.mjs';

const loopback = { allowPrivateNetworks: ['127.0.0.0/8'] };
const closed = { allowPrivateNetworks: [] };

let server: ImageServer;
let agents: GuardedAgents | null = null;

const guarded = (policy: { allowPrivateNetworks: string[] }, options?: AgentOptions): GuardedAgents => {
  agents = createGuardedAgents(policy, options);
  return agents;
};

/** The response status, or the error. */
const get = (url: string, agent: http.Agent): Promise<number | Error> =>
  new Promise((done) => {
    http
      .get(url, { agent }, (response) => {
        response.resume().on('close', () => done(response.statusCode ?? 0));
      })
      .on('error', done);
  });

/** A name server that answers each lookup with the next list. */
const nameServer = (...answers: string[][]): { resolve: typeof dns.lookup; asked: string[] } => {
  const asked: string[] = [];
  const resolve = (
    host: string,
    _options: unknown,
    callback: (error: null, found: { address: string; family: number }[]) => void,
  ) => {
    const found = answers[Math.min(asked.length, answers.length - 1)] ?? [];
    asked.push(host);
    callback(
      null,
      found.map((address) => ({ address, family: net.isIP(address) })),
    );
  };
  return { resolve: resolve as unknown as typeof dns.lookup, asked };
};

beforeAll(async () => {
  server = await ImageServer.start({ '/': ok(Buffer.from('x')) });
});
afterAll(() => server.close());
afterEach(() => agents?.destroy());

describe('without allowed ranges', () => {
  it.each([
    'http://127.0.0.1:PORT/',
    'http://127.1:PORT/',
    'http://2130706433:PORT/',
    'http://0177.0.0.1:PORT/',
    'http://017700000001:PORT/',
    'http://0x7f.0.0.1:PORT/',
    'http://0x7f000001:PORT/',
    'http://0:PORT/',
    'http://0.0.0.0:PORT/',
    'http://127.0.0.1.:PORT/',
    'http://1２7.0.0.1:PORT/',
    'http://[::]:PORT/',
    'http://[::1]:PORT/',
    'http://[::127.0.0.1]:PORT/',
    'http://[::ffff:127.0.0.1]:PORT/',
    'http://[::ffff:7f00:1]:PORT/',
    'http://[2002:7f00:1::]:PORT/',
    'http://[64:ff9b::127.0.0.1]:PORT/',
    'http://[64:ff9b:1::127.0.0.1]:PORT/',
    'http://localhost:PORT/',
    'http://LOCALHOST:PORT/',
    'http://user:pass@127.0.0.1:PORT/',
    'http://example.com@127.0.0.1:PORT/',
  ])('%s is rejected before connecting', async (url) => {
    const before = server.count();
    const error = await get(url.replace('PORT', String(server.port)), guarded(closed).http);
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: 'address_not_allowed' });
    expect(server.count()).toBe(before);
  });

  it('rejects literals over TLS as well', async () => {
    const error = await new Promise((done) => {
      const request = http.get({
        host: '127.0.0.1',
        port: server.port,
        agent: guarded(closed).https,
        protocol: 'https:',
      });
      request.on('error', done);
    });
    expect(error).toMatchObject({ code: 'address_not_allowed' });
  });

  it('names the setting and the host, not the resolved address', async () => {
    const { resolve } = nameServer(['10.20.30.40']);
    const error = await get('http://intranet.example/', guarded(closed, { resolve }).http);
    expect(String(error)).toContain('ALLOW_PRIVATE_NETWORKS');
    expect(String(error)).toContain('intranet.example');
    expect(String(error)).not.toContain('10.20.30.40');
  });
});

describe('with loopback allowed', () => {
  it.each(['http://127.0.0.1:PORT/', 'http://localhost:PORT/', 'http://0x7f000001:PORT/'])(
    '%s answers',
    async (url) => {
      const { resolve } = nameServer(['127.0.0.1']);
      expect(await get(url.replace('PORT', String(server.port)), guarded(loopback, { resolve }).http)).toBe(200);
    },
  );

  it('connects only to the allowed addresses of a name', async () => {
    const { resolve } = nameServer(['10.0.0.1', '127.0.0.1']);
    expect(await get(`http://mixed.example:${server.port}/`, guarded(loopback, { resolve }).http)).toBe(200);
  });

  it('rejects a name whose second answer is a private address', async () => {
    const { resolve, asked } = nameServer(['127.0.0.1'], ['169.254.169.254']);
    const { http: agent } = guarded(loopback, { resolve });
    const url = `http://rebind.example:${server.port}/`;
    expect(await get(url, agent)).toBe(200);
    expect(await get(url, agent)).toMatchObject({ code: 'address_not_allowed' });
    expect(asked).toEqual(['rebind.example', 'rebind.example']);
  });

  it('looks up the name once per connection, so that the checked address is the one used', async () => {
    const { resolve, asked } = nameServer(['127.0.0.1'], ['10.0.0.1']);
    expect(await get(`http://once.example:${server.port}/`, guarded(loopback, { resolve }).http)).toBe(200);
    expect(asked).toHaveLength(1);
  });

  it('reuses a connection with keepAlive', async () => {
    const { http: agent } = guarded(loopback, { keepAlive: true });
    await get(server.url('/'), agent);
    await get(server.url('/'), agent);
    const [first, second] = server.requests('/').slice(-2);
    expect(first?.socket).toBe(second?.socket);
  });

  it('opens no more connections to an origin than allowed', async () => {
    const { http: agent } = guarded(loopback, { maxSocketsPerOrigin: 2 });
    const held: ServerResponse[] = [];
    server.on('/held', (response) => held.push(response));
    const answers = Array.from({ length: 4 }, () => get(server.url('/held'), agent));
    while (held.length < 2) await new Promise(setImmediate);
    expect(Object.values(agent.sockets).flat()).toHaveLength(2);
    expect(Object.values(agent.requests).flat()).toHaveLength(2);
    for (let answered = 0; answered < 4; answered += 1) {
      while (held.length === 0) await new Promise(setImmediate);
      held.shift()?.end();
    }
    expect(await Promise.all(answers)).toEqual([200, 200, 200, 200]);
  });

  it('with fewer connections allowed it closes idle ones, and keeps no more than that', async () => {
    const { http: agent, limitPerOrigin } = guarded(loopback, { maxSocketsPerOrigin: 4, keepAlive: true });
    const held: ServerResponse[] = [];
    server.on('/held', (response) => held.push(response));
    const idle = () => Object.values(agent.freeSockets).flat().length;
    const answerAll = async (answers: readonly Promise<unknown>[]) => {
      while (held.length < answers.length) await new Promise(setImmediate);
      for (const response of held.splice(0)) response.end();
      await Promise.all(answers);
    };
    const several = (count: number) => Array.from({ length: count }, () => get(server.url('/held'), agent));

    await answerAll(several(4));
    while (idle() < 4) await new Promise(setImmediate);
    limitPerOrigin(1);
    while (idle() > 1) await new Promise(setImmediate);

    // Those in use when it is lowered are not kept afterwards either.
    limitPerOrigin(3);
    const answers = several(3);
    while (held.length < 3) await new Promise(setImmediate);
    limitPerOrigin(0);
    await answerAll(answers);
    while (Object.values(agent.sockets).flat().length > 0) await new Promise(setImmediate);
    expect(idle()).toBe(0);
    expect(await get(server.url('/'), agent)).toBe(200);
  });
});

it('aborts a connection that is not established in time', async () => {
  const never = (() => {}) as unknown as typeof dns.lookup;
  const { http: agent } = guarded(closed, { resolve: never, connectTimeoutMs: 20 });
  expect(await get('http://hanging.example/', agent)).toMatchObject({ code: 'ETIMEDOUT' });
});

it('rejects an invalid policy', () => {
  expect(() => createGuardedAgents({ allowPrivateNetworks: ['10.0.0.0/99'] })).toThrow('10.0.0.0/99');
});
