import { finished, type Readable } from 'node:stream';
import { AppError } from '../../errors.ts';
import type { GuardedAgents } from '../../network/agents.ts';
import { guardedGet } from '../../network/fetch/guarded-get.ts';
import type { SourceHeaders } from '../../network/fetch/source-headers.ts';
import { withoutRequest } from '../../network/fetch/without-request.ts';
import { parseHttpUrl } from '../../network/url.ts';
import type { ImageLimits } from '../task.ts';
import { failureOf } from './download-failure.ts';
import { assertImageStatus } from './source-status.ts';

export interface DownloadDeps {
  readonly agents: Pick<GuardedAgents, 'http' | 'https'>;
  readonly limits: Pick<ImageLimits, 'maxImageBytes' | 'maxDownloadSeconds' | 'maxRedirects'>;
  /** Waits until the body may use this many bytes in total; unlimited if absent. */
  readonly grow?: (bytes: number) => Promise<void>;
  /** What every body may use without asking; default: {@link FREE_BYTES}. */
  readonly freeBytes?: number;
  /** Aborted when the source is no longer wanted. */
  readonly signal?: AbortSignal;
  /** Milliseconds since the epoch, for a Retry-After with a date. */
  readonly now: () => number;
  /** Default: the name and version of the service. */
  readonly userAgent?: string;
  /** Headers for named hosts. */
  readonly sourceHeaders?: SourceHeaders;
}

export interface Download {
  /** After transfer and content decoding. */
  readonly bytes: Buffer;
  /** The server's Content-Type, in lower case without parameters. */
  readonly contentType?: string;
  /** From the first request to the header of its response, without connecting, in milliseconds. */
  readonly roundTripMs?: number;
}

/**
 * PNG and JPEG by name, as some servers answer 406 without them; AVIF and WebP not, as CDNs would send a lossy conversion
 * in place of the original. guardedGet answers a 406 with a browser's header.
 */
const ACCEPT = 'image/png,image/jpeg,image/*;q=0.9,*/*;q=0.8';

const sourceUrl = (text: string): URL => {
  const url = parseHttpUrl(text);
  if (url === null) throw new AppError('invalid_url');
  return url;
};

export const tooLarge = (host: string, limit: number): AppError =>
  new AppError('image_too_large', `The image at ${host} is larger than ${limit} bytes, the limit of this server.`);

/** Initial buffer for a body of unknown length. */
const BLOCK_BYTES = 64 * 1024;
/** Granted to every body without asking, so small images never wait. */
const FREE_BYTES = 256 * 1024;
/** A body of known length asks for so many times what it was granted: most ask once. */
const MOST_AHEAD = 4;

/**
 * Reads the decoded body into one buffer. The size is checked before a chunk is kept, so a decompression bomb costs at
 * most one chunk. Chunks are copied: each is a view of everything read from the socket with it, so a server that sends
 * one-byte chunks with padding could otherwise fill the memory with a few counted bytes.
 * @param expected the announced length, used as a hint to avoid copying twice
 * @param grow waits until the body may use this many bytes; called as bytes arrive, for at most four times what has been granted
 */
export const readBody = async (
  body: Readable,
  host: string,
  limit: number,
  expected = 0,
  grow?: (bytes: number) => Promise<void>,
  free = FREE_BYTES,
): Promise<Buffer> => {
  let granted = free;
  // Memory that has not been written to is not resident, so a false length costs nothing.
  let whole = Buffer.allocUnsafeSlow(expected > 0 && expected <= limit ? expected : Math.min(BLOCK_BYTES, limit));
  let size = 0;

  const keep = (chunk: Buffer): void => {
    const needed = size + chunk.length;
    if (needed > whole.length) {
      const larger = Buffer.allocUnsafeSlow(Math.min(limit, Math.max(needed, 2 * whole.length)));
      whole.copy(larger, 0, 0, size);
      whole = larger;
    }
    chunk.copy(whole, size);
    size = needed;
  };

  const receive = (chunk: Buffer): void => {
    const needed = size + chunk.length;
    if (needed > limit) {
      body.destroy(tooLarge(host, limit));
    } else if (grow === undefined || needed <= granted) {
      keep(chunk);
    } else {
      body.pause();
      granted = Math.min(limit, Math.max(needed, 2 * granted, Math.min(expected, MOST_AHEAD * granted)));
      grow(granted).then(
        () => {
          keep(chunk);
          body.resume();
        },
        (error: Error) => body.destroy(error),
      );
    }
  };

  // By events, as an iterator would cost several promises for each chunk.
  await new Promise<void>((resolve, reject) => {
    finished(body, { writable: false }, (error) => (error ? reject(error) : resolve()));
    body.on('data', receive);
  });
  return whole.subarray(0, size);
};

/**
 * Downloads an image over http(s). Every hop uses the guarded agents; time, redirects and bytes are bounded.
 * `maxDownloadSeconds` includes waiting for a free connection to the host, but not waiting for memory.
 * @throws AppError with an image code; its message contains the host, never credentials or the query
 */
export const download = async (text: string, deps: DownloadDeps): Promise<Download> => {
  const { agents, limits, grow, signal, now, userAgent, sourceHeaders } = deps;
  let url = sourceUrl(text);
  const deadline = new AbortController();
  let body: Readable | null = null;
  const expire = (): void => {
    deadline.abort();
    body?.destroy(new Error('deadline'));
  };
  signal?.addEventListener('abort', expire, { once: true });
  let endsAt = performance.now() + limits.maxDownloadSeconds * 1000;
  let timer = setTimeout(expire, endsAt - performance.now());
  // Waiting for memory on this server does not count against the image server.
  const growOffClock =
    grow &&
    (async (bytes: number): Promise<void> => {
      clearTimeout(timer);
      const pausedAt = performance.now();
      await grow(bytes);
      endsAt += performance.now() - pausedAt;
      timer = setTimeout(expire, endsAt - performance.now());
    });

  try {
    const response = await guardedGet(url, {
      ...{ agents, signal: deadline.signal, maxRedirects: limits.maxRedirects, accept: ACCEPT, peer: 'image server' },
      ...(userAgent !== undefined && { userAgent }),
      ...(sourceHeaders && { sourceHeaders }),
      onHop: (hop) => {
        url = hop;
      },
    });
    body = response.body;
    const { header } = response;
    assertImageStatus(response.status, header('retry-after'), url.host, now());
    const length = Number(header('content-length') ?? 0);
    if (length > limits.maxImageBytes) throw tooLarge(url.host, limits.maxImageBytes);
    const bytes = await readBody(body, url.host, limits.maxImageBytes, length, growOffClock, deps.freeBytes);
    if (bytes.length === 0) throw new AppError('empty_image', `The image server ${url.host} sent no bytes.`);
    const contentType = header('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
    return { bytes, roundTripMs: response.roundTripMs, ...(contentType && { contentType }) };
  } catch (error) {
    withoutRequest(error);
    throw failureOf(error, url.host, {
      timedOut: deadline.signal.aborted,
      seconds: limits.maxDownloadSeconds,
      bodyStarted: body !== null,
    });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', expire);
    body?.destroy();
  }
};
