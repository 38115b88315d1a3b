import { getDomain } from 'tldts';

/**
 * The registrable domain of a host (`shop.co.uk` for `img1.shop.co.uk`), by the public suffix list including private
 * domains, so that each customer of a hosting service has their own. Hosts without one, such as `minio`, are returned
 * unchanged.
 * @param host in lower case
 */
export const domainOf = (host: string): string => getDomain(host, { allowPrivateDomains: true }) ?? host;
