import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const LOOPBACK = ['127.0.0.1', '::1'] as const;
const EVERYWHERE = '0.0.0.0';

/** Errors of listening on `::1` on a machine without IPv6. */
const NO_SUCH_FAMILY = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL']);
/** A port free on one address family may be in use on the other; another one is tried then. */
const PORT_TRIES = 5;

export interface Listening {
  /** One per address. */
  readonly servers: readonly Server[];
  /** Shared by all addresses. */
  readonly port: number;
  readonly hosts: readonly string[];
}

/**
 * Addresses to listen on: `host` if set, otherwise all addresses if API keys are set, otherwise loopback only.
 */
export const hostsFor = (host: string | null, guarded: boolean): readonly string[] => {
  if (host !== null) return [host];
  return guarded ? [EVERYWHERE] : LOOPBACK;
};

export const isLoopback = (host: string): boolean => /^(127\.|::1$|localhost\.?$)/i.test(host);

/**
 * Listens on the same port of each host, skipping address families that this machine lacks.
 * @param create creates a server for each host
 * @param port 0: chosen by the system
 */
export const listen = async (create: () => Server, port: number, hosts: readonly string[]): Promise<Listening> => {
  for (let tries = 1; ; tries += 1) {
    const servers: Server[] = [];
    const reached: string[] = [];
    let bound = port;
    try {
      for (const host of hosts) {
        const server = create();
        try {
          bound = await bind(server, bound, host);
        } catch (error) {
          if (servers.length === 0 || !NO_SUCH_FAMILY.has(codeOf(error))) throw error;
          continue;
        }
        servers.push(server);
        reached.push(host);
      }
      return { servers, port: bound, hosts: reached };
    } catch (error) {
      for (const server of servers) server.close();
      if (port !== 0 || tries === PORT_TRIES || codeOf(error) !== 'EADDRINUSE') throw error;
    }
  }
};

/** Rejects as {@link listen} would, and leaves nothing open. */
export const assertFree = async (port: number, hosts: readonly string[]): Promise<void> => {
  const { servers } = await listen(createServer, port, hosts);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
};

const codeOf = (error: unknown): string => String((error as NodeJS.ErrnoException).code);

const bind = (server: Server, port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
