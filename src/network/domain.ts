import { getDomain } from 'tldts';

/**
 * The part of a host name that somebody registered (`shop.co.uk` of `img1.shop.co.uk`), by the public suffix list with its
 * private part: each customer of a hosting service counts for itself. What has none, such as `minio`, is its own.
 * @param host in lower case
 */
export const domainOf = (host: string): string => getDomain(host, { allowPrivateDomains: true }) ?? host;
