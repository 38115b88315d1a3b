import sharp, { type Metadata, type Sharp } from 'sharp';
import { AppError } from '../errors.ts';
import { type MetadataKept, OUTPUT_FORMATS } from '../output-formats.ts';
import { damaged } from './damaged.ts';
import { type Deadline, startDeadline } from './deadline.ts';
import { type DecodeOptions, decode, holdPixels, isHeldToFill, openPixels } from './decode.ts';
import type { EncodeOptions } from './encode.ts';
import { keepChannels } from './extra-channels.ts';
import { decodeForeign, isForeign, readForeignHeader } from './foreign/foreign.ts';
import { countFrames } from './frames.ts';
import { readPlainHeader } from './inspect/plain-header.ts';
import { type DecodePlan, pictureOf, planDecode } from './inspect/plan.ts';
import { keptOriginal } from './kept-original.ts';
import { encodeWithRights } from './rights/encode-with-rights.ts';
import { rightsPacket } from './rights/rights.ts';
import { fitInside, resize, type SizeLimits } from './size.ts';
import type { SourceFormat } from './sniff.ts';
import type { ImageNote } from './task.ts';

export interface CompressOptions extends EncodeOptions, Omit<DecodeOptions, 'deadline'>, SizeLimits {
  /** The source format, as detected by `sniff`. */
  readonly source: SourceFormat;
  /** By default none. */
  readonly metadata?: MetadataKept;
}

export interface Compressed {
  readonly bytes: Buffer;
  readonly width: number;
  readonly height: number;
  readonly notes: readonly ImageNote[];
}

/** CMYK with alpha; images with more channels are measurements, not pictures. */
const MAX_CHANNELS = 5;

/** Frames of an animation or pages of a TIFF. libvips walks through all of them before decoding the first. */
const MAX_FRAMES = 10_000;

/**
 * Reads the header without decoding.
 * @throws AppError `corrupt_image`, `too_many_pixels`, `too_many_frames`, `unsupported_image_format`
 */
export const readHeader = async (
  bytes: Buffer,
  options: Pick<CompressOptions, 'maxPixels' | 'source' | 'format' | 'maxWidth' | 'maxHeight'>,
): Promise<Metadata> => {
  // Checked before libvips reads the file, see countFrames.
  if (countFrames(bytes, options.source, MAX_FRAMES) > MAX_FRAMES) {
    throw new AppError('too_many_frames', `The image has more than ${MAX_FRAMES} frames or pages.`);
  }
  const { bytes: read = bytes, input, keep } = pictureOf(bytes, options.source, { mayLackParts: true });
  const metadata = isForeign(options.source)
    ? readForeignHeader(bytes, options.source, options.maxPixels)
    : ((readPlainHeader(read, options.source) as Metadata | null) ??
      (await sharp(read, { limitInputPixels: false, limitInputChannels: false, ...input })
        .metadata()
        .catch((error: unknown) => {
          throw damaged(error);
        })));
  const pixels = metadata.width * metadata.height;
  if (pixels > options.maxPixels) {
    throw new AppError(
      'too_many_pixels',
      `The image has ${metadata.width} × ${metadata.height} = ${pixels} pixels; this server accepts up to ${options.maxPixels}.`,
    );
  }
  requireSides(metadata, options);
  if (keep === undefined && metadata.channels > MAX_CHANNELS) {
    throw new AppError(
      'unsupported_image_format',
      `The image has ${metadata.channels} channels; photos have at most ${MAX_CHANNELS}.`,
    );
  }
  return metadata;
};

/** @throws AppError `too_many_pixels` if the output's format cannot have such sides */
export const requireSides = (
  { autoOrient }: Metadata,
  options: Pick<CompressOptions, 'format' | 'maxWidth' | 'maxHeight'>,
): void => {
  const { width, height } = fitInside(autoOrient, options);
  const { label, maxSide } = OUTPUT_FORMATS[options.format];
  if (Math.max(width, height) <= maxSide) return;
  throw new AppError(
    'too_many_pixels',
    `The image is ${width} × ${height} pixels; ${label} allows at most ${maxSide} per side. Use maxWidth and maxHeight, or another format.`,
  );
};

/**
 * Re-encodes an image: upright, in sRGB, first frame only, within the limits of its size, without metadata but the rights
 * if asked for. Keeps the source, with no other metadata either, if it has the output format, would grow, and is right as it is.
 * @param header the result of `readHeader`, if already read
 * @param now milliseconds, for the time limit
 * @throws AppError `corrupt_image`, `too_many_pixels`, `too_many_frames`, `unsupported_image_format`, `processing_timeout`
 */
export const compress = async (
  bytes: Buffer,
  options: CompressOptions,
  header?: Metadata,
  now = () => performance.now(),
): Promise<Compressed> => {
  const deadline = startDeadline(options.maxSeconds, now);
  const source = await openPicture(bytes, { ...options, deadline }, header);
  const sized = resize(source.picture, source.metadata.autoOrient, options);
  // With channels to keep, the pixels are held in sRGB already.
  const isHeld = source.plan.keep === undefined && isHeldToFill(source.metadata, options.format);
  const picture = isHeld ? openPixels(await holdPixels(sized, deadline), deadline) : sized;
  return finishOutput(source, picture, options);
};

/** A source whose picture can be encoded. */
export interface OpenPicture {
  readonly bytes: Buffer;
  readonly metadata: Metadata;
  readonly plan: DecodePlan;
  /** XMP of its outputs, if rights are kept. */
  readonly rights: string | null;
  /** Upright, in sRGB. */
  readonly picture: Sharp;
}

/** @throws AppError as `compress` does */
export const openPicture = async (
  bytes: Buffer,
  options: CompressOptions & { readonly deadline: Deadline },
  header?: Metadata,
): Promise<OpenPicture> => {
  const read = header ?? (await readHeader(bytes, options));
  const foreign = isForeign(options.source) ? await decodeForeign(bytes, options.source) : null;
  // A picture may be cropped when it is decoded.
  const metadata = foreign ? { ...read, autoOrient: { width: foreign.width, height: foreign.height } } : read;
  const plan = planDecode(foreign?.bytes ?? bytes, options.source, metadata, foreign?.notes);
  const decoded = await decode(plan, options);
  const picture = plan.keep ? await keepChannels(decoded, plan.keep, options.deadline) : decoded;
  const rights = options.metadata === 'rights' ? rightsPacket(bytes, options.source, metadata) : null;
  return { bytes, metadata, plan, rights, picture };
};

/**
 * @param picture of the output's size
 * @throws AppError `corrupt_image`, `processing_timeout`
 */
export const finishOutput = async (
  { bytes, metadata, plan, rights }: Omit<OpenPicture, 'picture'>,
  picture: Sharp,
  options: CompressOptions,
): Promise<Compressed> => {
  const { data, info } = await encodeWithRights(picture, rights, options);
  const { width, height } = info;
  if (width < metadata.autoOrient.width || height < metadata.autoOrient.height) {
    return { bytes: data, width, height, notes: [...plan.notes, 'resized'] };
  }
  const original = keptOriginal(bytes, metadata, plan, { ...options, rights });
  if (original !== null && original.length < data.length) {
    return { bytes: original, width, height, notes: [...plan.notes, 'kept_original'] };
  }
  return { bytes: data, width, height, notes: plan.notes };
};
