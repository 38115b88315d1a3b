/**
 * Parses a URL (WHATWG); null if invalid. Not `URL.canParse`: after some thousand calls, Node 20's rejects every URL with a
 * letter such as ü (V8 fast call).
 */
export const parseUrl = (text: string, base?: string): URL | null => {
  try {
    return new URL(text, base);
  } catch {
    return null;
  }
};

/** Like {@link parseUrl}, but only for http and https. */
export const parseHttpUrl = (text: string, base?: string): URL | null => {
  const url = parseUrl(text, base);
  return url !== null && /^https?:$/.test(url.protocol) ? url : null;
};
