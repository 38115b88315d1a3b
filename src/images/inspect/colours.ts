import type { Metadata } from 'sharp';
import { AppError } from '../../errors.ts';
import type { SourceFormat } from '../sniff.ts';
import { type ExifColours, readExifColours } from './exif.ts';
import { readHeifColours } from './isobmff.ts';
import { withJpegProfile } from './jpeg.ts';
import { readPngColours, signalledByPng, withPngProfile } from './png.ts';
import { readProfile } from './read-profile.ts';
import { adobeRgb, isHdr, isKnown, profileOfCodePoints } from './signalled.ts';

/** How the colours of a source become sRGB. */
export interface ColourPlan {
  /** The source, or a copy of it with the profile that it only signals. */
  readonly bytes: Buffer;
  /** sharp works with Display P3 in place of sRGB, because the source has 16 bits and a profile, even one that cannot be used. */
  readonly isDisplayP3: boolean;
  /**
   * The source needs a first pass to a PNG: `grey` because sharp leaves the profile of 16-bit grey alone, or this profile
   * because the format's own structure has no simple place for it.
   */
  readonly firstPass: 'grey' | Buffer | null;
  /** Other colours than sRGB's were converted. */
  readonly isConverted: boolean;
  /** EXIF says that the colours are not sRGB's, but not which; they are taken as sRGB. */
  readonly isUncalibrated: boolean;
}

const hdr = (): AppError =>
  new AppError(
    'unsupported_image_format',
    'The image has high dynamic range (PQ or HLG), which is not supported. Save it in standard dynamic range (sRGB).',
  );

const exifColours = ({ icc, exif, space }: Metadata): ExifColours => {
  const isRgb = space === 'srgb' || space === 'rgb16' || space === 'rgb';
  return icc === undefined && isRgb && exif !== undefined ? readExifColours(exif) : null;
};

/**
 * What the file signals in its own structure.
 * @returns a profile to be applied, `known` for an embedded one and for sRGB, null if the file says nothing
 */
const signalledBy = (bytes: Buffer, source: SourceFormat): Buffer | 'known' | null => {
  if (source === 'png') {
    const found = signalledByPng(readPngColours(bytes));
    if (found === 'hdr') throw hdr();
    return found;
  }
  if (source === 'avif') {
    const { hasProfile, codePoints } = readHeifColours(bytes);
    if (codePoints !== undefined && isHdr(codePoints)) throw hdr();
    if (hasProfile) return 'known';
    if (codePoints !== undefined) return profileOfCodePoints(codePoints) ?? (isKnown(codePoints) ? 'known' : null);
  }
  return null;
};

/** The only space of profiles that libvips applies to a picture; it ignores others, as browsers do. */
const spaceOf = ({ space }: Metadata): string => {
  if (space === 'b-w' || space === 'grey16') return 'GRAY';
  return space === 'cmyk' ? 'CMYK' : 'RGB';
};

/** @throws AppError `unsupported_image_format` for high dynamic range */
export const planColours = (bytes: Buffer, source: SourceFormat, header: Metadata): ColourPlan => {
  const is16Bit = header.space === 'rgb16';
  const own = signalledBy(bytes, source);
  // EXIF comes from the camera, and what it says may no longer hold for a file that was edited since.
  const byExif = own === null ? exifColours(header) : null;
  const signalled = byExif === 'adobe-rgb' ? adobeRgb() : own;
  if (signalled !== null && signalled !== 'known') {
    const copy = { isDisplayP3: is16Bit, firstPass: null, isConverted: true, isUncalibrated: false };
    if (source === 'png' && header.space === 'grey16') {
      return { ...copy, bytes: withPngProfile(bytes, signalled), firstPass: 'grey' };
    }
    if (source === 'png') return { ...copy, bytes: withPngProfile(bytes, signalled) };
    if (source === 'jpeg') return { ...copy, bytes: withJpegProfile(bytes, signalled) };
    return { ...copy, bytes, firstPass: signalled };
  }
  const kind = header.icc === undefined ? null : readProfile(header.icc);
  const isConverted = kind !== null && !kind.isSrgb && kind.space === spaceOf(header);
  if (header.space === 'grey16' && kind?.space === 'GRAY') {
    return { bytes, isDisplayP3: false, firstPass: 'grey', isConverted, isUncalibrated: false };
  }
  const isUncalibrated = byExif === 'uncalibrated';
  return { bytes, isDisplayP3: is16Bit && header.icc !== undefined, firstPass: null, isConverted, isUncalibrated };
};
