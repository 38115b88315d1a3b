import ipaddr from 'ipaddr.js';
import type { NetworkPolicy } from './policy.ts';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
/** An address range: its first address and its prefix length in bits. */
export type Network = readonly [Address, number];

/**
 * Parses CIDRs such as `10.0.0.0/8` or `fd00::/8`; a bare address is a range of one.
 * @throws Error naming the first invalid entry
 */
export const parseNetworks = (list: readonly string[]): Network[] =>
  list.map((text) => {
    try {
      if (text.includes('/')) return ipaddr.parseCIDR(text);
      const address = ipaddr.parse(text);
      return [address, address.kind() === 'ipv4' ? 32 : 128];
    } catch {
      throw new Error(`"${text}" is not an address range such as 10.0.0.0/8 or fd00::/8`);
    }
  });

/** RFC 4291, 2.5.4: the global unicast part of IPv6, without mapped, compatible and NAT64 forms. */
const GLOBAL_UNICAST: Network = [ipaddr.IPv6.parse('2000::'), 3];

/** RFC 5214, 6.1: an interface id of 0000:5efe or 0200:5efe embeds an IPv4 address under any prefix. */
const isIsatap = (address: ipaddr.IPv6): boolean => {
  const [upper = 0, lower = 0] = address.parts.slice(4, 6);
  return (upper === 0 || upper === 0x200) && lower === 0x5efe;
};

/**
 * Metadata services, from which cloud machines get credentials and settings. Most are in ranges that are blocked anyway;
 * Azure's looks public. A range does not allow them, because someone who allows 100.64.0.0/10 or 0.0.0.0/0 rarely means
 * these: only the exact address does.
 */
const METADATA = new Set(
  [
    '169.254.169.254', // AWS, Google, Azure, Oracle, DigitalOcean, OpenStack and most others
    '169.254.170.2', // AWS ECS
    '169.254.170.23', // AWS EKS
    '169.254.0.23', // Tencent
    '168.63.129.16', // Azure's wire server
    '100.100.100.200', // Alibaba
    '100.96.0.96', // Volcengine
    '192.0.0.192', // Oracle Classic
    'fd00:ec2::254', // AWS
    'fd00:ec2::23', // AWS EKS
    'fd20:ce::254', // Google
    'fd00:42::42', // Scaleway
    'fd00:a9fe:a9fe::1', // Akamai (Linode)
    'fe80::a9fe:a9fe', // OpenStack
  ].map((text) => ipaddr.parse(text).toNormalizedString()),
);

/** In any notation, including mapped (`::ffff:a.b.c.d`) and with a zone (`fe80::1%eth0`). */
const isMetadata = (address: Address): boolean => {
  if (address instanceof ipaddr.IPv4) return METADATA.has(address.toNormalizedString());
  if (address.isIPv4MappedAddress()) return METADATA.has(address.toIPv4Address().toNormalizedString());
  return METADATA.has(new ipaddr.IPv6(address.parts).toNormalizedString());
};

/**
 * Whether the address is on the public internet: unicast, without an embedded address.
 * All IPv4 embedded in IPv6 is rejected: no public host needs it, and any tunnel could reach a private network.
 */
const isPublic = (address: Address): boolean => {
  if (address.range() !== 'unicast') return false;
  return (
    !(address instanceof ipaddr.IPv6) || (address.match(GLOBAL_UNICAST[0], GLOBAL_UNICAST[1]) && !isIsatap(address))
  );
};

/** ipaddr.js parses `::a.b.c.d` as mapped; it is IPv4-compatible (RFC 4291, 2.5.5.1), which is never public. */
const COMPATIBLE = /^::\d+\.\d+\.\d+\.\d+(%.*)?$/;

const allows = ([base, bits]: Network, address: Address): boolean =>
  base.kind() === address.kind() &&
  address.match(base, bits) &&
  (!isMetadata(address) || bits === (address.kind() === 'ipv4' ? 32 : 128));

/**
 * Whether connections to this address are allowed: it is public, or in one of the policy's ranges. Metadata services
 * must be listed by their exact address.
 * An IPv4 range also allows the mapped form (`::ffff:a.b.c.d`) of its addresses, and no other form.
 * @param text an IP address; anything else is rejected
 */
export const isAllowedAddress = (text: string, policy: NetworkPolicy): boolean => {
  if (!ipaddr.isValid(text) || COMPATIBLE.test(text)) return false;
  const address = ipaddr.parse(text);
  if (isPublic(address) && !isMetadata(address)) return true;
  const networks = parseNetworks(policy.allowPrivateNetworks);
  if (networks.some((network) => allows(network, address))) return true;
  if (!(address instanceof ipaddr.IPv6) || !address.isIPv4MappedAddress()) return false;
  const embedded = address.toIPv4Address();
  return networks.some((network) => allows(network, embedded));
};
