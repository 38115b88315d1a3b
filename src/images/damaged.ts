import { AppError } from '../errors.ts';

export const damaged = (cause?: unknown): AppError =>
  new AppError('corrupt_image', 'The image is damaged or incomplete and cannot be read.', { cause });

export const tookTooLong = (maxSeconds: number, cause?: unknown): AppError =>
  new AppError('processing_timeout', `The image took longer than ${maxSeconds} seconds to compress.`, { cause });

/** What libvips' error while decoding or encoding means. */
export const failedPixels = (error: unknown, maxSeconds: number): AppError =>
  String(error).includes('timeout:') ? tookTooLong(maxSeconds, error) : damaged(error);
