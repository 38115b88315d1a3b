import type { Readable } from 'node:stream';
import axios, { type AxiosResponse } from 'axios';
import { parseHttpUrl } from '../network/url.ts';

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MAX_REDIRECTS = 5;
/** Without a byte for so long, whoever is asked is taken for dead. */
const SILENCE_MS = 60_000;

/** The pieces of a body, until it is silent for too long. */
export async function* alive(body: Readable): AsyncGenerator<Buffer> {
  const timer = setTimeout(() => body.destroy(new Error(`nothing came for ${SILENCE_MS / 1000} s`)), SILENCE_MS);
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      timer.refresh();
      yield chunk;
    }
  } finally {
    clearTimeout(timer);
  }
}

/** Something is wrong with what answers, and no repetition helps; its message is for the person at the terminal. */
export class AnswerError extends Error {
  override readonly name = 'AnswerError';
}

export interface Opened {
  readonly response: AxiosResponse<Readable>;
  /** The last of the redirects. */
  readonly url: URL;
}

/**
 * HTTP for this program. The key goes to the origin of the service and to no other: an output URL may name a CDN or a
 * bucket, and a redirect may lead anywhere, so redirects are followed here, hop by hop, and never by the HTTP library.
 * @param server without a slash at its end
 */
export const createTransport = (server: string, apiKey: string | null, signal: AbortSignal) => {
  const { origin } = new URL(server);
  const keyFor = (url: URL): Record<string, string> =>
    apiKey !== null && url.origin === origin ? { Authorization: `Bearer ${apiKey}` } : {};
  /** A path of the service, below `server`; or a whole address. */
  const resolved = (target: string): URL => {
    const url = parseHttpUrl(target.startsWith('/') ? `${server}${target}` : target);
    if (url === null)
      throw new AnswerError(`The service names "${target.slice(0, 200)}", which is no http(s) address.`);
    return url;
  };
  const http = axios.create({ validateStatus: () => true, maxRedirects: 0, signal });

  const nextHop = (response: AxiosResponse, from: URL): URL => {
    const location: unknown = response.headers.location;
    const url = typeof location === 'string' ? parseHttpUrl(location, from.href) : null;
    if (url === null || (from.protocol === 'https:' && url.protocol === 'http:')) {
      throw new AnswerError(
        `${from.host} redirects to something that is no https or http address, or from https to http.`,
      );
    }
    // Whoever redirects must not choose a login either.
    url.username = '';
    url.password = '';
    return url;
  };

  const requireOrigin = (url: URL): void => {
    if (url.origin === origin) return;
    throw new AnswerError(`The service at ${origin} redirects to ${url.origin}. If that is right, use it as --server.`);
  };

  return {
    origin,

    /**
     * Opens an answer for reading.
     * @param elsewhere whether another origin may give the answer, without the key; else a redirect there is an error
     */
    async open(target: string, elsewhere: 'anywhere' | 'service-only'): Promise<Opened> {
      let url = resolved(target);
      for (let redirects = 0; ; redirects += 1) {
        if (elsewhere === 'service-only') requireOrigin(url);
        const response = await http.get<Readable>(url.href, {
          responseType: 'stream',
          timeout: SILENCE_MS,
          headers: { ...keyFor(url), 'Accept-Encoding': 'identity' },
        });
        if (!REDIRECTS.has(response.status)) return { response, url };
        response.data.destroy();
        if (redirects >= MAX_REDIRECTS)
          throw new AnswerError(`${url.host} redirects more than ${MAX_REDIRECTS} times.`);
        url = nextHop(response, url);
      }
    },

    /** Sends a form to the service. A redirect is an error: what was sent once is not sent to someone else. */
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
        `The service at ${origin} redirects to ${target.origin}. If that is right, use it as --server.`,
      );
    },
  };
};

export type Transport = ReturnType<typeof createTransport>;
