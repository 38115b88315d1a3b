import { AppError } from '../../errors.ts';
import { parseRetryAfter } from '../../network/retry-after.ts';

/**
 * Accepts statuses of a full response (2xx except 204, 205 and 206).
 * @param retryAfter the raw header
 * @param now milliseconds since the epoch
 * @throws AppError with the image code for the status; `details.retryAfterMs` is the delay requested by the server
 */
export const assertImageStatus = (status: number, retryAfter: string | undefined, host: string, now: number): void => {
  const server = `The image server ${host}`;
  const retryAfterMs = parseRetryAfter(retryAfter, now);
  const details = retryAfterMs === undefined ? {} : { retryAfterMs };
  switch (status) {
    case 202:
      // "Not ready yet" only with a time to ask again; without it, some servers send the image.
      if (retryAfterMs === undefined) return;
      throw new AppError('source_unavailable', `${server} is still preparing the image (status 202).`, { details });
    case 204:
    case 205:
      throw new AppError('empty_image', `${server} sent no bytes (status ${status}).`);
    case 206:
      throw new AppError('partial_content', `${server} sent a partial response (206) to a full request.`);
    case 401:
      throw new AppError('source_unauthorized', `${server} requires a login (status 401).`);
    case 403:
      throw new AppError(
        'source_unauthorized',
        `${server} asks for a login, only admits browsers, or forbids hotlinking (status 403). ` +
          'Use a public URL, or ask your administrator to set headers for this host (SOURCE_HEADERS, DOWNLOAD_USER_AGENT).',
      );
    case 404:
    case 410:
      throw new AppError('source_not_found', `${server} has no image at this URL (status ${status}).`);
    case 429:
      throw new AppError('source_rate_limited', `${server} is rate-limiting this service (status 429).`, { details });
  }
  if (status === 408 || status === 425 || status >= 500) {
    throw new AppError('source_unavailable', `${server} is having trouble (status ${status}).`, { details });
  }
  if (status < 200 || status >= 300) {
    throw new AppError('source_rejected', `${server} rejected the request (status ${status}).`);
  }
};
