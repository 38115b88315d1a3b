import dns from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import { AppError } from '../errors.ts';
import { isAllowedAddress, parseNetworks } from './address.ts';
import { isAllowedPort, type NetworkPolicy } from './policy.ts';

/** Agents through which nothing but allowed addresses and ports can be reached; every outgoing call of the service uses them. */
export interface GuardedAgents {
  readonly http: http.Agent;
  readonly https: https.Agent;
  /** Closes every connection, idle ones and those in use. */
  destroy(): void;
}

export interface AgentOptions {
  /** Connections to one origin at the same time; further requests wait. Unbounded when left out. */
  readonly maxSocketsPerOrigin?: number;
  /** Keeps connections open for the next request. */
  readonly keepAlive?: boolean;
  /** Milliseconds for the name look-up, the connection and the TLS handshake together. */
  readonly connectTimeoutMs?: number;
  /** Name look-up with `all: true`, replaceable so that tests can stand for a hostile name server. */
  readonly resolve?: typeof dns.lookup;
}

type Connect = (error: Error | null, stream: Duplex) => void;
type LookupCallback = (error: Error | null, address: string | dns.LookupAddress[], family?: number) => void;

/** Names the host as it was asked for, never the address it resolved to: strangers must not map the inner network. */
const refusal = (host: string): AppError =>
  new AppError(
    'address_not_allowed',
    `The host ${host} is at an address that this server may not reach (private, local or reserved). ` +
      'Its operator can open address ranges with ALLOW_PRIVATE_NETWORKS.',
  );

const portRefusal = (host: string, port: number): AppError =>
  new AppError(
    'port_not_allowed',
    `The URL leads to port ${port} of ${host}, which this server may not reach. Its operator can open ports with ALLOWED_PORTS.`,
  );

/** The look-up of the connection itself: what it hands on is what gets connected to, so a name cannot change between. */
const guardedLookup =
  (policy: NetworkPolicy, resolve: typeof dns.lookup) =>
  (host: string, options: dns.LookupOptions, callback: LookupCallback): void => {
    resolve(host, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, []);
      const allowed = found.filter(({ address }) => isAllowedAddress(address, policy));
      const [first] = allowed;
      if (!first) return callback(refusal(host), []);
      if (options.all) return callback(null, allowed);
      callback(null, first.address, first.family);
    });
  };

const timeoutError = (): Error => Object.assign(new Error('connect timed out'), { code: 'ETIMEDOUT' });

/**
 * @param policy the ranges that are open although they are not public, and the ports that are
 * @throws Error when a range of the policy cannot be read
 */
export const createGuardedAgents = (policy: NetworkPolicy, options: AgentOptions = {}): GuardedAgents => {
  parseNetworks(policy.allowPrivateNetworks);
  const connectTimeoutMs = options.connectTimeoutMs ?? 10_000;
  const shared = {
    keepAlive: options.keepAlive ?? false,
    maxSockets: options.maxSocketsPerOrigin ?? Number.POSITIVE_INFINITY,
    // Ends connections that stay unused; one in use only hears of it, and download has its own deadline.
    timeout: 30_000,
    lookup: guardedLookup(policy, options.resolve ?? dns.lookup),
  };

  /** IP literals never go through a look-up, so they are checked here. */
  const refusedTarget = ({ host, port }: http.ClientRequestArgs): AppError | null => {
    if (!host) return refusal('(none)');
    if (net.isIP(host) && !isAllowedAddress(host, policy)) return refusal(host);
    return isAllowedPort(Number(port), policy) ? null : portRefusal(host, Number(port));
  };

  const watchConnect = (socket: Duplex | null | undefined, ready: 'connect' | 'secureConnect') => {
    if (!socket) return socket;
    const timer = setTimeout(() => socket.destroy(timeoutError()), connectTimeoutMs);
    const stop = () => clearTimeout(timer);
    socket.once(ready, stop).once('close', stop);
    return socket;
  };

  const fail = (error: Error, callback: Connect | undefined): void => {
    // The agent reads only the error of this call; its type has no room for "no stream".
    process.nextTick(() => (callback as ((error: Error) => void) | undefined)?.(error));
  };

  class HttpAgent extends http.Agent {
    override createConnection(target: http.ClientRequestArgs, callback?: Connect): Duplex | null | undefined {
      const refused = refusedTarget(target);
      if (refused) {
        fail(refused, callback);
        return undefined;
      }
      return watchConnect(super.createConnection(target, callback), 'connect');
    }
  }

  class HttpsAgent extends https.Agent {
    override createConnection(target: https.RequestOptions, callback?: Connect): Duplex | null | undefined {
      const refused = refusedTarget(target);
      if (refused) {
        fail(refused, callback);
        return undefined;
      }
      return watchConnect(super.createConnection(target, callback), 'secureConnect');
    }
  }

  const agents = { http: new HttpAgent(shared), https: new HttpsAgent(shared) };
  return {
    ...agents,
    destroy: () => {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
};
