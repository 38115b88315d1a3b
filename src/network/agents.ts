import dns from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import { AppError } from '../errors.ts';
import { isAllowedAddress, parseNetworks } from './address.ts';
import { isAllowedPort, type NetworkPolicy } from './policy.ts';

/** HTTP agents that connect only to allowed addresses and ports; used for every outgoing call of the service. */
export interface GuardedAgents {
  readonly http: http.Agent;
  readonly https: https.Agent;
  /** Changes the connections to one origin, 0: no further one is kept open. Closes idle ones that are too many. */
  limitPerOrigin(most: number): void;
  /** Closes all connections, including those in use. */
  destroy(): void;
}

export interface AgentOptions {
  /** Concurrent connections to one origin; further requests wait. Unlimited if absent. */
  readonly maxSocketsPerOrigin?: number;
  /** Keeps connections open for further requests. */
  readonly keepAlive?: boolean;
  /** Milliseconds for DNS lookup, connection and TLS handshake together. */
  readonly connectTimeoutMs?: number;
  /** DNS lookup with `all: true`; replaceable, so that tests can simulate a hostile name server. */
  readonly resolve?: typeof dns.lookup;
}

type Connect = (error: Error | null, stream: Duplex) => void;
type LookupCallback = (error: Error | null, address: string | dns.LookupAddress[], family?: number) => void;

/** Contains the requested host, never its resolved address, which would help strangers map the internal network. */
const addressNotAllowed = (host: string): AppError =>
  new AppError(
    'address_not_allowed',
    `The host ${host} has a private, local or reserved address, which this server isn't allowed to access. ` +
      'Ask your administrator (ALLOW_PRIVATE_NETWORKS).',
  );

const portNotAllowed = (host: string, port: number): AppError =>
  new AppError(
    'port_not_allowed',
    `This server isn't allowed to access port ${port} of ${host}. Ask your administrator (ALLOWED_PORTS).`,
  );

/** Checks the lookup of the connection itself, so that the address cannot change between check and connection. */
const guardedLookup =
  (policy: NetworkPolicy, resolve: typeof dns.lookup) =>
  (host: string, options: dns.LookupOptions, callback: LookupCallback): void => {
    resolve(host, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, []);
      const allowed = found.filter(({ address }) => isAllowedAddress(address, policy));
      const [first] = allowed;
      if (!first) return callback(addressNotAllowed(host), []);
      if (options.all) return callback(null, allowed);
      callback(null, first.address, first.family);
    });
  };

const connected = new WeakMap<Duplex, number>();

/** When the connection was ready for its first request, by `performance.now()`; 0: not known. */
export const connectedAt = (socket: Duplex | null): number => (socket === null ? 0 : (connected.get(socket) ?? 0));

const timeoutError = (): Error => Object.assign(new Error('connect timed out'), { code: 'ETIMEDOUT' });

const limitPerOrigin = (agent: http.Agent, most: number): void => {
  agent.maxSockets = Math.max(1, most);
  agent.maxFreeSockets = most;
  for (const [origin, idle] of Object.entries(agent.freeSockets)) {
    const room = Math.max(0, most - (agent.sockets[origin]?.length ?? 0));
    for (const socket of idle?.slice(room) ?? []) socket.destroy();
  }
};

/**
 * @param policy allowed private ranges and ports
 * @throws Error if a range of the policy is invalid
 */
export const createGuardedAgents = (policy: NetworkPolicy, options: AgentOptions = {}): GuardedAgents => {
  parseNetworks(policy.allowPrivateNetworks);
  const connectTimeoutMs = options.connectTimeoutMs ?? 10_000;
  const shared = {
    keepAlive: options.keepAlive ?? false,
    maxSockets: options.maxSocketsPerOrigin ?? Number.POSITIVE_INFINITY,
    // Closes idle connections. Connections in use only get an event; downloads have their own deadline.
    timeout: 30_000,
    lookup: guardedLookup(policy, options.resolve ?? dns.lookup),
  };

  /** IP literals are not looked up, so they are checked here. */
  const checkTarget = ({ host, port }: http.ClientRequestArgs): AppError | null => {
    if (!host) return addressNotAllowed('(none)');
    if (net.isIP(host) && !isAllowedAddress(host, policy)) return addressNotAllowed(host);
    return isAllowedPort(Number(port), policy) ? null : portNotAllowed(host, Number(port));
  };

  const watchConnect = (socket: Duplex | null | undefined, ready: 'connect' | 'secureConnect') => {
    if (!socket) return socket;
    const timer = setTimeout(() => socket.destroy(timeoutError()), connectTimeoutMs);
    const stop = () => clearTimeout(timer);
    socket.once(ready, () => connected.set(socket, performance.now()));
    socket.once(ready, stop).once('close', stop);
    return socket;
  };

  const fail = (error: Error, callback: Connect | undefined): void => {
    // The agent reads only the error; its type requires a stream.
    process.nextTick(() => (callback as ((error: Error) => void) | undefined)?.(error));
  };

  class HttpAgent extends http.Agent {
    override createConnection(target: http.ClientRequestArgs, callback?: Connect): Duplex | null | undefined {
      const error = checkTarget(target);
      if (error) {
        fail(error, callback);
        return undefined;
      }
      return watchConnect(super.createConnection(target, callback), 'connect');
    }
  }

  class HttpsAgent extends https.Agent {
    override createConnection(target: https.RequestOptions, callback?: Connect): Duplex | null | undefined {
      const error = checkTarget(target);
      if (error) {
        fail(error, callback);
        return undefined;
      }
      return watchConnect(super.createConnection(target, callback), 'secureConnect');
    }
  }

  const agents = { http: new HttpAgent(shared), https: new HttpsAgent(shared) };
  return {
    ...agents,
    limitPerOrigin: (most) => {
      for (const agent of [agents.http, agents.https]) limitPerOrigin(agent, most);
    },
    destroy: () => {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
};
