/** A port, or the first and the last of a range. */
export type PortRange = readonly [first: number, last: number];

/** What strangers' URLs may reach. */
export interface NetworkPolicy {
  /** Addresses that may be reached although they are not public, as CIDRs (`127.0.0.0/8`, `::1/128`). */
  readonly allowPrivateNetworks: readonly string[];
  /** Ports that may be reached at all; none, or left out: every port. */
  readonly allowedPorts?: readonly PortRange[];
}

/** Reads `443` or `8000-8999`; null when it is neither. */
export const parsePortRange = (text: string): PortRange | null => {
  const [, from, to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  const [first, last] = [Number(from), Number(to)];
  return first >= 1 && first <= last && last <= 65_535 ? [first, last] : null;
};

export const isAllowedPort = (port: number, { allowedPorts = [] }: NetworkPolicy): boolean =>
  allowedPorts.length === 0 || allowedPorts.some(([first, last]) => port >= first && port <= last);
