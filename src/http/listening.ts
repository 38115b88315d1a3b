import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Both families of this machine alone, and every address of it. */
const LOOPBACK = ['127.0.0.1', '::1'] as const;
const EVERYWHERE = '0.0.0.0';

/** What a machine without IPv6 says to `::1`. */
const NO_SUCH_FAMILY = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL']);
/** A port that is free on one family may be taken on the other: then the system is asked for another one. */
const PORT_TRIES = 5;

export interface Listening {
  /** One for each address. */
  readonly servers: readonly Server[];
  /** The same for all of them. */
  readonly port: number;
  readonly hosts: readonly string[];
}

/**
 * Where to listen: at `host` when it is set. Otherwise everywhere, when keys guard the API, and on this machine alone
 * when nothing does.
 */
export const hostsFor = (host: string | null, guarded: boolean): readonly string[] => {
  if (host !== null) return [host];
  return guarded ? [EVERYWHERE] : LOOPBACK;
};

export const isLoopback = (host: string): boolean => /^(127\.|::1$|localhost\.?$)/i.test(host);

/**
 * Listens at each of the hosts on the same port; a family that this machine does not have is left out.
 * @param create makes one more server
 * @param port 0: the system chooses it
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

const codeOf = (error: unknown): string => String((error as NodeJS.ErrnoException).code);

const bind = (server: Server, port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
