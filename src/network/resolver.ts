import dns, { type LookupAddress } from 'node:dns';
import net from 'node:net';
import { domainOf } from './domain.ts';
import { createExpiringMap } from './expiring-map.ts';
import { createLookupPlaces, type LookupLimits } from './lookup-places.ts';
import { createSystemFile } from './system-file.ts';
import { candidatesOf, parseHosts, parseSearch } from './system-names.ts';

/** Milliseconds for one name, its wait for a place included: as long as a connection may take. */
export const LOOKUP_MS = 10_000;
/** Time of one question, before it is repeated; c-ares comes to shorter ones by what it measured before. */
const QUESTION_MS = 2_000;
const TRIES = 3;
/** The first address is not held up for longer by a name server that does not answer for the other family. */
const OTHER_FAMILY_MS = 250;
const SHORTEST_MS = 5_000;
const LONGEST_MS = 5 * 60_000;
/** For how long it is remembered that a name was not found. */
const FAILED_MS = 5_000;
const REMEMBERED = 10_000;

/** Answers that say there is no such name, or no address of the kind; others say nothing of the name. */
const ABSENT = /^(ENOTFOUND|ENODATA|EBADNAME|EBADQUERY|EFORMERR)$/;

/** What is known of a name: its addresses, or the code of the failure to find them. */
type Known = { readonly addresses: readonly LookupAddress[] } | { readonly code: NameError['code'] };

/** Codes as `dns.lookup` has them: the name does not exist, or nobody can tell at the moment. */
export class NameError extends Error {
  override readonly name = 'NameError';
  readonly code: 'ENOTFOUND' | 'EAI_AGAIN';
  constructor(code: NameError['code'], host: string) {
    super(`${code} ${host}`);
    this.code = code;
  }
}

export interface ResolverOptions extends LookupLimits {
  /** Name servers as `address` or `address:port`; none: those of the system. */
  readonly servers?: readonly string[];
  readonly hostsFile?: string;
  readonly resolvConf?: string;
  readonly timeoutMs?: number;
  /** Milliseconds that only ever grow. */
  readonly now?: () => number;
}

export interface NameResolver {
  /**
   * The addresses of a host, IPv4 before IPv6.
   * @throws NameError
   */
  find(host: string): Promise<readonly LookupAddress[]>;
  /** What needs no question: an IP address, a name of the hosts file, or one that is remembered. */
  known(host: string): readonly LookupAddress[] | undefined;
  /** Takes over what another thread found. */
  remember(host: string, addresses: readonly LookupAddress[]): void;
  /** In place of `dns.lookup`. */
  readonly lookup: typeof dns.lookup;
}

const HOSTS_FILE = process.platform === 'win32' ? 'C:\\Windows\\System32\\drivers\\etc\\hosts' : '/etc/hosts';

const LOOPBACK: readonly LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

/**
 * Finds addresses through c-ares, without the threads that `dns.lookup` would block for as long as a name server is
 * silent: the hosts file first, then DNS with the search list of resolv.conf (docs/decisions/0039-names.md).
 */
