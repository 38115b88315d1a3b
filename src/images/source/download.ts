import type { Readable } from 'node:stream';
import axios, { type AxiosResponse } from 'axios';
import { AppError } from '../../errors.ts';
import type { GuardedAgents } from '../../network/agents.ts';
import { parseHttpUrl, parseUrl } from '../../network/url.ts';
import { USER_AGENT } from '../../network/user-agent.ts';
import type { ImageLimits } from '../task.ts';
import { failureOf } from './download-failure.ts';
import { assertImageStatus } from './source-status.ts';

export interface DownloadDeps {
  readonly agents: Pick<GuardedAgents, 'http' | 'https'>;
  readonly limits: Pick<ImageLimits, 'maxImageBytes' | 'maxDownloadSeconds' | 'maxRedirects'>;
  /** Waits until the body may hold so many bytes in all; left out: it always may. */
  readonly grow?: (bytes: number) => Promise<void>;
  /** Milliseconds since the epoch, for a Retry-After that is a date. */
  readonly now: () => number;
}

export interface Download {
  /** After transfer and content decoding. */
  readonly bytes: Buffer;
  /** As the server called it, in lower case without parameters. */
  readonly contentType?: string;
}

interface Credentials {
  readonly username: string;
  readonly password: string;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

const sourceUrl = (text: string): URL => {
  const url = parseHttpUrl(text);
  if (url === null) throw new AppError('invalid_url');
  return url;
};

/** Takes `user:pass@` out of the URL, so that it can neither be logged nor follow a redirect to someone else. */
const takeCredentials = (url: URL): Credentials | null => {
  const { username, password } = url;
  url.username = '';
  url.password = '';
  if (!username && !password) return null;
  try {
    return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  } catch {
    throw new AppError('invalid_url', 'The user name or password in the URL is not encoded correctly.');
  }
};

const header = (response: AxiosResponse, name: string): string | undefined => {
  const value: unknown = response.headers[name];
  return typeof value === 'string' ? value : undefined;
};

const nextHop = (response: AxiosResponse, from: URL): URL => {
  const location = header(response, 'location');
  const url = location === undefined ? null : parseUrl(location, from.href);
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new AppError(
      'invalid_redirect',
      `The image server ${from.host} redirects to something that is not a web address.`,
    );
  }
  // What was asked for in secret, a signed query perhaps, must not go on in the clear.
  if (from.protocol === 'https:' && url.protocol === 'http:') {
    throw new AppError('invalid_redirect', `The image server ${from.host} redirects from https to http.`);
  }
  // A server must not choose the login that is sent to another one.
  url.username = '';
  url.password = '';
  return url;
};

export const tooLarge = (host: string, limit: number): AppError =>
  new AppError('image_too_large', `The image at ${host} has more than ${limit} bytes, the most this server takes.`);

/** What is set aside for a body of unknown length, to begin with. */
const BLOCK_BYTES = 64 * 1024;
/** What every body may hold without asking: small images need no leave. */
const FREE_BYTES = 256 * 1024;

/**
 * Reads the decoded body into one buffer; the sum is checked before a chunk is kept, so a bomb costs one chunk and no
 * more. Chunks are copied: each is a view that holds all that was read from the connection with it, so a server that
 * sends one byte a chunk, padded out, would otherwise fill the memory with what counts as a few bytes.
 * @param expected bytes that the server announced, a hint: where it holds, nothing is copied twice
 * @param grow waits until the body may hold so many bytes; asked as bytes come, at most twice what has come
 */
export const readBody = async (
  body: Readable,
  host: string,
  limit: number,
  expected = 0,
  grow?: (bytes: number) => Promise<void>,
): Promise<Buffer> => {
  let granted = FREE_BYTES;
  // Memory that is not written to yet costs nothing, so a server that lies about the length gains nothing.
  let whole = Buffer.allocUnsafeSlow(expected > 0 && expected <= limit ? expected : Math.min(BLOCK_BYTES, limit));
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    const needed = size + chunk.length;
    if (needed > limit) throw tooLarge(host, limit);
    if (grow !== undefined && needed > granted) {
      granted = Math.min(limit, Math.max(needed, 2 * granted));
      await grow(granted);
    }
    if (needed > whole.length) {
      const larger = Buffer.allocUnsafeSlow(Math.min(limit, Math.max(needed, 2 * whole.length)));
      whole.copy(larger, 0, 0, size);
      whole = larger;
    }
    chunk.copy(whole, size);
    size = needed;
  }
  return whole.subarray(0, size);
};

/**
 * Fetches an image: http(s) only, every hop through the guarded agents, bounded in time, redirects and bytes.
 * The whole download has `maxDownloadSeconds`, waiting for a free connection to the host included, for memory not.
 * @throws AppError with one of the image codes; its message names the host, never credentials or the query
 */
export const download = async (text: string, { agents, limits, grow, now }: DownloadDeps): Promise<Download> => {
  let url = sourceUrl(text);
  const credentials = takeCredentials(url);
  const { origin } = url;
  const deadline = new AbortController();
  let body: Readable | null = null;
  const late = (): void => {
    deadline.abort();
    body?.destroy(new Error('deadline'));
  };
  let ends = performance.now() + limits.maxDownloadSeconds * 1000;
  let timer = setTimeout(late, ends - performance.now());
  // Waiting for room in this server's memory is not the image server's time.
  const patient =
    grow &&
    (async (bytes: number): Promise<void> => {
      clearTimeout(timer);
      const stopped = performance.now();
      await grow(bytes);
      ends += performance.now() - stopped;
      timer = setTimeout(late, ends - performance.now());
    });

  const request = (): Promise<AxiosResponse<Readable>> =>
    axios.get<Readable>(url.href, {
      responseType: 'stream',
      httpAgent: agents.http,
      httpsAgent: agents.https,
      // A proxy from the environment would connect for us, past the guard.
      proxy: false,
      maxRedirects: 0,
      validateStatus: () => true,
      signal: deadline.signal,
      headers: { 'User-Agent': USER_AGENT, Accept: 'image/*', 'Accept-Encoding': 'identity' },
      ...(credentials && url.origin === origin ? { auth: credentials } : {}),
    });

  try {
    for (let redirects = 0; ; redirects += 1) {
      const response = await request();
      body = response.data;
      // Errors reach us through the read; one that comes while nobody reads must not end the process.
      body.on('error', () => {});
      if (REDIRECTS.has(response.status)) {
        if (redirects >= limits.maxRedirects) {
          throw new AppError('too_many_redirects', `The URL redirects more than ${limits.maxRedirects} times.`);
        }
        url = nextHop(response, url);
        body.destroy();
        body = null;
        continue;
      }
      assertImageStatus(response.status, header(response, 'retry-after'), url.host, now());
      const length = Number(header(response, 'content-length') ?? 0);
      if (length > limits.maxImageBytes) throw tooLarge(url.host, limits.maxImageBytes);
      const bytes = await readBody(body, url.host, limits.maxImageBytes, length, patient);
      if (bytes.length === 0) throw new AppError('empty_image', `The image server ${url.host} sent no bytes.`);
      const contentType = header(response, 'content-type')?.split(';', 1)[0]?.trim().toLowerCase();
      return contentType ? { bytes, contentType } : { bytes };
    }
  } catch (error) {
    throw failureOf(error, url.host, {
      timedOut: deadline.signal.aborted,
      seconds: limits.maxDownloadSeconds,
      bodyBegun: body !== null,
    });
  } finally {
    clearTimeout(timer);
    body?.destroy();
  }
};
