import dns, { type LookupAddress } from 'node:dns';
import net from 'node:net';
import { LRUCache } from 'lru-cache';
import { settlesWithin, withDeadline } from '../timing/deadline.ts';
import { domainOf } from './domain.ts';
import { createLookupLimiter, type LookupLimits } from './lookup-limiter.ts';
import { createSystemFile } from './system-file.ts';
import { candidatesOf, parseHosts, parseSearch } from './system-names.ts';

/** Time limit for one name, including waiting for a permit; the same as for a connection. */
export const LOOKUP_MS = 10_000;
/** Time-out of one query before it is retried; c-ares shortens it based on earlier measurements. */
const QUESTION_MS = 2_000;
const TRIES = 3;
/** Maximum wait for the other address family once the first has answered. */
const OTHER_FAMILY_MS = 250;
const MIN_TTL_MS = 5_000;
const MAX_TTL_MS = 5 * 60_000;
/** How long a failed lookup is cached. */
const NEGATIVE_TTL_MS = 5_000;
const MAX_CACHED_NAMES = 10_000;

/** Codes that mean the name or the record type does not exist; others say nothing about the name. */
const ABSENT = /^(ENOTFOUND|ENODATA|EBADNAME|EBADQUERY|EFORMERR)$/;

/** The result for a name: its addresses, or the error code. */
type Known = { readonly addresses: readonly LookupAddress[] } | { readonly code: NameError['code'] };

/** Codes as in `dns.lookup`: the name does not exist, or no name server answered. */
export class NameError extends Error {
  override readonly name = 'NameError';
  readonly code: 'ENOTFOUND' | 'EAI_AGAIN';
  constructor(code: NameError['code'], host: string) {
    super(`${code} ${host}`);
    this.code = code;
  }
}

