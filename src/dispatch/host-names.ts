import type { LookupAddress } from 'node:dns';
import { LRUCache } from 'lru-cache';
import type { AppError, ImageErrorCode } from '../errors.ts';
import { failureOf } from '../images/source/download-failure.ts';
import type { ImageResult } from '../images/task.ts';
import { domainOf } from '../network/domain.ts';
import type { NameResolver } from '../network/resolver.ts';
import { parseHttpUrl } from '../network/url.ts';
import { addTo } from '../tally.ts';
import { settlesWithin } from '../timing/deadline.ts';

/** Concurrent lookups per registered domain. */
const PER_DOMAIN = 4;
/** A lookup that takes longer stops counting as a quick one. */
const SLOW_MS = 500;
/** Quick lookups at the same time; fewer while the number of slow ones is at its limit. */
const MAX_QUICK = 32;
const MAX_QUICK_AT_SLOW_LIMIT = 16;
/** Slow lookups at the same time. An image that waits for one costs a lease and nothing else. */
const MAX_SLOW = 128;
/** Pause of a domain after the limits had no room for one of its images. */
const PAUSE_MS = 5_000;
/** For how long a resolved name counts as one that resolves, though its addresses must be looked up again. */
const PROVEN_MS = 10 * 60_000;
const REMEMBERED = 10_000;

/** The host of a URL with its addresses. */
export interface FoundHost {
  readonly name: string;
  readonly addresses: readonly LookupAddress[];
}

export type LookedUp =
  /** Without a host there was nothing to look up. */
  | { readonly kind: 'found'; readonly host?: FoundHost }
  | { readonly kind: 'failed'; readonly result: Extract<ImageResult, { ok: false }> }
  /** There are too many slow lookups: the image should be requeued. */
  | { readonly kind: 'crowded' };

export interface HostNames {
  /** The group in which images wait whose host is not known to resolve: its registered domain. Null: they need not wait. */
  groupOf(url: string): string | null;
  /** Whether the URL's host belongs to the group, also if it has been resolved since. */
  isOf(group: string, url: string): boolean;
  /** How many more images of the group may be claimed now. */
  available(group: string): number;
  /** Resolves the host of a claimed image. Never rejects. */
  find(url: string): Promise<LookedUp>;
  /** Ends every wait: those images should be requeued. */
  close(): void;
}

/** Without any lookups. */
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
 * Resolves the hosts of images before these take a permit or a thread, so that names that do not resolve delay only their
 * own images. Each registered domain has a few lookups at a time. Slow ones are counted separately, up to a limit, so that
 * lookups of other names continue meanwhile (docs/decisions/0039-names.md).
 * @param isFetched false for URLs that are read from this service itself
 * @param now milliseconds that never go back
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

  const mostQuick = (): number => (slow >= MAX_SLOW ? MAX_QUICK_AT_SLOW_LIMIT : MAX_QUICK);

  const wait = async (found: Promise<LookedUp>): Promise<LookedUp | 'ended'> => {
    const outcome = Promise.race([found, ended]);
    quick += 1;
    const settled = await settlesWithin(outcome, SLOW_MS);
    quick -= 1;
    if (settled) return outcome;
    if (slow >= MAX_SLOW) return { kind: 'crowded' };
    slow += 1;
    await outcome;
    slow -= 1;
    return outcome;
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
      // Several claims may see the same room before their lookups begin, so a few more than the limit may come.
      const outcome = quick >= 2 * MAX_QUICK ? 'ended' : await wait(found);
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
