import { AppError } from '../../errors.ts';
import { parseRetryAfter } from '../../network/retry-after.ts';

/**
 * Passes an answer that carries an image (2xx but 204, 205 and 206).
 * @param retryAfter the header as it came
 * @param now milliseconds since the epoch
 * @throws AppError with the image code of the status; `details.retryAfterMs` holds the pause the server asks for
 */
export const assertImageStatus = (status: number, retryAfter: string | undefined, host: string, now: number): void => {
  const server = `The image server ${host}`;
  const pause = parseRetryAfter(retryAfter, now);
  const details = pause === undefined ? {} : { retryAfterMs: pause };
  switch (status) {
    case 204:
    case 205:
      throw new AppError('empty_image', `${server} sent no bytes (status ${status}).`);
    case 206:
      throw new AppError('partial_content', `${server} sent a part of the image that nobody asked for (status 206).`);
    case 401:
    case 403:
      throw new AppError('source_unauthorized', `${server} asks for a login or refuses access (status ${status}).`);
    case 404:
    case 410:
      throw new AppError('source_not_found', `${server} has no image at this URL (status ${status}).`);
    case 429:
      throw new AppError('source_rate_limited', `${server} asks for a slower pace (status 429).`, { details });
  }
  if (status === 408 || status === 425 || status >= 500) {
    throw new AppError('source_unavailable', `${server} is having trouble (status ${status}).`, { details });
  }
  if (status < 200 || status >= 300) {
    throw new AppError('source_rejected', `${server} refused the request (status ${status}).`);
  }
};
