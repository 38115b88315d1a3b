import type { LookupAddress } from 'node:dns';
import net from 'node:net';

export type Hosts = ReadonlyMap<string, readonly LookupAddress[]>;

const wordsOf = (line: string): string[] =>
  line
    .split('#', 1)[0]
    ?.split(/\s/)
    .filter((word) => word !== '') ?? [];

/** Parses a hosts file (hosts(5)): the addresses of each name in order, names in lower case. */
export const parseHosts = (text: string): Hosts => {
  const hosts = new Map<string, LookupAddress[]>();
  for (const line of text.split('\n')) {
    const [written = '', ...names] = wordsOf(line);
    const address = written.split('%', 1)[0] ?? '';
    const family = net.isIP(address);
    if (family === 0) continue;
    for (const each of names) {
      const name = each.toLowerCase();
      const known = hosts.get(name) ?? [];
      if (!known.some((other) => other.address === address)) known.push({ address, family });
      hosts.set(name, known);
    }
  }
  return hosts;
};

/** The search list for short names (resolv.conf(5)). */
export interface Search {
  readonly suffixes: readonly string[];
  /** A name with at least this many dots is first queried unchanged (`ndots`). */
  readonly dots: number;
}

const MAX_SUFFIXES = 32;
const MAX_DOTS = 15;

/** Parses `search`, `domain` and `options ndots` of a resolv.conf; c-ares reads the name servers. */
export const parseSearch = (text: string): Search => {
  let suffixes: readonly string[] = [];
  let dots = 1;
  for (const line of text.split('\n')) {
    const [keyword, ...words] = wordsOf(line.split(';', 1)[0] ?? '');
    if (keyword === 'search' || keyword === 'domain') {
      suffixes = words.map((word) => word.replace(/\.$/, '').toLowerCase()).filter((word) => word !== '');
    }
    if (keyword !== 'options') continue;
    const given = words.find((word) => word.startsWith('ndots:'))?.slice('ndots:'.length);
    if (given !== undefined && /^\d+$/.test(given)) dots = Math.min(Number(given), MAX_DOTS);
  }
  return { suffixes: suffixes.slice(0, MAX_SUFFIXES), dots };
};

/** The names to query in order for a possibly short name; a name that ends in a dot is absolute. */
export const candidatesOf = (name: string, { suffixes, dots }: Search): string[] => {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const qualified = suffixes.map((suffix) => `${name}.${suffix}`).filter((each) => each.length <= 253);
  return name.split('.').length - 1 >= dots ? [name, ...qualified] : [...qualified, name];
};
