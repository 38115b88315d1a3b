import dns from 'node:dns';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { createGuardedAgents } from '../../src/network/agents.ts';
import { createResolver, type ResolverOptions } from '../../src/network/resolver.ts';
import { ImageServer, ok } from '../support/servers/image-server.mjs';
import { type NameAnswer, NameServer } from '../support/servers/name-server.ts';

let directory: string;
let answers: Map<string, NameAnswer>;
let server: NameServer;
const time = { now: 1 };

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'names-'));
  answers = new Map();
  time.now = 1;
  server = await NameServer.start(({ name }) => {
    const known = [...answers].find(([end]) => name === end || name.endsWith(`.${end}`));
    return known?.[1] ?? 'not found';
  });
});
afterEach(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});

const resolverWith = (options: Partial<ResolverOptions> = {}) =>
  createResolver({
    ...{ perDomain: 2, total: 8, timeoutMs: 10_000, servers: [server.address], now: () => time.now },
    ...{ hostsFile: join(directory, 'hosts'), resolvConf: join(directory, 'resolv.conf') },
    ...options,
  });
const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((next) => setTimeout(next, 5));
};

it('closing it ends the lookups in flight, those that wait for them, and those that come later', async () => {
  const { find, close } = resolverWith();
  const silent = [1, 2, 3, 4].map((n) => `h${n}.silent.example`);
  for (const name of silent) answers.set(name, 'silence');
  const asked = silent.map((name) => find(name).catch((error: unknown) => error));
  await until(() => server.questions.length > 0);
  close();
  const ended = await Promise.all([...asked, find('later.example').catch((error: unknown) => error)]);
  expect(ended).toEqual(Array.from({ length: 5 }, () => expect.objectContaining({ code: 'EAI_AGAIN' })));
  expect(server.questions.some(({ name }) => name === 'later.example')).toBe(false);
});

it('closing it asks for no further name of the search list', async () => {
  await writeFile(join(directory, 'resolv.conf'), 'search one.example two.example\n');
  for (const name of ['cdn', 'cdn.one.example', 'cdn.two.example']) answers.set(name, 'silence');
  const { find, close } = resolverWith();
  const asked = find('cdn').catch((error: unknown) => error);
  await until(() => server.questions.length > 0);
  const before = new Set(server.questions.map(({ name }) => name));
  close();
  expect(await asked).toMatchObject({ code: 'EAI_AGAIN' });
  expect(new Set(server.questions.map(({ name }) => name))).toEqual(before);
});

it('resolves both address families, IPv4 first, and returns them as dns.lookup does', async () => {
  answers.set('cdn.example', ['fd00::7', '192.0.2.1', '192.0.2.2']);
  const { find, lookup } = resolverWith();
  const all = [
    { address: '192.0.2.1', family: 4 },
    { address: '192.0.2.2', family: 4 },
    { address: 'fd00::7', family: 6 },
  ];
  expect(await find('CDN.example')).toEqual(all);
  const asked = (options: dns.LookupOptions) =>
    new Promise((done) => lookup('cdn.example', options, (...result: unknown[]) => done(result)));
  expect(await asked({ all: true })).toEqual([null, all]);
  expect(await asked({})).toEqual([null, '192.0.2.1', 4]);
  expect(await asked({ family: 6 })).toEqual([null, 'fd00::7', 6]);
});

