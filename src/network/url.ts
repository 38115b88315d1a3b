/**
 * Parses a URL (WHATWG), or gives null. Not `URL.canParse`: that of Node 20 comes to refuse every URL with a letter such
 * as ü after some thousand calls (V8 fast call).
 */
export const parseUrl = (text: string, base?: string): URL | null => {
  try {
    return new URL(text, base);
  } catch {
    return null;
  }
};

/** The same for addresses that the service itself may call: http and https. */
export const parseHttpUrl = (text: string, base?: string): URL | null => {
  const url = parseUrl(text, base);
  return url !== null && /^https?:$/.test(url.protocol) ? url : null;
};
