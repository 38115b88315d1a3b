import { addTo } from '../tally.ts';

/** What a claimer asks about hosts before it claims. */
export interface HostCapacity {
  /**
   * The host that limits an image: scheme, host and port of its URL, or the bucket. While the name of that host is not
   * known to resolve, the group of its registered domain instead (host-names.ts). Null for what is not a URL.
   */
  hostOf(url: string): string | null;
  /** Whether the image was counted for this host or group, though it may count for another one now. */
  countedFor?(host: string, url: string): boolean;
  /** How many more images of the host may be claimed now. */
  available(host: string | null): number;
}

/** No limits: for claimers that take whatever is due. */
export const UNLIMITED_HOSTS: HostCapacity = { hostOf: () => null, available: () => Number.POSITIVE_INFINITY };

/** The same capacity for several requests of one claim: what was found for one of them is not there for the next. */
export const shareCapacity = (hosts: HostCapacity): HostCapacity & { take(inputUrl: string): void } => {
  const taken = new Map<string | null, number>();
  return {
    ...hosts,
    available: (host) => hosts.available(host) - (taken.get(host) ?? 0),
    take: (inputUrl) => addTo(taken, hosts.hostOf(inputUrl), 1),
  };
};
