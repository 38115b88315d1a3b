import sharp, { type Metadata, type Sharp } from 'sharp';
import { AppError } from '../errors.ts';
import { OUTPUT_FORMATS, type OutputFormat } from '../output-formats.ts';
import { countFrames } from './frames.ts';
import type { SourceFormat } from './sniff.ts';
import { stripJpegMetadata } from './strip-metadata.ts';
import type { ImageNote } from './task.ts';

export interface CompressOptions {
  readonly format: OutputFormat;
  /** 1 to 100. */
  readonly quality: number;
  /** JPEG only; see ImageTask. */
  readonly mozjpeg?: boolean;
  readonly progressive?: boolean;
  /** The source format, as detected by `sniff`. */
  readonly source: SourceFormat;
  /** Width × height, checked on the header before decoding. */
  readonly maxPixels: number;
  /** Seconds after which libvips aborts. */
  readonly maxSeconds: number;
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

const damaged = (cause?: unknown): AppError =>
  new AppError('corrupt_image', 'The image is damaged or incomplete and cannot be read.', { cause });

/**
 * Reads the header without decoding.
 * @throws AppError `corrupt_image`, `too_many_pixels`, `too_many_frames`, `unsupported_image_format`
 */
export const readHeader = async (
  bytes: Buffer,
  options: Pick<CompressOptions, 'maxPixels' | 'source' | 'format'>,
): Promise<Metadata> => {
  // Checked before libvips reads the file, see countFrames.
  if (countFrames(bytes, options.source, MAX_FRAMES) > MAX_FRAMES) {
    throw new AppError('too_many_frames', `The image has more than ${MAX_FRAMES} frames or pages.`);
  }
  const metadata = await sharp(bytes, { limitInputPixels: false, limitInputChannels: false })
    .metadata()
    .catch((error: unknown) => {
      throw damaged(error);
    });
  const pixels = metadata.width * metadata.height;
  if (pixels > options.maxPixels) {
    throw new AppError(
      'too_many_pixels',
      `The image has ${metadata.width} × ${metadata.height} = ${pixels} pixels; this server accepts up to ${options.maxPixels}.`,
    );
  }
  const side = Math.max(metadata.width, metadata.height);
  const { label, maxSide } = OUTPUT_FORMATS[options.format];
  if (side > maxSide) {
    throw new AppError(
      'too_many_pixels',
      `The image is ${metadata.width} × ${metadata.height} pixels; ${label} allows at most ${maxSide} per side.`,
    );
  }
  if (metadata.channels > MAX_CHANNELS) {
    throw new AppError(
      'unsupported_image_format',
      `The image has ${metadata.channels} channels; photos have at most ${MAX_CHANNELS}.`,
    );
  }
  return metadata;
};

type EncoderOptions = Pick<CompressOptions, 'quality' | 'mozjpeg' | 'progressive'>;

/** One encoder per format; `quality` is passed to sharp's encoder. */
const ENCODERS: Readonly<Record<OutputFormat, (image: Sharp, options: EncoderOptions) => Sharp>> = {
  // JPEG has no transparency; without a background, transparent areas would turn black.
  jpeg: (image, { quality, mozjpeg = false, progressive = false }) =>
    image.flatten({ background: '#ffffff' }).jpeg({ quality, mozjpeg, progressive }),
  webp: (image, { quality }) => image.webp({ quality }),
  // The default effort takes about 18 s for 6 megapixels; 2 takes a fraction of that for nearly the same size.
  avif: (image, { quality }) => image.avif({ quality, effort: 2 }),
  // PNG is lossless; below 100 the colours are reduced to a palette, which makes the file smaller.
  png: (image, { quality }) =>
    quality < 100 ? image.png({ quality, palette: true }) : image.png({ compressionLevel: 9 }),
};

const encode = async (bytes: Buffer, options: CompressOptions) => {
  // 'error' rejects truncated and corrupt images; 'warning' would also reject valid ones from some cameras.
  const image = sharp(bytes, { limitInputPixels: options.maxPixels, failOn: 'error', sequentialRead: true })
    .autoOrient()
    .toColourspace('srgb')
    .timeout({ seconds: options.maxSeconds });
  try {
    return await ENCODERS[options.format](image, options).toBuffer({ resolveWithObject: true });
  } catch (error) {
    if (String(error).includes('timeout:')) {
      throw new AppError(
        'processing_timeout',
        `The image took longer than ${options.maxSeconds} seconds to compress.`,
        {
          cause: error,
        },
      );
    }
    throw damaged(error);
  }
};

/** The source without its metadata, if it can be used as the result: an upright RGB or grey JPEG. */
const usableOriginal = (bytes: Buffer, metadata: Metadata, options: CompressOptions): Buffer | null => {
  if (options.format !== 'jpeg' || options.source !== 'jpeg') return null;
  if ((metadata.orientation ?? 1) !== 1 || (metadata.space !== 'srgb' && metadata.space !== 'b-w')) return null;
  return stripJpegMetadata(bytes);
};

/**
 * Re-encodes an image: upright, in sRGB, without metadata, first frame only.
 * Keeps the source, without its metadata, if it is a JPEG that would grow.
 * @param header the result of `readHeader`, if already read
 * @throws AppError `corrupt_image`, `too_many_pixels`, `too_many_frames`, `unsupported_image_format`, `processing_timeout`
 */
export const compress = async (bytes: Buffer, options: CompressOptions, header?: Metadata): Promise<Compressed> => {
  const metadata = header ?? (await readHeader(bytes, options));
  const { data, info } = await encode(bytes, options);
  const notes: ImageNote[] = (metadata.pages ?? 1) > 1 ? ['first_frame_only'] : [];
  const { width, height } = info;
  const original = usableOriginal(bytes, metadata, options);
  if (original && original.length < data.length) {
    return { bytes: original, width, height, notes: [...notes, 'kept_original'] };
  }
  return { bytes: data, width, height, notes };
};
