/**
 * The address of database `name` on the server of `uri`, which may list several hosts and so is no URL.
 * A user in it is still looked up where `uri` says, because that defaults to the database in the path.
 */
export const databaseUri = (uri: string, name: string): string => {
  const parts = /^(mongodb(?:\+srv)?:\/\/)([^/?]+)(?:\/([^?]*))?(?:\?(.*))?$/s.exec(uri);
  if (parts === null) throw new Error('TEST_MONGODB_URI is not an address like mongodb://host:27017/');
  const [, scheme = '', hosts = '', path = '', query = ''] = parts;
  const options = query === '' ? [] : [query];
  if (hosts.includes('@') && !/(^|&)authSource=/i.test(query)) options.push(`authSource=${path || 'admin'}`);
  return `${scheme}${hosts}/${name}${options.length === 0 ? '' : `?${options.join('&')}`}`;
};

/**
 * The address of one server, for what stands in front of it: of several hosts, that of `primary`.
 * @param primary `host:port`, by default the one that global-setup.ts found
 */
export const directUri = (uri: string, primary = process.env.TEST_PRIMARY ?? ''): URL => {
  const [, before = '', hosts = '', rest = ''] = /^(mongodb:\/\/(?:[^@/]*@)?)([^/?]+)(.*)$/s.exec(uri) ?? [];
  if (!hosts.includes(',')) return new URL(uri);
  const direct = new URL(`${before}${primary}${rest}`);
  direct.searchParams.delete('replicaSet');
  direct.searchParams.set('directConnection', 'true');
  return direct;
};
