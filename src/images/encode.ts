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

/** Linear sRGB to linear Display P3 (CSS Color 4, 10.7). */
const TO_DISPLAY_P3 = [
  [0.8224621, 0.177538, 0],
  [0.0331941, 0.9668058, 0],
  [0.0170827, 0.0723974, 0.9105199],
] as const;

/** An sRGB colour `#rrggbb` in the numbers of Display P3, for a picture whose transparency is filled before it is in sRGB. */
export const inDisplayP3 = (colour: string): string => {
  const linear = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  const parts = TO_DISPLAY_P3.map((row) => {
    const light = row.reduce<number>((sum, factor, at) => sum + factor * (linear[at] ?? 0), 0);
    const part = light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055;
    return Math.min(255, Math.round(part * 255))
      .toString(16)
      .padStart(2, '0');
  });
  return `#${parts.join('')}`;
};

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
