import { parseUrl } from './url.ts';

const HIDDEN = '***';

/**
 * Names of query parameters that carry credentials, without case and separators: those of the big stores' signed URLs
 * (AWS, Google, Azure, CloudFront, Alibaba), and what people commonly call a secret.
 */
const CREDENTIAL_NAMES: ReadonlySet<string> = new Set([
  ...['xamzsignature', 'xamzcredential', 'xamzsecuritytoken', 'awsaccesskeyid'],
  ...['xgoogsignature', 'xgoogcredential', 'googleaccessid'],
  ...['xosssignature', 'xosscredential', 'xosssecuritytoken', 'ossaccesskeyid'],
  ...['keypairid', 'policy', 'sig', 'sign', 'signature', 'hmac', 'hash'],
  ...['key', 'accesskey', 'authkey', 'privatekey', 'secretkey', 'subscriptionkey'],
  ...['auth', 'authorization', 'jwt', 'code', 'session', 'sessionid'],
]);

/** Whatever stands before them: `access_token`, `clientSecret`, `x-api-key`. */
const CREDENTIAL_ENDINGS = ['token', 'secret', 'password', 'passwd', 'pwd', 'apikey', 'credential', 'credentials'];

/** Looked up, not matched: a pattern for "words, then one of these" took exponential time for a name of 45 letters. */
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
 * The URL as it was written, except that passwords and the values of query parameters that usually carry credentials
 * stand as `***`. Works on the text, so that what is no valid URL is covered too, and the rest stays byte for byte.
 */
export const redactCredentials = (text: string): string => {
  const [, before = '', query, fragment = ''] = /^([^?#]*)(\?[^#]*)?(#.*)?$/s.exec(text) ?? [undefined, text];
  // Up to the last @ before the path: an @ in a password need not be escaped. Browsers read \\ as / there.
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

/** The URL without user, password, query and fragment: those carry secrets, and this goes into logs and messages. */
export const redactUrl = (text: string): string => {
  const url = parseUrl(text);
  // "bob:secret@host" parses too, as a scheme and an opaque rest.
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') return '(not a web address)';
  url.username = '';
  url.password = '';
  url.search = '';
  url.hash = '';
  return url.href;
};
