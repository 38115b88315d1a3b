import type { Metadata } from 'sharp';
import type { SourceFormat } from '../sniff.ts';

/** What `sharp.metadata()` says of a picture without metadata. */
export type PlainHeader = Pick<
  Metadata,
  | 'format'
  | 'width'
  | 'height'
  | 'space'
  | 'channels'
  | 'depth'
  | 'isProgressive'
  | 'hasProfile'
  | 'hasAlpha'
  | 'autoOrient'
>;

/** No JPEG or WebP is longer, and few PNGs. */
const MAX_SIDE = 65_535;

const headerOf = (
  format: 'jpeg' | 'png' | 'webp',
  [width, height]: readonly [number, number],
  channels: 1 | 3 | 4,
  isProgressive: boolean,
): PlainHeader | null => {
  if (Math.min(width, height) === 0 || Math.max(width, height) > MAX_SIDE) return null;
  return {
    ...{ format, width, height, channels, isProgressive, autoOrient: { width, height } },
    ...{ space: channels === 1 ? 'b-w' : 'srgb', depth: 'uchar', hasProfile: false, hasAlpha: channels === 4 },
  };
};

/** Markers of ITU-T T.81, table B.1. */
const JPEG = { SOF0: 0xc0, SOF2: 0xc2, DHT: 0xc4, SOS: 0xda, DQT: 0xdb, DRI: 0xdd, APP0: 0xe0, COM: 0xfe };
const PLAIN_SEGMENTS: readonly number[] = [JPEG.DHT, JPEG.DQT, JPEG.DRI, JPEG.APP0, JPEG.COM];

/** Baseline or progressive, grey or in three components of 8 bits that are all in the first scan, with a JFIF header at most. */
const readJpeg = (bytes: Buffer): PlainHeader | null => {
  let frame: { rows: number; columns: number; components: number; isProgressive: boolean } | null = null;
  for (let at = 2; at + 12 <= bytes.length; at += 2 + bytes.readUInt16BE(at + 2)) {
    const marker = bytes[at + 1] ?? 0;
    const length = bytes.readUInt16BE(at + 2);
    if (bytes[at] !== 0xff || length < 2) return null;
    if (marker === JPEG.SOF0 || marker === JPEG.SOF2) {
      const [precision, components = 0] = [bytes[at + 4], bytes[at + 9]];
      if (frame !== null || precision !== 8 || length !== 8 + 3 * components) return null;
      const [rows, columns] = [bytes.readUInt16BE(at + 5), bytes.readUInt16BE(at + 7)];
      frame = { rows, columns, components, isProgressive: marker === JPEG.SOF2 };
    } else if (marker === JPEG.SOS) {
      const { rows, columns, components, isProgressive } = frame ?? { components: 0 };
      const isWhole = isProgressive === true || bytes[at + 4] === components;
      if (!isWhole || (components !== 1 && components !== 3)) return null;
      return headerOf('jpeg', [columns ?? 0, rows ?? 0], components, isProgressive === true);
    } else if (!PLAIN_SEGMENTS.includes(marker)) return null;
  }
  return null;
};

const PNG = { header: 8, rgb: 2, rgba: 6 };

/** RGB or RGBA of 8 bits; of the chunks before the pixels only the resolution (W3C PNG, 11). */
const readPng = (bytes: Buffer): PlainHeader | null => {
  const typeAt = (at: number): string => bytes.toString('latin1', at + 4, at + 8);
  if (bytes.length < 45 || bytes.readUInt32BE(PNG.header) !== 13 || typeAt(PNG.header) !== 'IHDR') return null;
  let next = PNG.header + 25;
  if (typeAt(next) === 'pHYs') next += 21;
  if (typeAt(next) !== 'IDAT') return null;
  const [depth, colour, compression, filter, interlace = 2] = bytes.subarray(24, 29);
  if (depth !== 8 || compression !== 0 || filter !== 0 || interlace > 1) return null;
  if (colour !== PNG.rgb && colour !== PNG.rgba) return null;
  const size = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)] as const;
  return headerOf('png', size, colour === PNG.rgba ? 4 : 3, interlace === 1);
};

/** A file of one lossy picture, without extended header, so without alpha and metadata (RFC 9649, 2.5). */
const readWebp = (bytes: Buffer): PlainHeader | null => {
  if (bytes.length < 30 || bytes.toString('latin1', 12, 16) !== 'VP8 ') return null;
  // A key frame with its start code (RFC 6386, 9.1).
  const isKeyFrame = ((bytes[20] ?? 1) & 1) === 0 && bytes.readUIntBE(23, 3) === 0x9d012a;
  if (!isKeyFrame) return null;
  return headerOf('webp', [bytes.readUInt16LE(26) & 0x3fff, bytes.readUInt16LE(28) & 0x3fff], 3, false);
};

/**
 * Reads the header of the most usual files, without profile, orientation, or any other metadata: asking libvips costs as
 * much CPU as the rest of a small image. Null for all others, and for whatever seems damaged.
 */
export const readPlainHeader = (bytes: Buffer, source: SourceFormat): PlainHeader | null => {
  if (source === 'jpeg') return readJpeg(bytes);
  if (source === 'png') return readPng(bytes);
  return source === 'webp' ? readWebp(bytes) : null;
};
