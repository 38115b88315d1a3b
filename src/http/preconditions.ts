import type { Request } from 'express';

/**
 * Whether a condition for changing or continuing what the client already has does not hold: `If-Match`, or without it
 * `If-Unmodified-Since` (RFC 9110, 13.1.1 and 13.1.4; the answer is 412). Weak tags never match.
 * @param current the validators of what would be sent
 */
export const failsPrecondition = (
  req: Pick<Request, 'get'>,
  current: { readonly etag: string; readonly lastModified: Date },
): boolean => {
  const tags = req.get('if-match');
  if (tags !== undefined) {
    return tags.trim() !== '*' && !tags.split(',').some((tag) => tag.trim() === current.etag);
  }
  const since = Date.parse(req.get('if-unmodified-since') ?? '');
  // Dates in headers have no milliseconds; one that cannot be read is ignored.
  return !Number.isNaN(since) && Math.floor(current.lastModified.getTime() / 1_000) * 1_000 > since;
};
