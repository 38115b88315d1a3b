/**
 * The pause that a Retry-After header asks for (RFC 9110, 10.2.3), in milliseconds.
 * @param header seconds or an HTTP date
 * @returns undefined when there is no header or it cannot be read; 0 for a date that has passed
 */
export const parseRetryAfter = (header: string | undefined, now: number): number | undefined => {
  const text = header?.trim();
  if (!text) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // An HTTP date begins with the day's name; Date.parse alone would also take "-5" for a year.
  const at = /^[A-Za-z]{3}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
};
