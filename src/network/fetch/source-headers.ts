/** Headers for named hosts: lower-case `host` or `host:port`, then header names with their secret values. */
export type SourceHeaders = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The headers configured for exactly this host: a host without a port means the default port of the scheme. */
export const sourceHeadersFor = (headers: SourceHeaders, { host, hostname, port, protocol }: URL) => {
  const named = port === '' ? `${hostname}:${protocol === 'https:' ? 443 : 80}` : host;
  return { ...(Object.hasOwn(headers, named) && headers[named]), ...(Object.hasOwn(headers, host) && headers[host]) };
};