it('resolves the hosts file, IP addresses and localhost without a query, and rereads the file', async () => {
  await writeFile(join(directory, 'hosts'), '# ours\n127.0.0.1 localhost\n10.1.2.3\tMinio images # both\n');
  const { find } = resolverWith();
  expect(await find('minio')).toEqual([{ address: '10.1.2.3', family: 4 }]);
  expect(await find('IMAGES')).toEqual([{ address: '10.1.2.3', family: 4 }]);
  expect(await find('localhost')).toEqual([{ address: '127.0.0.1', family: 4 }]);
  expect((await find('a.localhost')).map(({ address }) => address)).toEqual(['127.0.0.1', '::1']);
  expect(await find('192.0.2.9')).toEqual([{ address: '192.0.2.9', family: 4 }]);
  await expect(find('no.invalid')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  expect(server.count()).toBe(0);

  await writeFile(join(directory, 'hosts'), '10.1.2.44 minio\n');
  time.now += 2_000;
  expect(await find('minio')).toEqual([{ address: '10.1.2.44', family: 4 }]);
});

it('applies the search list to short names first, and to long ones only if they are not found', async () => {
  await writeFile(join(directory, 'resolv.conf'), 'search default.svc.cluster.local cluster.local\noptions ndots:2\n');
  answers.set('minio.default.svc.cluster.local', ['10.0.0.5']);
  answers.set('far.away.example', ['192.0.2.5']);
  answers.set('images.shop', ['192.0.2.6']);
  const { find } = resolverWith();
  expect(await find('minio')).toEqual([{ address: '10.0.0.5', family: 4 }]);
  expect(server.questions.every(({ name }) => name === 'minio.default.svc.cluster.local')).toBe(true);
  expect(await find('far.away.example')).toEqual([{ address: '192.0.2.5', family: 4 }]);
  expect(server.count('far.away.example.cluster.local')).toBe(0);
  expect(await find('images.shop')).toEqual([{ address: '192.0.2.6', family: 4 }]);
  expect(server.count('images.shop.cluster.local')).toBe(2);
  await expect(find('minio.')).rejects.toMatchObject({ code: 'ENOTFOUND' });
});

it('caches addresses for their TTL, and failures for a few seconds', async () => {
  answers.set('cdn.example', ['192.0.2.1']);
  answers.set('broken.example', 'failure');
  const { find, known } = resolverWith();
  for (let n = 0; n < 5; n += 1) {
    await find('cdn.example');
    await expect(find('none.example')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await expect(find('broken.example')).rejects.toMatchObject({ code: 'EAI_AGAIN' });
  }
  expect(server.count('cdn.example')).toBe(2);
  expect(server.count('none.example')).toBe(2);
  const failures = server.count('broken.example');
  expect(known('cdn.example')).toHaveLength(1);
  time.now += 6_000;
  await find('cdn.example');
  await expect(find('none.example')).rejects.toThrow();
  await expect(find('broken.example')).rejects.toThrow();
  expect(server.count('cdn.example')).toBe(2);
  expect(server.count('none.example')).toBe(4);
  expect(server.count('broken.example')).toBe(2 * failures);
  time.now += 60_000;
  expect(known('cdn.example')).toBeUndefined();
  await find('cdn.example');
  expect(server.count('cdn.example')).toBe(4);
});

it('coalesces concurrent lookups of a name, and limits those of a registered domain', async () => {
  answers.set('slow.co.uk', 'silence');
  answers.set('cdn.example', ['192.0.2.1']);
  const { find } = resolverWith({ timeoutMs: 1_500 });
  const names = Array.from({ length: 20 }, (_, n) => `h${n}.slow.co.uk`);
  const waiting = Promise.allSettled([...names, ...names].map(find));
  await until(() => server.count('h1.slow.co.uk') > 0);
  // Other domains are not blocked.
  expect(await find('img.cdn.example')).toHaveLength(1);
  expect(await find('cdn.example')).toHaveLength(1);
  expect(new Set(server.questions.map(({ name }) => name).filter((name) => name.includes('slow')))).toEqual(
    new Set(['h0.slow.co.uk', 'h1.slow.co.uk']),
  );
  const outcomes = await waiting;
  expect(outcomes.every((one) => one.status === 'rejected' && one.reason.code === 'EAI_AGAIN')).toBe(true);
});

it('waits the full time for a silent name server each time, even if others answered fast', async () => {
  answers.set('silent.example', 'silence');
  answers.set('cdn.example', ['192.0.2.1']);
  const { find } = resolverWith({ timeoutMs: 3_600 });
  // From these, c-ares learns a time-out of a fraction of a second.
  for (let n = 0; n < 20; n += 1) await find(`h${n}.cdn.example`);
  for (let n = 0; n < 2; n += 1) {
    const begun = performance.now();
    await expect(find('silent.example')).rejects.toMatchObject({ code: 'EAI_AGAIN' });
    expect(performance.now() - begun).toBeGreaterThan(3_500);
  }
});

it('never calls dns.lookup, and the guard checks the address that is connected to', async () => {
  answers.set('inside.example', ['127.0.0.1']);
  const images = await ImageServer.start({ '/': ok(Buffer.from('x')) });
  const spy = jest.spyOn(dns, 'lookup');
  const { lookup } = resolverWith();
  const get = (agent: http.Agent): Promise<unknown> =>
    new Promise((done) => {
      http
        .get({ host: 'inside.example', port: images.port, agent }, (response) => done(response.resume().statusCode))
        .on('error', done);
    });
  const closed = createGuardedAgents({ allowPrivateNetworks: [] }, { resolve: lookup });
  const open = createGuardedAgents({ allowPrivateNetworks: ['127.0.0.0/8'] }, { resolve: lookup });
  expect(await get(closed.http)).toMatchObject({ code: 'address_not_allowed' });
  expect(images.count()).toBe(0);
  expect(await get(open.http)).toBe(200);
  expect(spy).not.toHaveBeenCalled();
  spy.mockRestore();
  closed.destroy();
  open.destroy();
  await images.close();
});
