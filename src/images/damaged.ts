import { AppError } from '../errors.ts';

export const damaged = (cause?: unknown): AppError =>
  new AppError('corrupt_image', 'The image is damaged or incomplete and cannot be read.', { cause });

export const tookTooLong = (maxSeconds: number, cause?: unknown): AppError =>
  new AppError('processing_timeout', `The image took longer than ${maxSeconds} seconds to compress.`, { cause });

/** libjpeg-turbo converts no colours in lossless JPEGs; the file's frame does not tell which it has. */
const LOSSLESS_YCBCR = 'Unsupported color conversion request';

/** What libvips' error while decoding or encoding means. */
export const failedPixels = (error: unknown, maxSeconds: number): AppError => {
  if (String(error).includes(LOSSLESS_YCBCR)) {
    const message =
      'The image is a lossless JPEG in YCbCr colours, which is not supported. Save it as a baseline JPEG.';
    return new AppError('unsupported_image_format', message, { cause: error });
  }
  return String(error).includes('timeout:') ? tookTooLong(maxSeconds, error) : damaged(error);
};