export const createResolver = (options: ResolverOptions): NameResolver => {
  const { servers = [], timeoutMs = LOOKUP_MS, now = () => performance.now() } = options;
  const hosts = createSystemFile(options.hostsFile ?? HOSTS_FILE, parseHosts, now);
  // c-ares reads the file itself, once: it is asked anew through one that has read the newest.
  const system = createSystemFile(
    options.resolvConf ?? '/etc/resolv.conf',
    (text) => ({ search: parseSearch(text), asked: askThrough(servers) }),
    now,
  );
  const places = createLookupPlaces(options);
  const cache = createExpiringMap<Known>(REMEMBERED, now);
  const underWay = new Map<string, Promise<Known>>();

  /** @param name in lower case, complete when it ends in a dot */
  const recall = (name: string): Known | undefined => {
    const bare = name.replace(/\.$/, '');
    const family = net.isIP(bare);
    if (family !== 0) return { addresses: [{ address: bare, family }] };
    const listed = hosts().get(bare);
    if (listed !== undefined) return { addresses: listed };
    // RFC 6761, 6.3 and 6.4: neither is a question for a name server.
    if (bare === 'localhost' || bare.endsWith('.localhost')) return { addresses: LOOPBACK };
    if (bare === 'invalid' || bare.endsWith('.invalid')) return { code: 'ENOTFOUND' };
    return cache.get(name);
  };

  const askAll = async (name: string, signal: AbortSignal): Promise<Known> => {
    const { search, asked } = system();
    let failed = false;
    for (const candidate of candidatesOf(name, search)) {
      const answer = await asked(candidate, signal);
      if (answer.addresses.length > 0) {
        const known = { addresses: answer.addresses };
        cache.set(name, known, Math.min(Math.max(answer.seconds * 1000, SHORTEST_MS), LONGEST_MS));
        return known;
      }
      failed ||= answer.failed;
    }
    const known: Known = { code: failed ? 'EAI_AGAIN' : 'ENOTFOUND' };
    if (!signal.aborted) cache.set(name, known, FAILED_MS);
    return known;
  };

  /** A look-up that took all its time is not remembered: whoever asks again must wait again, not fail at once. */
  const ask = async (name: string): Promise<Known> => {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), timeoutMs);
    let giveBack: (() => void) | undefined;
    try {
      giveBack = await places.take(domainOf(name.replace(/\.$/, '')), late.signal);
      return await Promise.race([askAll(name, late.signal), aborted(late.signal)]);
    } catch {
      return { code: 'EAI_AGAIN' };
    } finally {
      clearTimeout(timer);
      late.abort();
      giveBack?.();
    }
  };

  const find = async (host: string): Promise<readonly LookupAddress[]> => {
    const name = host.toLowerCase();
    let known = recall(name);
    if (known === undefined) {
      const asking = underWay.get(name) ?? ask(name).finally(() => underWay.delete(name));
      underWay.set(name, asking);
      known = await asking;
    }
    if ('code' in known) throw new NameError(known.code, host);
    return known.addresses;
  };

  const lookup = (host: string, given: unknown, answer?: unknown): void => {
    const callback = (typeof given === 'function' ? given : answer) as LookupCallback;
    const { family = 0, all = false } = typeof given === 'object' && given !== null ? (given as dns.LookupOptions) : {};
    const wanted = typeof given === 'number' ? given : Number(String(family).replace(/^IPv/, ''));
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
      if (net.isIP(host) === 0) cache.set(host.toLowerCase(), { addresses }, SHORTEST_MS);
    },
    lookup: lookup as unknown as typeof dns.lookup,
  };
};

type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

interface Answer {
  readonly addresses: readonly LookupAddress[];
  /** Shortest time to live. */
  readonly seconds: number;
  /** At least one family could not be asked for. */
  readonly failed: boolean;
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));

/** Both families of a name at once, each asked for again until an answer comes or the signal ends it. */
const askThrough = (servers: readonly string[]) => {
  const resolver = new dns.promises.Resolver({ timeout: QUESTION_MS, tries: TRIES });
  if (servers.length > 0) resolver.setServers([...servers]);

  const family = async (name: string, number: 4 | 6, signal: AbortSignal): Promise<Answer> => {
    while (!signal.aborted) {
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

  return async (name: string, signal: AbortSignal): Promise<Answer> => {
    const both = [family(name, 4, signal), family(name, 6, signal)] as const;
    const first = await Promise.race(both);
    const rest = first.addresses.length === 0 ? Promise.all(both) : soon(Promise.all(both), [first]);
    const answers = await rest;
    const found = answers.filter(({ addresses }) => addresses.length > 0);
    return {
      addresses: found.flatMap(({ addresses }) => addresses),
      seconds: Math.min(...found.map(({ seconds }) => seconds)),
      failed: answers.some(({ failed }) => failed),
    };
  };
};

/** What the promise resolves to, if it does within a moment; else the fallback. */
const soon = async <Value>(promise: Promise<Value>, fallback: Value): Promise<Value> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Value>((resolve) => {
    timer = setTimeout(resolve, OTHER_FAMILY_MS, fallback);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};
