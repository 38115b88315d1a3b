/**
 * The delay requested by a Retry-After header (RFC 9110, 10.2.3), in milliseconds.
 * @param header seconds or an HTTP date
 * @returns undefined if the header is missing or invalid; 0 for a past date
 */
export const parseRetryAfter = (header: string | undefined, now: number): number | undefined => {
  const text = header?.trim();
  if (!text) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // An HTTP date starts with a day name; Date.parse alone would accept "-5" as a year.
  const at = /^[A-Za-z]{3}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
};
