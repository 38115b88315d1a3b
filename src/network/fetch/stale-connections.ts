import type { Agent, ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import { LRUCache } from 'lru-cache';
import { causesOf, codesOf } from '../connection-error.ts';

/** How long connections to an origin are not kept after it closed one without saying so. */
const AVOID_MS = 60_000;
const MAX_ORIGINS = 1_000;

const origins = new WeakMap<Agent, LRUCache<string, true>>();

/** Whether a kept connection to the origin was closed lately, so that each request needs one of its own. */
export const avoidsKeptConnections = (agent: Agent, origin: string): boolean =>
  origins.get(agent)?.has(origin) ?? false;

/** Connections that had a response: `reusedSocket` of Node is not set on those that pass on to a waiting request. */
const answered = new WeakSet<Socket>();

/** Called with the request of each response. */
export const rememberAnswered = ({ socket }: Pick<ClientRequest, 'socket'>): void => {
  if (socket !== null) answered.add(socket);
};

const requestOf = (error: unknown): ClientRequest | undefined =>
  causesOf(error)
    .map((each) => (each as { readonly request?: ClientRequest }).request)
    .find((request) => request !== undefined);

/**
 * Whether a request failed because its kept connection was already closed by the server: it failed on a reused socket
 * before a response, so a GET can be repeated (RFC 9112, 9.3.1). Remembers the origin.
 */
export const wasStale = (error: unknown, agent: Agent, origin: string): boolean => {
  if (!codesOf(error).some((code) => code === 'ECONNRESET' || code === 'EPIPE')) return false;
  const request = requestOf(error);
  const socket = request?.socket ?? null;
  if (request?.reusedSocket !== true && (socket === null || !answered.has(socket))) return false;
  const known = origins.get(agent) ?? new LRUCache<string, true>({ max: MAX_ORIGINS, ttl: AVOID_MS });
  known.set(origin, true);
  origins.set(agent, known);
  return true;
};