export interface ResolverOptions extends LookupLimits {
  /** Name servers as `address` or `address:port`; by default those of the system. */
  readonly servers?: readonly string[];
  readonly hostsFile?: string;
  readonly resolvConf?: string;
  readonly timeoutMs?: number;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

export interface NameResolver {
  /**
   * Resolves a host; IPv4 addresses come before IPv6.
   * @throws NameError
   */
  find(host: string): Promise<readonly LookupAddress[]>;
  /** Resolves without a query: an IP address, a name in the hosts file, or a cached name. */
  known(host: string): readonly LookupAddress[] | undefined;
  /** Caches addresses resolved by another thread. */
  remember(host: string, addresses: readonly LookupAddress[]): void;
  /** Replacement for `dns.lookup`. */
  readonly lookup: typeof dns.lookup;
  /** Ends the lookups in flight, as failed; those that come later fail too. */
  close(): void;
}

const HOSTS_FILE = process.platform === 'win32' ? 'C:\\Windows\\System32\\drivers\\etc\\hosts' : '/etc/hosts';

const LOOPBACK: readonly LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

/**
 * Resolves names with c-ares instead of `dns.lookup`, which blocks a thread while a name server is silent: the hosts file
 * first, then DNS with the search list of resolv.conf (docs/decisions/0039-names.md).
 */
export const createResolver = (options: ResolverOptions): NameResolver => {
  const { servers = [], timeoutMs = LOOKUP_MS, now = () => performance.now() } = options;
  const hosts = createSystemFile(options.hostsFile ?? HOSTS_FILE, parseHosts, now);
  let closed = false;
  // c-ares reads resolv.conf only once, so a changed file needs a new resolver.
  const system = createSystemFile(
    options.resolvConf ?? '/etc/resolv.conf',
    (text) => ({ search: parseSearch(text), ...createQuery(servers, () => closed) }),
    now,
  );
  const limiter = createLookupLimiter(options);
  const cache = new LRUCache<string, Known>({ max: MAX_CACHED_NAMES, ttlResolution: 0, perf: { now } });
  const inFlight = new Map<string, Promise<Known>>();

  /** @param name in lower case, absolute if it ends in a dot */
  const recall = (name: string): Known | undefined => {
    const bare = name.replace(/\.$/, '');
    const family = net.isIP(bare);
    if (family !== 0) return { addresses: [{ address: bare, family }] };
    const listed = hosts().get(bare);
    if (listed !== undefined) return { addresses: listed };
    // RFC 6761, 6.3 and 6.4: neither is sent to a name server.
    if (bare === 'localhost' || bare.endsWith('.localhost')) return { addresses: LOOPBACK };
    if (bare === 'invalid' || bare.endsWith('.invalid')) return { code: 'ENOTFOUND' };
    return cache.get(name);
  };

  const resolveAll = async (name: string, signal: AbortSignal): Promise<Known> => {
    const { search, query } = system();
    let failed = false;
    for (const candidate of candidatesOf(name, search)) {
      const answer = await query(candidate, signal);
      if (answer.addresses.length > 0) {
        const known = { addresses: answer.addresses };
        cache.set(name, known, { ttl: Math.min(Math.max(answer.seconds * 1000, MIN_TTL_MS), MAX_TTL_MS) });
        return known;
      }
      failed ||= answer.failed;
    }
    const known: Known = { code: failed ? 'EAI_AGAIN' : 'ENOTFOUND' };
    if (!signal.aborted) cache.set(name, known, { ttl: NEGATIVE_TTL_MS });
    return known;
  };

  /** A lookup that timed out is not cached, so that the next one waits again instead of failing at once. */
  const resolve = async (name: string): Promise<Known> => {
    let release = (): void => {};
    try {
      return await withDeadline(timeoutMs, async (signal) => {
        release = await limiter.acquire(domainOf(name.replace(/\.$/, '')), signal);
        return resolveAll(name, signal);
      });
    } catch {
      return { code: 'EAI_AGAIN' };
    } finally {
      release();
    }
  };

  const find = async (host: string): Promise<readonly LookupAddress[]> => {
    const name = host.toLowerCase();
    let known = recall(name);
    if (known === undefined) {
      const lookup = inFlight.get(name) ?? resolve(name).finally(() => inFlight.delete(name));
      inFlight.set(name, lookup);
      known = await lookup;
    }
    if ('code' in known) throw new NameError(known.code, host);
    return known.addresses;
  };

  const lookup = (host: string, optionsOrCallback: unknown, maybeCallback?: unknown): void => {
    const callback = (typeof optionsOrCallback === 'function' ? optionsOrCallback : maybeCallback) as LookupCallback;
    const options = typeof optionsOrCallback === 'object' ? (optionsOrCallback as dns.LookupOptions | null) : null;
    const { family = 0, all = false } = options ?? {};
    const wanted =
      typeof optionsOrCallback === 'number' ? optionsOrCallback : Number(String(family).replace(/^IPv/, ''));
    find(host)
      .then((addresses) => {
        const found = addresses.filter((each) => wanted === 0 || each.family === wanted);
        if (found.length === 0) throw new NameError('ENOTFOUND', host);
        return found;
      })
      .then(
        (found) => (all ? callback(null, found) : callback(null, found[0]?.address ?? '', found[0]?.family)),
        (error: Error) => callback(error, []),
      );
  };

  return {
    find,
    known: (host) => {
      const known = recall(host.toLowerCase());
      return known !== undefined && 'addresses' in known ? known.addresses : undefined;
    },
    remember: (host, addresses) => {
      if (net.isIP(host) === 0) cache.set(host.toLowerCase(), { addresses }, { ttl: MIN_TTL_MS });
    },
    lookup: lookup as unknown as typeof dns.lookup,
    close: () => {
      closed = true;
      system().cancel();
    },
  };
};

type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

interface Answer {
  readonly addresses: readonly LookupAddress[];
  /** The lowest TTL. */
  readonly seconds: number;
  /** The query failed for at least one address family. */
  readonly failed: boolean;
}

/**
 * Queries both address families in parallel, each retried until the name is answered or the signal aborts.
 * @param isClosed from then on nothing is asked, and every answer is a failed one
 */
const createQuery = (servers: readonly string[], isClosed: () => boolean) => {
  const resolver = new dns.promises.Resolver({ timeout: QUESTION_MS, tries: TRIES });
  if (servers.length > 0) resolver.setServers([...servers]);

  const family = async (name: string, number: 4 | 6, ended: () => boolean): Promise<Answer> => {
    while (!ended()) {
      try {
        const records = await (number === 4
          ? resolver.resolve4(name, { ttl: true })
          : resolver.resolve6(name, { ttl: true }));
        return {
          addresses: records.map(({ address }) => ({ address, family: number })),
          seconds: Math.min(...records.map(({ ttl }) => ttl)),
          failed: false,
        };
      } catch (error) {
        const code = String((error as { code?: unknown }).code);
        if (code !== 'ETIMEOUT') return { addresses: [], seconds: 0, failed: !ABSENT.test(code) };
      }
    }
    return { addresses: [], seconds: 0, failed: true };
  };

  const query = async (name: string, signal: AbortSignal): Promise<Answer> => {
    let answered = false;
    const ended = (): boolean => answered || signal.aborted || isClosed();
    const both = [family(name, 4, ended), family(name, 6, ended)] as const;
    const first = await Promise.race(both);
    const maxWaitMs = first.addresses.length === 0 ? Number.POSITIVE_INFINITY : OTHER_FAMILY_MS;
    const answers = (await settlesWithin(Promise.all(both), maxWaitMs)) ? await Promise.all(both) : [first];
    answered = true;
    const found = answers.filter(({ addresses }) => addresses.length > 0);
    return {
      addresses: found.flatMap(({ addresses }) => addresses),
      seconds: Math.min(...found.map(({ seconds }) => seconds)),
      failed: answers.some(({ failed }) => failed),
    };
  };
  return { query, cancel: () => resolver.cancel() };
};
