/** Headers for named hosts: lower-case `host` or `host:port`, then lower-case header names with their secret values. */
export type SourceHeaders = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The headers for exactly this host. One named without a port means https, so that secrets are not sent unencrypted. */
export const sourceHeadersFor = (headers: SourceHeaders, { hostname, port, protocol }: URL): Record<string, string> => {
  const secure = protocol === 'https:';
  const place = `${hostname}:${port || (secure ? 443 : 80)}`;
  const own = (name: string) => (Object.hasOwn(headers, name) ? headers[name] : undefined);
  return { ...(secure && port === '' && own(hostname)), ...own(place) };
};
