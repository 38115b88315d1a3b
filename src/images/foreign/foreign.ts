import type { Metadata } from 'sharp';
import type { SourceFormat } from '../sniff.ts';
import { type DecodedHeif, decodeHeif, heifBytes } from './heif.ts';
import { readHeifHeader } from './heif-header.ts';

/** Formats that are decoded here, because the prebuilt libvips cannot read them. */
export type ForeignFormat = Extract<SourceFormat, 'heic'>;

export const isForeign = (source: SourceFormat): source is ForeignFormat => source === 'heic';

/**
 * The header as sharp would give it, of the upright picture.
 * @throws AppError `corrupt_image`, `too_many_pixels`, `unsupported_image_format`
 */
export const readForeignHeader = (bytes: Buffer, _source: ForeignFormat, maxPixels: number): Metadata => {
  const { width, height, hasAlpha, profile, isSequence } = readHeifHeader(bytes, maxPixels);
  return {
    format: 'heif',
    ...{ width, height, autoOrient: { width, height } },
    ...{ space: 'srgb', depth: 'uchar', channels: hasAlpha ? 4 : 3, hasAlpha },
    ...{ hasProfile: profile !== undefined, isProgressive: false },
    ...(profile && { icc: profile }),
    ...(isSequence && { pages: 2 }),
  } as Metadata;
};

/** What decoding takes in addition to the decoded picture. */
export const foreignBytes = (bytes: Buffer, _source: ForeignFormat): number =>
  heifBytes(bytes.length, readHeifHeader(bytes));

/**
 * The picture as a TIFF with its profile.
 * @throws AppError `corrupt_image`, `unsupported_image_format`
 */
export const decodeForeign = (bytes: Buffer, _source: ForeignFormat): Promise<DecodedHeif> =>
  decodeHeif(bytes, readHeifHeader(bytes));
