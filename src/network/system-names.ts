import type { LookupAddress } from 'node:dns';
import net from 'node:net';

export type Hosts = ReadonlyMap<string, readonly LookupAddress[]>;

const wordsOf = (line: string): string[] =>
  line
    .split('#', 1)[0]
    ?.split(/\s/)
    .filter((word) => word !== '') ?? [];

/** Reads a hosts file (hosts(5)): the addresses of each name in their order, names in lower case. */
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

/** How short names are completed (resolv.conf(5)). */
export interface Search {
  readonly suffixes: readonly string[];
  /** A name with so many dots is asked for as it stands first. */
  readonly dots: number;
}

const MOST_SUFFIXES = 32;
const MOST_DOTS = 15;

/** Reads `search`, `domain` and `options ndots` of a resolv.conf; its name servers are read by c-ares. */
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
    if (given !== undefined && /^\d+$/.test(given)) dots = Math.min(Number(given), MOST_DOTS);
  }
  return { suffixes: suffixes.slice(0, MOST_SUFFIXES), dots };
};

/** The names to ask for, in their order, for one that may be short; one that ends in a dot is complete. */
export const candidatesOf = (name: string, { suffixes, dots }: Search): string[] => {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const completed = suffixes.map((suffix) => `${name}.${suffix}`).filter((each) => each.length <= 253);
  return name.split('.').length - 1 >= dots ? [name, ...completed] : [...completed, name];
};
