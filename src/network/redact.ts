import { parseUrl } from './url.ts';

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
