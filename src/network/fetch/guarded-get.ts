import type { ClientRequest } from 'node:http';
import type { Readable } from 'node:stream';
import axios, { type AxiosResponse } from 'axios';
import { AppError } from '../../errors.ts';
import { connectedAt, type GuardedAgents } from '../agents.ts';
import { parseUrl } from '../url.ts';
import { USER_AGENT } from '../user-agent.ts';
import { createCookies } from './cookies.ts';
import { type SourceHeaders, sourceHeadersFor } from './source-headers.ts';
import { avoidsKeptConnections, rememberAnswered, wasStale } from './stale-connections.ts';

export interface GuardedGetOptions {
  readonly agents: Pick<GuardedAgents, 'http' | 'https'>;
  /** Aborts the request; the caller also destroys the body it got. */
  readonly signal: AbortSignal;
  readonly maxRedirects: number;
  readonly accept: string;
  /** What answers, for messages: `image server`. */
  readonly peer: string;
  /** Default: {@link USER_AGENT}. */
  readonly userAgent?: string;
  readonly sourceHeaders?: SourceHeaders;
  /** HEAD asks for the headers alone. Default: GET. */
  readonly method?: 'GET' | 'HEAD';
  /** Called before each request, so that the caller can name the host of a failure. */
  readonly onHop?: (url: URL) => void;
}

/** The response at the end of the redirects, with any status that is not a redirect. */
export interface GuardedResponse {
  readonly status: number;
  readonly url: URL;
  readonly body: Readable;
  /** From the first request to the header of its response, in milliseconds; connecting does not count. */
  readonly roundTripMs: number;
  /** @param name in lower case */
  header(name: string): string | undefined;
}

interface Credentials {
  readonly username: string;
  readonly password: string;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Repeats on connections that the server had closed; an agent has a few of them at most. */
const MAX_STALE = 10;

/** What a browser sends, for servers that refuse the caller's `Accept` with 406. */
const BROWSER_ACCEPT = 'image/avif,image/webp,image/*,*/*;q=0.8';

/** Removes `user:pass@` from the URL, so that it is neither logged nor sent to another host on a redirect. */
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

const headerOf = (response: AxiosResponse, name: string): string | undefined => {
  const value: unknown = response.headers[name];
  return typeof value === 'string' ? value : undefined;
};

/** Node reads headers as Latin-1, but servers write UTF-8 into `Location`, which browsers accept. */
const decodedLocation = (text: string): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'latin1'));
  } catch {
    return text;
  }
};

const nextHop = (location: string | undefined, from: URL, peer: string): URL => {
  const url = location === undefined ? null : parseUrl(decodedLocation(location), from.href);
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new AppError(
      'invalid_redirect',
      `The ${peer} ${from.host} redirects to something that is not an http(s) URL.`,
    );
  }
  // The URL may carry a secret, such as a signed query, which must not be sent unencrypted.
  if (from.protocol === 'https:' && url.protocol === 'http:') {
    throw new AppError('invalid_redirect', `The ${peer} ${from.host} redirects from https to http.`);
  }
  // A server must not choose the credentials sent to another one.
  url.username = '';
  url.password = '';
  return url;
};

/**
 * GET over http(s) that follows redirects. Every hop uses the guarded agents. Credentials in the URL go to its origin only,
 * cookies to the host that set them, `sourceHeaders` to the hosts they name.
 * @throws AppError for redirects; an error of axios if a request fails
 */
export const guardedGet = async (target: URL, options: GuardedGetOptions): Promise<GuardedResponse> => {
  const { agents, signal, maxRedirects, peer, userAgent = USER_AGENT, sourceHeaders = {}, onHop } = options;
  let url = new URL(target);
  const credentials = takeCredentials(url);
  const { origin } = url;
  const cookies = createCookies();
  let { accept } = options;

  const requestOnce = (): Promise<AxiosResponse<Readable>> => {
    const sourced = sourceHeadersFor(sourceHeaders, url);
    const cookie = [sourced.cookie, cookies.headerFor(url)].filter((text) => text !== undefined).join('; ');
    const agent = url.protocol === 'https:' ? agents.https : agents.http;
    return axios.request<Readable>({
      method: options.method ?? 'GET',
      url: url.href,
      responseType: 'stream',
      httpAgent: agents.http,
      httpsAgent: agents.https,
      // A proxy from the environment would connect for us and bypass the guard.
      proxy: false,
      maxRedirects: 0,
      validateStatus: () => true,
      signal,
      headers: {
        'User-Agent': userAgent,
        Accept: accept,
        'Accept-Encoding': 'identity',
        ...sourced,
        ...(cookie !== '' && { cookie }),
        ...(avoidsKeptConnections(agent, url.origin) && { Connection: 'close' }),
      },
      ...(credentials && url.origin === origin ? { auth: credentials } : {}),
    });
  };

  let sentAt = 0;
  const request = async (): Promise<AxiosResponse<Readable>> => {
    for (let stale = 0; ; stale += 1) {
      sentAt = performance.now();
      try {
        const response = await requestOnce();
        const { socket } = response.request as ClientRequest;
        rememberAnswered({ socket });
        sentAt = Math.max(sentAt, connectedAt(socket));
        return response;
      } catch (error) {
        const agent = url.protocol === 'https:' ? agents.https : agents.http;
        if (signal.aborted || !wasStale(error, agent, url.origin) || stale >= MAX_STALE) throw error;
      }
    }
  };

  let roundTripMs: number | null = null;
  for (let redirects = 0; ; ) {
    onHop?.(url);
    const response = await request();
    roundTripMs ??= performance.now() - sentAt;
    const body = response.data;
    // Errors surface when the body is read; an earlier one must not crash the process.
    body.on('error', () => {});
    if (response.status === 406 && accept !== BROWSER_ACCEPT) {
      accept = BROWSER_ACCEPT;
      body.destroy();
      continue;
    }
    if (!REDIRECTS.has(response.status)) {
      return { status: response.status, url, body, roundTripMs, header: (name) => headerOf(response, name) };
    }
    body.destroy();
    if (redirects >= maxRedirects) {
      throw new AppError('too_many_redirects', `The URL redirects more than ${maxRedirects} times.`);
    }
    redirects += 1;
    const setCookie: unknown = response.headers['set-cookie'];
    if (Array.isArray(setCookie)) cookies.store(url, setCookie.map(String));
    url = nextHop(headerOf(response, 'location'), url, peer);
  }
};
