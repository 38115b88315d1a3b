import sharp, { type Sharp, type SharpOptions } from 'sharp';
import type { DecodePlan } from './inspect/plan.ts';
import { withPngProfile } from './inspect/png.ts';
import { fitInside, type Size, type SizeLimits } from './size.ts';

export interface DecodeOptions extends SizeLimits {
  /** Width × height, checked again while decoding. */
  readonly maxPixels: number;
  /** Seconds after which libvips aborts. */
  readonly maxSeconds: number;
}

/** The picture upright, in sRGB and within the limits of its size. Nothing of it is decoded before it is encoded, unless it needs a first pass. */
export const decode = async (plan: DecodePlan, upright: Size, limits: DecodeOptions): Promise<Sharp> => {
  const { maxPixels, maxSeconds } = limits;
  // 'error' rejects truncated and corrupt images; 'warning' would also reject valid ones from some cameras.
  const options: SharpOptions = { limitInputPixels: maxPixels, failOn: 'error', sequentialRead: true };
  const { bytes, isDisplayP3 } = plan.colours;
  const first = await firstPass(plan, sharp(bytes, options).timeout({ seconds: maxSeconds }));
  const { width, height } = fitInside(upright, limits);
  const whole = sharp(first ?? bytes, options).autoOrient();
  // Without a resize, libvips decodes and encodes row by row.
  const sized =
    width === upright.width && height === upright.height ? whole : whole.resize(width, height, { fit: 'fill' });
  const image = sized.toColourspace('srgb').timeout({ seconds: maxSeconds });
  // Converts from Display P3; without a profile in the source it would convert what is sRGB already.
  return isDisplayP3 ? image.withIccProfile('srgb', { attach: false }) : image;
};

/**
 * The upright picture as an uncompressed PNG with its profile; null if none is needed. Its memory is below what the decoder
 * of the source takes, and that is free again before the second pass (cost.ts).
 */
const firstPass = async ({ colours }: DecodePlan, image: Sharp): Promise<Buffer | null> => {
  const { firstPass: wanted, isDisplayP3 } = colours;
  if (wanted === null) return null;
  const upright = image.autoOrient();
  const png = { compressionLevel: 0 };
  if (wanted === 'grey') return upright.toColourspace('b-w').keepIccProfile().png(png).toBuffer();
  const plain = await upright
    .toColourspace(isDisplayP3 ? 'rgb16' : 'srgb')
    .png(png)
    .toBuffer();
  return withPngProfile(plain, wanted);
};
