import type { LookupAddress } from 'node:dns';
import { LRUCache } from 'lru-cache';
import type { AppError, ImageErrorCode } from '../errors.ts';
import { failureOf } from '../images/source/download-failure.ts';
import type { ImageResult } from '../images/task.ts';
import { domainOf } from '../network/domain.ts';
import type { NameResolver } from '../network/resolver.ts';
import { parseHttpUrl } from '../network/url.ts';
import { addTo } from '../tally.ts';

/** Look-ups of one registered domain for which images are held at the same time. */
const PER_DOMAIN = 4;
/** A look-up that takes longer gives its place among the quick ones to another. */
const SLOW_MS = 500;
/** Images whose look-up has just begun; fewer while as many as may be wait for slow ones already. */
const MOST_QUICK = 32;
const MOST_QUICK_BESIDE_SLOW = 16;
/** Images held in all for slow look-ups. Each costs a lease and nothing else. */
const MOST_SLOW = 128;
/** For how long a domain is left alone whose image found no place. */
const PAUSE_MS = 5_000;
/** For how long a name that was found counts as one that is found, though its addresses must be asked for anew. */
const PROVEN_MS = 10 * 60_000;
const REMEMBERED = 10_000;

/** The host of a URL with the addresses that were found for it. */
export interface FoundHost {
  readonly name: string;
  readonly addresses: readonly LookupAddress[];
}

export type LookedUp =
  /** Without a host there was nothing to look up. */
  | { readonly kind: 'found'; readonly host?: FoundHost }
  | { readonly kind: 'failed'; readonly result: Extract<ImageResult, { ok: false }> }
  /** There are too many slow look-ups: the image should be given back. */
  | { readonly kind: 'crowded' };

export interface HostNames {
  /** Where images wait together whose host is not known to be found: a registered domain. Null: they need not wait. */
  groupOf(url: string): string | null;
  /** Whether the URL's host is one of the group, whatever has been found since. */
  isOf(group: string, url: string): boolean;
  /** How many more images of the group may be claimed now. */
  available(group: string): number;
  /** Looks up the host of a URL that was claimed. Never rejects. */
  find(url: string): Promise<LookedUp>;
  /** Ends every wait: those images should be given back. */
  close(): void;
}

/** For what is never looked up. */
export const NO_HOST_NAMES: HostNames = {
  groupOf: () => null,
  isOf: () => false,
  available: () => Number.POSITIVE_INFINITY,
  find: async () => ({ kind: 'found' }),
  close: () => {},
};

const PREFIX = 'name:';

export const isHostGroup = (key: string): boolean => key.startsWith(PREFIX);

/**
 * Looks up the hosts of images before they take a place anywhere, so that names which are not found hold up nothing but
 * themselves: an image that waits for its name needs no connection and no thread. Each registered domain has a few at a
 * time. Look-ups that take long are put aside, up to a number, so that those of other names go on meanwhile.
 * @param isFetched false for URLs that are read from this service itself
 * @param now milliseconds that only ever grow
 */
export const createHostNames = (
  resolver: Pick<NameResolver, 'find' | 'known'>,
  isFetched: (url: string) => boolean,
  now: () => number,
): HostNames => {
  const lookingUp = new Map<string, number>();
  const cacheOptions = { max: REMEMBERED, ttlResolution: 0, perf: { now } };
  const proven = new LRUCache<string, true>(cacheOptions);
  const paused = new LRUCache<string, true>(cacheOptions);
  let quick = 0;
  let slow = 0;
  let endWaits = (): void => {};
  const ended = new Promise<'ended'>((resolve) => {
    endWaits = () => resolve('ended');
  });

  const mostQuick = (): number => (slow >= MOST_SLOW ? MOST_QUICK_BESIDE_SLOW : MOST_QUICK);

  const wait = async (found: Promise<LookedUp>): Promise<LookedUp | 'ended'> => {
    quick += 1;
    const first = await Promise.race([found, ended, after(SLOW_MS)]);
    quick -= 1;
    if (first !== 'late') return first;
    if (slow >= MOST_SLOW) return { kind: 'crowded' };
    slow += 1;
    const last = await Promise.race([found, ended]);
    slow -= 1;
    return last;
  };

  return {
    groupOf(url) {
      const host = hostOf(url);
      if (host === null || proven.get(host) || resolver.known(host) !== undefined || !isFetched(url)) return null;
      return PREFIX + domainOf(host);
    },

    isOf(group, url) {
      const host = isHostGroup(group) ? hostOf(url) : null;
      return host !== null && PREFIX + domainOf(host) === group;
    },

    available(group) {
      if (paused.get(group) || quick >= mostQuick()) return 0;
      return Math.max(0, PER_DOMAIN - (lookingUp.get(group) ?? 0));
    },

    async find(url) {
      const host = hostOf(url);
      if (host === null || !isFetched(url)) return { kind: 'found' };
      const addresses = resolver.known(host);
      if (addresses !== undefined) return { kind: 'found', host: { name: host, addresses } };
      const group = PREFIX + domainOf(host);
      addTo(lookingUp, group, 1);
      const found = resolver.find(host).then(
        (addresses): LookedUp => ({ kind: 'found', host: { name: host, addresses } }),
        (error: unknown): LookedUp => ({ kind: 'failed', result: resultOf(error, url) }),
      );
      // Claims are asked for room before many of them wait at once, so a few more than there are places may come.
      const outcome = quick >= 2 * MOST_QUICK ? 'ended' : await wait(found);
      addTo(lookingUp, group, -1);
      if (outcome !== 'ended' && outcome.kind === 'found') proven.set(host, true, { ttl: PROVEN_MS });
      else proven.delete(host);
      if (outcome !== 'ended' && outcome.kind !== 'crowded') return outcome;
      paused.set(group, true, { ttl: PAUSE_MS });
      return { kind: 'crowded' };
    },

    close: () => endWaits(),
  };
};

/** The host in lower case; null for what is fetched by no name, and for an IP address too. */
const hostOf = (url: string): string | null => {
  const host = parseHttpUrl(url)?.hostname ?? '';
  // The parser writes every spelling of an IPv4 address as four numbers.
  return host === '' || host.startsWith('[') || /^[\d.]+$/.test(host) ? null : host;
};

const resultOf = (error: unknown, url: string): Extract<ImageResult, { ok: false }> => {
  const host = parseHttpUrl(url)?.host ?? '';
  const failure: AppError = failureOf(error, host, { timedOut: false, seconds: 0, bodyStarted: false });
  return { ok: false, code: failure.code as ImageErrorCode, message: failure.publicMessage, retryable: true };
};

const after = (ms: number): Promise<'late'> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms, 'late').unref();
  });
