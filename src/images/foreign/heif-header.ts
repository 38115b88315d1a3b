import { AppError } from '../../errors.ts';
import { coloursOf, find, type HeifColours } from '../inspect/isobmff.ts';
import { isHdr, profileOfCodePoints } from '../inspect/signalled.ts';
import { type HeifFile, type HeifItem, readHeifItems } from './heif-items.ts';

/** What can be known of a HEIC picture before it is decoded. */
export interface HeifHeader {
  /** Pixels of the upright picture, before it is cropped (`clap`). */
  readonly width: number;
  readonly height: number;
  /** Pixels of the largest picture that has to be decoded: itself, or a part of it. */
  readonly largest: number;
  readonly hasAlpha: boolean;
  /** A part has more than 8 bits a sample. */
  readonly isDeep: boolean;
  /** Embedded, or made of the code points that the file signals; absent: sRGB. */
  readonly profile?: Buffer;
  readonly isSequence: boolean;
}

const CODECS: Readonly<Record<string, string>> = {
  avc1: 'H.264 (AVC)',
  vvc1: 'VVC',
  evc1: 'EVC',
  jpeg: 'JPEG',
  j2k1: 'JPEG 2000',
  unci: 'uncompressed pixels',
  mski: 'a mask',
  tmap: 'a tone map',
  av01: 'AV1',
};

const unsupported = (what: string): AppError =>
  new AppError(
    'unsupported_image_format',
    `The image is a HEIF file ${what}, which is not supported. Save it as JPEG.`,
  );

/** Width and height before turning; null if the item does not say (`ispe`, ISO/IEC 23008-12, 6.5.3). */
const extentOf = ({ properties }: HeifItem): readonly [number, number] | null => {
  const data = properties.find(({ type }) => type === 'ispe')?.data;
  return data === undefined || data.length < 12 ? null : [data.readUInt32BE(4), data.readUInt32BE(8)];
};

/** Whether the properties turn it by 90° or 270° (`irot`, 6.5.10). */
const isTurned = ({ properties }: HeifItem): boolean =>
  properties.filter(({ type, data }) => type === 'irot' && ((data[0] ?? 0) & 1) === 1).length % 2 === 1;

/** By the decoder configuration (`hvcC`, ISO/IEC 14496-15, 8.3.3). */
const isDeep = ({ properties }: HeifItem): boolean =>
  properties.some(
    ({ type, data }) => type === 'hvcC' && (((data[17] ?? 0) & 7) > 0 || ((data[18] ?? 0) & 7) > 0 || data.length < 19),
  );

/** The first part's colours are those of a grid that has none of its own. */
const coloursOfFile = ({ primary, coded }: HeifFile): HeifColours => {
  const own = coloursOf(primary.properties);
  return own.hasProfile || own.codePoints !== undefined ? own : coloursOf(coded[0]?.properties ?? []);
};

/**
 * @param maxPixels of each part of the picture
 * @throws AppError `corrupt_image`, `too_many_pixels`, and `unsupported_image_format` for other codecs, high dynamic range
 * and sequences without a still picture
 */
export const readHeifHeader = (bytes: Buffer, maxPixels = Number.POSITIVE_INFINITY): HeifHeader => {
  const file = readHeifItems(bytes);
  if (file === null) {
    throw find(bytes, 'moov') !== null
      ? unsupported('without a still picture')
      : new AppError('corrupt_image', 'The HEIC image is damaged: it does not say which picture it shows.');
  }
  const other = file.coded.find(({ type }) => type !== 'hvc1');
  const extent = extentOf(file.primary);
  if (other !== undefined && other.type in CODECS) throw unsupported(`with ${CODECS[other.type]} inside`);
  if (other !== undefined || file.coded.length === 0 || extent === null || extent[0] * extent[1] === 0) {
    throw new AppError('corrupt_image', 'The HEIC image is damaged: parts of its picture are missing.');
  }
  const { codePoints, profile } = coloursOfFile(file);
  if (codePoints !== undefined && isHdr(codePoints)) {
    throw unsupported('in high dynamic range (PQ or HLG)');
  }
  const colours = profile ?? (codePoints && profileOfCodePoints(codePoints)) ?? undefined;
  const areas = file.coded.map((item) => (extentOf(item) ?? [0, 0]).reduce((a, b) => a * b, 1));
  const largest = Math.max(...areas, extent[0] * extent[1]);
  if (largest > maxPixels) {
    const message = `The image has ${largest} pixels in one of its parts; this server accepts up to ${maxPixels}.`;
    throw new AppError('too_many_pixels', message);
  }
  const [width, height] = isTurned(file.primary) ? [extent[1], extent[0]] : extent;
  return {
    width,
    height,
    largest,
    hasAlpha: file.hasAlpha,
    isDeep: file.coded.some(isDeep),
    ...(colours && { profile: colours }),
    isSequence: file.isSequence,
  };
};
