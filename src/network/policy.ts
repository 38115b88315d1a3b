/** The first and last port of a range, which may be equal. */
export type PortRange = readonly [first: number, last: number];

/** What user-supplied URLs may access. */
export interface NetworkPolicy {
  /** Allowed non-public addresses, as CIDRs (`127.0.0.0/8`, `::1/128`). */
  readonly allowPrivateNetworks: readonly string[];
  /** Allowed ports; all ports if empty or absent. */
  readonly allowedPorts?: readonly PortRange[];
}

/** Parses `443` or `8000-8999`; null if invalid. */
export const parsePortRange = (text: string): PortRange | null => {
  const [, from, to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  const [first, last] = [Number(from), Number(to)];
  return first >= 1 && first <= last && last <= 65_535 ? [first, last] : null;
};

export const isAllowedPort = (port: number, { allowedPorts = [] }: NetworkPolicy): boolean =>
  allowedPorts.length === 0 || allowedPorts.some(([first, last]) => port >= first && port <= last);
