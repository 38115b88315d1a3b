import type { Metadata } from 'sharp';
import type { SourceFormat } from '../sniff.ts';
import type { ImageNote } from '../task.ts';
import { checkBmp, decodeBmp } from './bmp/bmp.ts';
import { decodeHeif, heifBytes } from './heif.ts';
import { readHeifHeader } from './heif-header.ts';

/** Formats that are decoded here, because the prebuilt libvips cannot read them. */
export type ForeignFormat = Extract<SourceFormat, 'heic' | 'bmp'>;

export const isForeign = (source: SourceFormat): source is ForeignFormat => source === 'heic' || source === 'bmp';

export interface DecodedForeign {
  /** A TIFF with the profile. */
  readonly bytes: Buffer;
  readonly width: number;
  readonly height: number;
  readonly notes: readonly ImageNote[];
}

/**
 * The header as sharp would give it, of the upright picture.
 * @throws AppError `corrupt_image`, `too_many_pixels`, `unsupported_image_format`
 */
export const readForeignHeader = (bytes: Buffer, source: ForeignFormat, maxPixels: number): Metadata => {
  const { width, height, hasAlpha, profile, isSequence } =
    source === 'heic' ? readHeifHeader(bytes, maxPixels) : bmpHeader(bytes, maxPixels);
  return {
    format: source === 'heic' ? 'heif' : 'bmp',
    ...{ width, height, autoOrient: { width, height } },
    ...{ space: 'srgb', depth: 'uchar', channels: hasAlpha ? 4 : 3, hasAlpha },
    ...{ hasProfile: profile !== undefined, isProgressive: false },
    ...(profile && { icc: profile }),
    ...(isSequence && { pages: 2 }),
  } as Metadata;
};

const bmpHeader = (bytes: Buffer, maxPixels: number) => {
  const { width, height, hasAlpha, colours } = checkBmp(bytes, maxPixels);
  return { width, height, hasAlpha, profile: colours.profile, isSequence: false };
};

/**
 * V8 compiles the decoder's WebAssembly once plainly and again with optimizations while it runs. Measured for small pictures in
 * a new process: up to 15 MiB more than the memory of the decoder; the rest is room.
 */
const COMPILING_BYTES = 24 * 1024 * 1024;

/** What decoding takes in addition to the decoded picture. */
export const foreignBytes = (bytes: Buffer, source: ForeignFormat): number =>
  source === 'heic' ? COMPILING_BYTES + heifBytes(bytes.length, readHeifHeader(bytes)) : 0;

/**
 * The picture as a TIFF with its profile.
 * @throws AppError `corrupt_image`, `unsupported_image_format`
 */
export const decodeForeign = async (bytes: Buffer, source: ForeignFormat): Promise<DecodedForeign> => {
  if (source === 'heic') return { ...(await decodeHeif(bytes, readHeifHeader(bytes))), notes: [] };
  const header = checkBmp(bytes);
  const { width, height, colours } = header;
  return {
    bytes: decodeBmp(bytes, header),
    width,
    height,
    notes: colours.isUncalibrated ? ['uncalibrated_colours'] : [],
  };
};
