import type { Request } from 'express';

/**
 * Whether `If-Match`, or without it `If-Unmodified-Since`, fails (RFC 9110, 13.1.1 and 13.1.4; answered with 412). Weak
 * tags never match.
 * @param current validators of the current representation
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
  // HTTP dates have no milliseconds; an invalid date is ignored.
  return !Number.isNaN(since) && Math.floor(current.lastModified.getTime() / 1_000) * 1_000 > since;
};
