import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { hostsFor, isLoopback, listen } from '../../src/http/listening.ts';
import { stopListening } from '../../src/http/stopping.ts';

const create = (): Server => createServer((_req, res) => res.end('here'));
const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));
const open: Server[] = [];
const opened = async (...args: Parameters<typeof listen>) => {
  const listening = await listen(...args);
  open.push(...listening.servers);
  return listening;
};
afterEach(() => Promise.all(open.splice(0).map((server) => new Promise((closed) => server.close(closed)))));

test.each<[string | null, boolean, readonly string[]]>([
  [null, false, ['127.0.0.1', '::1']],
  [null, true, ['0.0.0.0']],
  ['0.0.0.0', false, ['0.0.0.0']],
  ['10.0.0.7', true, ['10.0.0.7']],
])('with HOST %s and keys %s it listens on %j', (host, guarded, expected) => {
  expect(hostsFor(host, guarded)).toEqual(expected);
});

test('recognizes loopback names', () => {
  expect(['127.0.0.1', '127.1.2.3', '::1', 'localhost', 'LOCALHOST.'].filter((host) => !isLoopback(host))).toEqual([]);
  expect(['0.0.0.0', '::', '10.0.0.1', 'localhost.example', '::12'].filter(isLoopback)).toEqual([]);
});

(hasIpv6 ? test : test.skip)('both address families use the same port and close on shutdown', async () => {
  const { servers, port, hosts } = await opened(create, 0, ['127.0.0.1', '::1']);
  expect(hosts).toEqual(['127.0.0.1', '::1']);
  const urls = [`http://127.0.0.1:${port}/`, `http://[::1]:${port}/`];
  expect(await Promise.all(urls.map(async (url) => (await fetch(url)).text()))).toEqual(['here', 'here']);
  await stopListening(servers, 2_000, () => undefined);
  open.splice(0);
  for (const url of urls) await expect(fetch(url)).rejects.toThrow();
});

test('skips an address that this machine lacks if another one works', async () => {
  const { hosts, servers } = await opened(create, 0, ['127.0.0.1', '192.0.2.1']);
  expect([hosts, servers.length]).toEqual([['127.0.0.1'], 1]);
  await expect(listen(create, 0, ['192.0.2.1'])).rejects.toMatchObject({ syscall: 'listen' });
});

(hasIpv6 ? test : test.skip)('a port in use on one address family is an error and leaves nothing open', async () => {
  const other = create().listen(0, '::1');
  open.push(other);
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  await expect(listen(create, port, ['127.0.0.1', '::1'])).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
});
