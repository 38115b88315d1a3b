import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import type { Readable } from 'node:stream';
import axios from 'axios';
import { AppError } from '../errors.ts';
import { causesOf, codesOf, connectionErrorMessage, connectionErrorOf } from '../network/connection-error.ts';
import { parseRetryAfter } from '../network/retry-after.ts';
import { USER_AGENT } from '../network/user-agent.ts';
import type { Attempt } from './model.ts';
import type { ClaimedDelivery } from './outbox.ts';
import { messageHeaders, secretsFor } from './sign.ts';

/** All connections go through these agents, which enforce the addresses that may be reached. */
export interface DeliverAgents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

export interface DeliverOptions {
  /** The operator's, which sign together. */
  readonly secrets?: readonly string[];
  /** From the DNS lookup to the end of the response, in milliseconds. */
  readonly timeoutMs?: number;
  /** Timeout of the first attempt of a delivery: shorter, as the receiver may never answer. */
  readonly firstTimeoutMs?: number;
}

export type AttemptResult = Attempt & { readonly retryAfterMs?: number | undefined };

/**
 * Makes one attempt to send a delivery. Never rejects: every failure becomes the attempt's `error`.
 * @param at time of the attempt by the database's clock
 * @param stop aborts the attempt; a string as its reason becomes the attempt's error
 */
export type Deliver = (
  delivery: Pick<ClaimedDelivery, '_id' | 'url' | 'secret' | 'payload'> & Partial<Pick<ClaimedDelivery, 'tries'>>,
  at: Date,
  stop?: AbortSignal,
) => Promise<AttemptResult>;

const TIMEOUT_MS = 20_000;
const FIRST_TIMEOUT_MS = 5_000;
/** Bytes of a response that are read before the connection is closed. */
const MAX_RESPONSE_BYTES = 64 * 1024;
/** Characters of a response that are stored. */
const STORED_CHARACTERS = 500;

export const createDeliver = (agents: DeliverAgents, options: DeliverOptions = {}): Deliver => {
  const { timeoutMs: laterMs = TIMEOUT_MS, secrets = [] } = options;
  const { firstTimeoutMs = Math.min(laterMs, FIRST_TIMEOUT_MS) } = options;

  const post = async ({ _id, url, secret, payload }: Parameters<Deliver>[0], at: Date, signal: AbortSignal) => {
    // axios also opens data: and file: URLs, bypassing the agents.
    if (!/^https?:/i.test(url)) throw new AppError('invalid_url');
    return axios.post<Readable>(url, Buffer.from(payload), {
      headers: {
        ...messageHeaders({ id: _id, payload, secrets: secretsFor(secret, secrets) }, at),
        'Content-Type': 'application/json',
        'User-Agent': USER_AGENT,
        Accept: '*/*',
        'Accept-Encoding': 'identity',
      },
      httpAgent: agents.http,
      httpsAgent: agents.https,
      proxy: false,
      maxRedirects: 0,
      responseType: 'stream',
      decompress: false,
      validateStatus: null,
      signal,
    });
  };

  return async (delivery, at, stop) => {
    const startedAt = performance.now();
    const timeoutMs = delivery.tries === 1 ? firstTimeoutMs : laterMs;
    const durationMs = (): number => Math.round(performance.now() - startedAt);
    const ends = new AbortController();
    const end = (): void => ends.abort();
    const timer = setTimeout(end, timeoutMs);
    stop?.addEventListener('abort', end, { once: true });
    if (stop?.aborted) end();
    try {
      const { status, headers, data } = await post(delivery, at, ends.signal);
      const answer = await readStart(data, ends.signal);
      const retryAfter = headers['retry-after'];
      return {
        ...{ at, status, durationMs: durationMs(), error: errorOf(status), answer },
        retryAfterMs: parseRetryAfter(typeof retryAfter === 'string' ? retryAfter : undefined, at.getTime()),
      };
    } catch (error) {
      const reason = stop?.aborted
        ? typeof stop.reason === 'string'
          ? stop.reason
          : 'The service stopped before the receiver answered.'
        : ends.signal.aborted
          ? `The receiver did not answer within ${timeoutMs / 1000} seconds.`
          : reasonOf(error);
      return { at, status: null, durationMs: durationMs(), error: reason, answer: null };
    } finally {
      clearTimeout(timer);
      stop?.removeEventListener('abort', end);
    }
  };
};

/** The first characters of the body. The status alone decides, so a body that breaks off or never ends is truncated. */
const readStart = (body: Readable, signal: AbortSignal): Promise<string> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const done = (): void => {
      signal.removeEventListener('abort', done);
      body.destroy();
      resolve(Buffer.concat(chunks).toString('utf8').slice(0, STORED_CHARACTERS));
    };
    body.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= MAX_RESPONSE_BYTES) done();
    });
    body.once('end', done).once('close', done).on('error', done);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });

const errorOf = (status: number): string | null => {
  if (status >= 200 && status < 300) return null;
  if (status >= 300 && status < 400) return `The receiver answered ${status}; redirects are not followed.`;
  if (status === 410) return 'The receiver answered 410: it accepts no more messages.';
  return `The receiver answered ${status}.`;
};

/** Only our own texts: a library's message may quote the URL and its credentials. */
const reasonOf = (error: unknown): string => {
  const known = causesOf(error).find((cause) => cause instanceof AppError);
  if (known) return known.publicMessage;
  const codes = codesOf(error);
  const kind = connectionErrorOf(codes);
  if (kind !== null) return connectionErrorMessage(kind, 'the receiver');
  return `The message could not be sent (${codes[0] ?? 'unknown'}).`;
};
