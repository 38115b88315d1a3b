import type { Readable } from 'node:stream';
import axios, { type AxiosResponse } from 'axios';
import { parseHttpUrl } from '../../network/url.ts';

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MAX_REDIRECTS = 5;
/** Idle time without a byte after which the connection is considered dead. */
const IDLE_TIMEOUT_MS = 60_000;

/** Yields the chunks of a body; throws after the idle timeout. */
export async function* withIdleTimeout(body: Readable): AsyncGenerator<Buffer> {
  const timer = setTimeout(() => body.destroy(new Error(`no data for ${IDLE_TIMEOUT_MS / 1000} s`)), IDLE_TIMEOUT_MS);
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      timer.refresh();
      yield chunk;
    }
  } finally {
    clearTimeout(timer);
  }
}

/** An invalid response that a retry does not fix; the message is shown to the user. */
export class AnswerError extends Error {
  override readonly name = 'AnswerError';
}

export interface Opened {
  readonly response: AxiosResponse<Readable>;
  /** After redirects. */
  readonly url: URL;
}

/**
 * HTTP transport. The key is sent to the service's origin only: output URLs may point to a CDN or a bucket, and redirects
 * anywhere, so redirects are followed here, hop by hop, and never by the HTTP library.
 * @param server without a trailing slash
 */
export const createTransport = (server: string, apiKey: string | null, signal: AbortSignal) => {
  const { origin } = new URL(server);
  const keyFor = (url: URL): Record<string, string> =>
    apiKey !== null && url.origin === origin ? { Authorization: `Bearer ${apiKey}` } : {};
  /** A path below `server`, or an absolute URL. */
  const resolved = (target: string): URL => {
    const url = parseHttpUrl(target.startsWith('/') ? `${server}${target}` : target);
    if (url === null) throw new AnswerError(`The service returned an invalid URL: "${target.slice(0, 200)}".`);
    return url;
  };
  const http = axios.create({ validateStatus: () => true, maxRedirects: 0, signal });

  const nextHop = (response: AxiosResponse, from: URL): URL => {
    const location: unknown = response.headers.location;
    const url = typeof location === 'string' ? parseHttpUrl(location, from.href) : null;
    if (url === null || (from.protocol === 'https:' && url.protocol === 'http:')) {
      throw new AnswerError(`${from.host} redirects to an invalid URL, or from https to http.`);
    }
    // A redirect must not inject credentials.
    url.username = '';
    url.password = '';
    return url;
  };

  const requireOrigin = (url: URL): void => {
    if (url.origin === origin) return;
    throw new AnswerError(
      `The service at ${origin} redirects to ${url.origin}. If this is correct, use it as --server.`,
    );
  };

  return {
    origin,

    /**
     * Sends a GET and returns the response as a stream.
     * @param elsewhere whether another origin may respond (it gets no key); otherwise such a redirect is an error
     */
    async open(target: string, elsewhere: 'anywhere' | 'service-only'): Promise<Opened> {
      let url = resolved(target);
      for (let redirects = 0; ; redirects += 1) {
        if (elsewhere === 'service-only') requireOrigin(url);
        const response = await http.get<Readable>(url.href, {
          responseType: 'stream',
          timeout: IDLE_TIMEOUT_MS,
          headers: { ...keyFor(url), 'Accept-Encoding': 'identity' },
        });
        if (!REDIRECTS.has(response.status)) return { response, url };
        response.data.destroy();
        if (redirects >= MAX_REDIRECTS)
          throw new AnswerError(`${url.host} redirects more than ${MAX_REDIRECTS} times.`);
        url = nextHop(response, url);
      }
    },

    /** Posts a form to the service. A redirect is an error, so that the upload is never sent to another server. */
    async post(
      path: string,
      form: Readonly<Record<string, unknown>> | null,
      headers: Readonly<Record<string, string>> = {},
    ): Promise<AxiosResponse<Readable>> {
      const url = resolved(path);
      requireOrigin(url);
      const response = await http.post<Readable>(url.href, form, {
        headers: {
          ...keyFor(url),
          ...headers,
          ...(form === null ? {} : { 'Content-Type': 'multipart/form-data' }),
        },
        maxBodyLength: Number.POSITIVE_INFINITY,
        responseType: 'stream',
      });
      if (!REDIRECTS.has(response.status)) return response;
      response.data.destroy();
      const target = nextHop(response, url);
      throw new AnswerError(
        `The service at ${origin} redirects to ${target.origin}. If this is correct, use it as --server.`,
      );
    },
  };
};

export type Transport = ReturnType<typeof createTransport>;
