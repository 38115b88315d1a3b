import sharp, { type Metadata, type Sharp, type SharpOptions } from 'sharp';
import type { OutputFormat } from '../output-formats.ts';
import { failedPixels } from './damaged.ts';
import type { Deadline } from './deadline.ts';
import type { DecodePlan } from './inspect/plan.ts';
import { withPngProfile } from './inspect/png.ts';
import { requireSoundParts } from './parts/sound-parts.ts';

export interface DecodeOptions {
  /** Width × height, checked again while decoding. */
  readonly maxPixels: number;
  /** After which libvips aborts. */
  readonly deadline: Deadline;
}

/**
 * The picture upright and in sRGB. Nothing of it is decoded before it is encoded, unless it needs a first pass.
 * @throws AppError `corrupt_image`, `processing_timeout`
 */
export const decode = async (plan: DecodePlan, { maxPixels, deadline }: DecodeOptions): Promise<Sharp> => {
  const { bytes, isDisplayP3 } = plan.colours;
  const tiled = plan.stored ? await requireSoundParts(bytes, plan.stored, deadline) : false;
  // 'error' rejects truncated and corrupt images; 'warning' would also reject valid ones from some cameras.
  const options: SharpOptions = {
    limitInputPixels: maxPixels,
    limitInputChannels: plan.keep === undefined,
    failOn: 'error',
    sequentialRead: true,
  };
  // Errors in tiles are no errors to libvips below 'warning'; its warnings are not looked at there.
  const failOn = tiled ? 'warning' : 'error';
  const source = sharp(bytes, { ...options, ...plan.input, failOn }).timeout({ seconds: deadline.secondsLeft() });
  const first = await firstPass(plan, source).catch((error: unknown) => {
    throw failedPixels(error, deadline.maxSeconds);
  });
  const upright = (first ? sharp(first, options).timeout({ seconds: deadline.secondsLeft() }) : source)
    .autoOrient()
    .toColourspace('srgb');
  const image = plan.stretch ? upright.linear(...plan.stretch) : upright;
  // Converts from Display P3; without a profile in the source it would convert what is sRGB already.
  return isDisplayP3 ? image.withIccProfile('srgb', { attach: false }) : image;
};

/**
 * The upright picture as an uncompressed PNG with its profile; null if none is needed. Its memory is below what the decoder
 * of the source takes, and that is free again before the second pass (cost.ts).
 */
const firstPass = async ({ colours, keep }: DecodePlan, image: Sharp): Promise<Buffer | null> => {
  const { firstPass: wanted, isDisplayP3 } = colours;
  if (wanted === null) return null;
  // A PNG would take the channels that are to be dropped for alpha.
  const upright = keep ? image.autoOrient().removeAlpha() : image.autoOrient();
  const png = { compressionLevel: 0 };
  if (wanted === 'grey') return upright.toColourspace('b-w').keepIccProfile().png(png).toBuffer();
  const plain = await upright
    .toColourspace(isDisplayP3 ? 'rgb16' : 'srgb')
    .png(png)
    .toBuffer();
  return withPngProfile(plain, wanted);
};

/** A picture in memory, in sRGB of 8 bits; transparency is not multiplied into the colours. */
export interface HeldPixels {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
}

/**
 * Decodes a picture to its pixels.
 * @throws AppError `corrupt_image`, `processing_timeout`
 */
export const holdPixels = async (picture: Sharp, deadline: Deadline): Promise<HeldPixels> => {
  const { data, info } = await picture
    .timeout({ seconds: deadline.secondsLeft() })
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch((error: unknown) => {
      throw failedPixels(error, deadline.maxSeconds);
    });
  const { width, height, channels } = info;
  return { data, width, height, channels };
};

export const openPixels = ({ data, ...raw }: HeldPixels, deadline: Deadline): Sharp =>
  sharp(data, { raw, limitInputPixels: false }).timeout({ seconds: deadline.secondsLeft() });

/** sharp fills transparency in the picture's own space: in Display P3 for 16 bits, and grey under a background in colour. */
const FILLED_IN_SRGB: readonly string[] = ['srgb', 'cmyk'];

/** Whether the pixels must be held in sRGB first, so that the background is mixed with them there. */
export const isHeldToFill = ({ hasAlpha, space }: Metadata, format: OutputFormat): boolean =>
  hasAlpha && format === 'jpeg' && !FILLED_IN_SRGB.includes(space);
