import { parseUrl } from './url.ts';

const HIDDEN = '***';

/**
 * Query parameter names that carry credentials, in lower case without separators: those of signed URLs (AWS, Google,
 * Azure, CloudFront, Alibaba) and common names for secrets.
 */
const CREDENTIAL_NAMES: ReadonlySet<string> = new Set([
  ...['xamzsignature', 'xamzcredential', 'xamzsecuritytoken', 'awsaccesskeyid'],
  ...['xgoogsignature', 'xgoogcredential', 'googleaccessid'],
  ...['xosssignature', 'xosscredential', 'xosssecuritytoken', 'ossaccesskeyid'],
  ...['keypairid', 'policy', 'sig', 'sign', 'signature', 'hmac', 'hash'],
  ...['key', 'accesskey', 'authkey', 'privatekey', 'secretkey', 'subscriptionkey'],
  ...['auth', 'authorization', 'jwt', 'code', 'session', 'sessionid'],
]);

/** With any prefix: `access_token`, `clientSecret`, `x-api-key`. */
const CREDENTIAL_ENDINGS = ['token', 'secret', 'password', 'passwd', 'pwd', 'apikey', 'credential', 'credentials'];

/** Set lookups, because a pattern for "words, then one of these" took exponential time for a name of 45 letters. */
const carriesCredentials = (name: string): boolean => {
  const bare = name.trim().toLowerCase().replace(/[-_.]/g, '');
  return CREDENTIAL_NAMES.has(bare) || CREDENTIAL_ENDINGS.some((ending) => bare.endsWith(ending));
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/**
 * Replaces passwords and the values of credential-like query parameters with `***`. Works on the text, so that invalid
 * URLs are covered too and the rest is unchanged.
 */
export const redactCredentials = (text: string): string => {
  const [, before = '', query, fragment = ''] = /^([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(text) ?? [undefined, text];
  // Up to the last @ before the path, because a password may contain an unescaped @. Browsers treat \\ as /.
  const address = before.replace(/^(\s*[a-z][a-z\d+.-]*:[\\/]*)([^\\/]*)@/i, (_, scheme: string, login: string) => {
    const user = login.split(':', 1)[0];
    return `${scheme}${login.includes(':') ? `${user}:${HIDDEN}` : HIDDEN}@`;
  });
  return address + redactPairs(query ?? '') + redactPairs(fragment);
};

const redactPairs = (part: string): string =>
  part.replace(/([?#&;]|^)([^=&;?#]+)=([^&;]*)/g, (pair, mark: string, name: string, value: string) =>
    value !== '' && carriesCredentials(decoded(name)) ? `${mark}${name}=${HIDDEN}` : pair,
  );

/** The URL for logs and messages, without user, password, query and fragment, which may contain secrets. */
export const redactUrl = (text: string): string => {
  const url = parseUrl(text);
  // "bob:secret@host" also parses, as a scheme and an opaque path.
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') return '(not a web address)';
  url.username = '';
  url.password = '';
  url.search = '';
  url.hash = '';
  return url.href;
};
