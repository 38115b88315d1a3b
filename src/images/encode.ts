import type { OutputInfo, Sharp } from 'sharp';
import type { OutputFormat } from '../output-formats.ts';
import { failedPixels } from './damaged.ts';

export interface EncodeOptions {
  readonly format: OutputFormat;
  /** 1 to 100. */
  readonly quality: number;
  /** JPEG only; see ImageTask. */
  readonly mozjpeg?: boolean;
  readonly progressive?: boolean;
  /** Behind transparent sources, for JPEG, as `#rrggbb`. Default: white. */
  readonly background?: string;
  /** Of the image, for the message of an abort. */
  readonly maxSeconds: number;
}

/** One encoder per format; `quality` is passed to sharp's encoder. */
const ENCODERS: Readonly<Record<OutputFormat, (image: Sharp, options: EncodeOptions) => Sharp>> = {
  // JPEG has no transparency; without a background, transparent areas would turn black.
  jpeg: (image, { quality, mozjpeg = false, progressive = false, background = '#ffffff' }) =>
    image.flatten({ background }).jpeg({ quality, mozjpeg, progressive }),
  webp: (image, { quality }) => image.webp({ quality }),
  // The default effort takes about 18 s for 6 megapixels; 2 takes a fraction of that for nearly the same size.
  avif: (image, { quality }) => image.avif({ quality, effort: 2 }),
  // PNG is lossless; below 100 the colours are reduced to a palette, which makes the file smaller.
  png: (image, { quality }) =>
    quality < 100 ? image.png({ quality, palette: true }) : image.png({ compressionLevel: 9 }),
};

/**
 * Decodes and encodes, which libvips does in one pass.
 * @throws AppError `corrupt_image`, `processing_timeout`
 */
export const encode = async (
  decoded: Sharp,
  options: EncodeOptions,
): Promise<{ readonly data: Buffer; readonly info: OutputInfo }> => {
  try {
    return await ENCODERS[options.format](decoded, options).toBuffer({ resolveWithObject: true });
  } catch (error) {
    throw failedPixels(error, options.maxSeconds);
  }
};
