import type { Metadata } from 'sharp';
import type { SourceFormat } from './sniff.ts';
import type { ImageTask } from './task.ts';

/** Beside what grows with the picture: lines under way, tables of the coders. */
const FIXED_BYTES = 8 * 1024 * 1024;
/** The decoders copy and list metadata: a JPEG of 50 MB in 800,000 segments took 248 MiB. */
const METADATA_COPIES = 5;

const SAMPLE_BYTES: Readonly<Record<string, number>> = {
  ushort: 2,
  short: 2,
  uint: 4,
  int: 4,
  float: 4,
  complex: 8,
  double: 8,
  dpcomplex: 16,
};

/** Bytes a pixel that the encoders hold, measured with pictures of noise; the second where the output has alpha. */
const ENCODER: Readonly<Record<ImageTask['format'], readonly [opaque: number, alpha: number]>> = {
  jpeg: [4, 5],
  webp: [8, 13],
  png: [7, 10],
  avif: [36, 42],
};

/** Bytes in front of a JPEG's first scan: its metadata and tables. All of them where the scan is not found. */
const bytesBeforeScan = (bytes: Buffer): number => {
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1];
    if (marker === 0xda) return at;
    // Any number of fill bytes may stand in front of a marker (ITU-T T.81, B.1.1.2).
    at += marker === 0xff ? 1 : 2 + bytes.readUInt16BE(at + 2);
  }
  return bytes.length;
};

const metadataBytes = (bytes: Buffer, source: SourceFormat, { exif, icc, iptc, xmp }: Metadata): number => {
  if (source === 'jpeg') return bytesBeforeScan(bytes);
  return [exif, icc, iptc, xmp].reduce((sum, part) => sum + (part?.length ?? 0), 0);
};

/** Bytes a pixel that the decoder holds beside the decoded picture. */
const decoderBytes = (source: SourceFormat, picture: number, { isProgressive, channels }: Metadata): number => {
  switch (source) {
    case 'jpeg':
      // All coefficients, two bytes each, until the last scan.
      return isProgressive ? 2 * channels + 1 : 0;
    case 'png':
      // Adam7: the passes are put together in memory.
      return isProgressive ? picture : 0;
    case 'webp':
      // Lossless pictures with alpha need most: 8 in the decoder, and its copies of lines and tables.
      return 12;
    case 'gif':
      return 8;
    case 'avif':
      return 22;
    case 'tiff':
      // A tile or strip may be the whole picture.
      return picture;
  }
};

/**
 * Bytes that decoding and encoding an image takes at most, by what its header says: its pixels, what a pixel takes,
 * whether the picture comes in passes or is turned, and the output's encoder. The bytes of the source are not counted.
 * docs/security.md says how the figures were measured.
 */
export const estimateBytes = (
  bytes: Buffer,
  header: Metadata,
  source: SourceFormat,
  format: ImageTask['format'],
): number => {
  const { width, height, channels, depth, hasAlpha } = header;
  const picture = Math.max(3, channels) * (SAMPLE_BYTES[depth] ?? 1);
  const turned = (header.orientation ?? 1) > 1 ? picture : 0;
  const [opaque, alpha] = ENCODER[format];
  const each = picture + decoderBytes(source, picture, header) + turned + (hasAlpha ? alpha : opaque);
  return FIXED_BYTES + width * height * each + METADATA_COPIES * metadataBytes(bytes, source, header);
};
