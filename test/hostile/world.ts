import { once } from 'node:events';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { ImageServer } from '../support/servers/image-server.mjs';
import type { World } from './case.ts';
import { type Certificate, selfSigned } from './certificate.ts';

const CERTIFICATES = {
  trusted: selfSigned({ serial: 1 }),
  'self-signed': selfSigned({ serial: 2 }),
  expired: selfSigned({ serial: 3, validFor: -1 }),
  'other name': selfSigned({ serial: 4, ip: [192, 0, 2, 1] }),
} satisfies Record<string, Certificate>;

/** The service's NODE_EXTRA_CA_CERTS: all but the self-signed one, so that each certificate has only its own defect. */
export const TRUSTED = [CERTIFICATES.trusted, CERTIFICATES.expired, CERTIFICATES['other name']]
  .map(({ cert }) => cert)
  .join('');

export interface HostileWorld extends World {
  /** The origin in the service's HTTP_PROXY, and the number of its connections. */
  readonly proxy: { readonly origin: string; readonly connections: () => number };
  /** For ALLOWED_PORTS: all but `otherPort`, and the default ports of URLs. */
  readonly openPorts: string;
  close(): Promise<void>;
}

const portOf = (server: Pick<Server, 'address'>): number => (server.address() as AddressInfo).port;

/** Starts all servers of the corpus on loopback. */
export const startWorld = async (jpeg: Buffer): Promise<HostileWorld> => {
  const server = await ImageServer.start();
  const other = await ImageServer.start({ '/image': (response) => response.end(jpeg) });
  const sockets = new Set<Socket>();
  const servers: Server[] = [];
  const listening = async <Listener extends Server>(listener: Listener): Promise<Listener> => {
    listener.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    });
    servers.push(listener.listen(0, '127.0.0.1'));
    await once(listener, 'listening');
    return listener;
  };

  const redirects = new Map<string, string>();
  const tlsOrigin = async (certificate: Certificate): Promise<string> => {
    const listener = createTlsServer(certificate, (request, response) => {
      const to = redirects.get(request.url ?? '');
      if (to === undefined) response.end(jpeg);
      else response.writeHead(302, { Location: to }).end();
    });
    return `https://127.0.0.1:${portOf(await listening(listener as unknown as Server))}`;
  };

  let proxied = 0;
  const proxy = await listening(
    createServer((socket) => {
      proxied += 1;
      socket.destroy();
    }),
  );
  const stalled = await listening(createServer(() => {}));
  const gone = await ImageServer.start();
  const closedPort = gone.origin;
  await gone.close();
  const trusted = await tlsOrigin(CERTIFICATES.trusted);
  const tls = {
    trusted,
    'self-signed': await tlsOrigin(CERTIFICATES['self-signed']),
    expired: await tlsOrigin(CERTIFICATES.expired),
    'other name': await tlsOrigin(CERTIFICATES['other name']),
    stalled: `https://127.0.0.1:${portOf(stalled)}`,
  };

  return {
    server,
    closedPort,
    otherPort: other.origin,
    tls,
    openPorts: [
      80,
      443,
      ...[server.origin, closedPort, ...Object.values(tls)].map((origin) => new URL(origin).port),
    ].join(','),
    redirectFromTls(path, to) {
      redirects.set(path, to);
      return `${trusted}${path}`;
    },
    proxy: { origin: `http://127.0.0.1:${portOf(proxy)}`, connections: () => proxied },
    async close() {
      for (const socket of sockets) socket.destroy();
      for (const listener of servers) listener.close();
      await Promise.all([server.close(), other.close()]);
    },
  };
};
