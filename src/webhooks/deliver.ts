import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import type { Readable } from 'node:stream';
import axios from 'axios';
import { AppError } from '../errors.ts';
import { parseRetryAfter } from '../network/retry-after.ts';
import { USER_AGENT } from '../network/user-agent.ts';
import type { Attempt } from './model.ts';
import type { ClaimedDelivery } from './outbox.ts';
import { messageHeaders } from './sign.ts';

/** Connections go through these alone: they decide which addresses may be reached. */
export interface DeliverAgents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

export interface DeliverOptions {
  /** From the look-up of the name to the end of the answer, in milliseconds. */
  readonly timeoutMs?: number;
  /** The same for the first attempt of a delivery: whether a receiver answers at all is not known then. */
  readonly firstTimeoutMs?: number;
}

export type Delivered = Attempt & { readonly retryAfterMs?: number | undefined };

/**
 * Sends one delivery once. Never rejects: whatever goes wrong is the attempt's `error`.
 * @param at the moment of the attempt by the database's clock
 * @param stop ends the attempt early; a text as its reason becomes the attempt's error
 */
export type Deliver = (
  delivery: Pick<ClaimedDelivery, '_id' | 'url' | 'secret' | 'payload'> & Partial<Pick<ClaimedDelivery, 'tries'>>,
  at: Date,
  stop?: AbortSignal,
) => Promise<Delivered>;

const TIMEOUT_MS = 20_000;
const FIRST_TIMEOUT_MS = 5_000;
/** Bytes of an answer that are read before the connection is cut. */
const MAX_ANSWER_BYTES = 64 * 1024;
/** Characters of an answer that are kept. */
const KEPT_ANSWER = 500;

export const createDeliver = (agents: DeliverAgents, options: DeliverOptions = {}): Deliver => {
  const { timeoutMs: laterMs = TIMEOUT_MS } = options;
  const { firstTimeoutMs = Math.min(laterMs, FIRST_TIMEOUT_MS) } = options;

  const post = async ({ _id, url, secret, payload }: Parameters<Deliver>[0], at: Date, signal: AbortSignal) => {
    // axios also reads data: and file: by itself, past the agents.
    if (!/^https?:/i.test(url)) throw new AppError('invalid_url');
    return axios.post<Readable>(url, Buffer.from(payload), {
      headers: {
        ...messageHeaders({ id: _id, payload, secret }, at),
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
        ...{ at, status, durationMs: durationMs(), error: faultOf(status), answer },
        retryAfterMs: parseRetryAfter(typeof retryAfter === 'string' ? retryAfter : undefined, at.getTime()),
      };
    } catch (error) {
      const reason = stop?.aborted
        ? typeof stop.reason === 'string'
          ? stop.reason
          : 'The service stopped before the receiver had answered.'
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

/** The first characters of the body. The status has already decided, so a body that breaks or never ends is just cut. */
const readStart = (body: Readable, signal: AbortSignal): Promise<string> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const done = (): void => {
      signal.removeEventListener('abort', done);
      body.destroy();
      resolve(Buffer.concat(chunks).toString('utf8').slice(0, KEPT_ANSWER));
    };
    body.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= MAX_ANSWER_BYTES) done();
    });
    body.once('end', done).once('close', done).on('error', done);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });

const faultOf = (status: number): string | null => {
  if (status >= 200 && status < 300) return null;
  if (status >= 300 && status < 400) return `The receiver answered ${status}; redirects are not followed.`;
  if (status === 410) return 'The receiver answered 410: it wants no more messages.';
  return `The receiver answered ${status}.`;
};

const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'The host name of the webhook URL does not exist.',
  EAI_AGAIN: 'The host name of the webhook URL could not be looked up.',
  ECONNREFUSED: 'The receiver refused the connection.',
  ECONNRESET: 'The receiver closed the connection before it had answered.',
  EPIPE: 'The receiver closed the connection before it had answered.',
  EPROTO: 'The receiver does not speak TLS as it should.',
  ETIMEDOUT: 'The connection to the receiver could not be made in time.',
};

/** Sentences of our own only: a library's message may quote the URL, and with it credentials. */
const reasonOf = (error: unknown): string => {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof AppError) return cause.publicMessage;
  }
  const code = String((error as { code?: unknown } | null)?.code ?? 'unknown');
  if (/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code)) return 'The certificate of the receiver is not valid.';
  return REASONS[code] ?? `The message could not be sent (${code}).`;
};
