/** Cookies beyond these are ignored, so that a server cannot fill the memory or make its own requests too large. */
const MAX_COOKIES = 20;
const MAX_BYTES = 4096;

// RFC 6265, 4.1.1, with spaces and quotes inside a value, which servers send and browsers return.
const PAIR = /^([!#$%&'*+\-.^`|~\w]{1,256})=([\x20-\x7e]{0,4096})$/;

const expired = (attributes: readonly string[]): boolean =>
  attributes.some((attribute) => {
    const [name = '', value = ''] = attribute.split('=', 2).map((part) => part.trim());
    if (/^max-age$/i.test(name)) return Number(value) <= 0;
    return /^expires$/i.test(name) && Date.parse(value) <= 0;
  });

/** The cookies of one download. */
export interface Cookies {
  /** Keeps the cookies of a response. */
  store(url: URL, setCookie: readonly string[]): void;
  /** The `Cookie` header for a request; undefined if there is none. */
  headerFor(url: URL): string | undefined;
}

/**
 * A minimal jar instead of `tough-cookie` (140 KB and the public suffix list): each cookie goes back only to the exact host
 * that set it, so `Domain`, `Path` and `Secure` can only narrow what one download sends and are ignored.
 */
export const createCookies = (): Cookies => {
  const hosts = new Map<string, Map<string, string>>();
  return {
    store({ host }, setCookie) {
      const jar = hosts.get(host) ?? new Map<string, string>();
      hosts.set(host, jar);
      for (const line of setCookie) {
        const [pair = '', ...attributes] = line.slice(0, 2 * MAX_BYTES).split(';');
        const [, name, value = ''] = PAIR.exec(pair.trim()) ?? [];
        if (name === undefined) continue;
        jar.delete(name);
        const used = [...jar].reduce((sum, [key, text]) => sum + key.length + text.length + 3, 0);
        const fits = jar.size < MAX_COOKIES && used + name.length + value.length + 3 <= MAX_BYTES;
        if (fits && !expired(attributes)) jar.set(name, value);
      }
    },
    headerFor({ host }) {
      const jar = hosts.get(host);
      return jar?.size ? [...jar].map(([name, value]) => `${name}=${value}`).join('; ') : undefined;
    },
  };
};
