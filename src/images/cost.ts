import type { Metadata } from 'sharp';
import { OUTPUT_FORMATS, type OutputFormat } from '../output-formats.ts';
import { foreignBytes, isForeign } from './foreign/foreign.ts';
import { tileMemory } from './inspect/tiff-chunks.ts';
import { planTiff } from './inspect/tiff-plan.ts';
import type { SourceFormat } from './sniff.ts';

/** Memory independent of the image size: line buffers, coder tables. */
const FIXED_BYTES = 8 * 1024 * 1024;
/** Decoders copy and list metadata: a JPEG of 50 MB in 800,000 segments took 248 MiB. */
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

/** Bytes before a JPEG's first scan, i.e. its metadata and tables. The whole file if no scan is found. */
const bytesBeforeScan = (bytes: Buffer): number => {
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1];
    if (marker === 0xda) return at;
    // A marker may be preceded by any number of fill bytes (ITU-T T.81, B.1.1.2).
    at += marker === 0xff ? 1 : 2 + bytes.readUInt16BE(at + 2);
  }
  return bytes.length;
};

const metadataBytes = (bytes: Buffer, source: SourceFormat, { exif, icc, iptc, xmp }: Metadata): number => {
  if (source === 'jpeg') return bytesBeforeScan(bytes);
  return [exif, icc, iptc, xmp].reduce((sum, part) => sum + (part?.length ?? 0), 0);
};

/** Bytes per pixel used by the decoder in addition to the decoded image. */
const decoderBytes = (
  source: SourceFormat,
  picture: number,
  { isProgressive, channels, hasAlpha }: Metadata,
): number => {
  switch (source) {
    case 'jpeg':
      // All coefficients are kept until the last scan, two bytes each.
      return isProgressive ? 2 * channels + 1 : 0;
    case 'png':
      // Adam7 passes are merged in memory.
      return isProgressive ? picture : 0;
    case 'webp':
      // The worst case is lossless with alpha: 8 in the decoder, plus copies of lines and tables.
      return 12;
    case 'gif':
      return 8;
    case 'avif':
      return 22;
    case 'tiff':
      // A tile or strip may be the whole image; a picture with more channels than RGB is decoded before some are dropped.
      return picture + (hasAlpha ? channels : 0);
    case 'heic':
    case 'bmp':
      // The TIFF that it becomes; see foreignBytes for the decoder.
      return picture;
  }
};

/**
 * Estimates the maximum memory for decoding and encoding an image from its header: pixels, bytes per pixel, progressive
 * passes, rotation and the output's encoder. Does not include the source bytes.
 * docs/security.md explains how the figures were measured.
 * @param encoded pixels of the output, if it is encoded apart from decoding
 */
export const estimateBytes = (
  bytes: Buffer,
  header: Metadata,
  source: SourceFormat,
  format: OutputFormat,
  encoded = header.width * header.height,
): number => {
  const { width, height, channels, depth, hasAlpha } = header;
  const picture = Math.max(3, channels) * (SAMPLE_BYTES[depth] ?? 1);
  const turned = (header.orientation ?? 1) > 1 ? picture : 0;
  const { opaque, alpha } = OUTPUT_FORMATS[format].encoderBytes;
  const decoded = width * height * (picture + decoderBytes(source, picture, header) + turned);
  // A PNG that only signals its colours is copied with their profile (inspect/png.ts), a TIFF to check its parts (parts/).
  const copy = source === 'png' || source === 'tiff' ? bytes.length : 0;
  const stored = source === 'tiff' ? planTiff(bytes, { mayLackParts: true }).stored : undefined;
  const tiles = stored ? tileMemory(stored.directory) : 0;
  const foreign = isForeign(source) ? foreignBytes(bytes, source) : 0;
  return (
    FIXED_BYTES +
    copy +
    tiles +
    foreign +
    decoded +
    encoded * (hasAlpha ? alpha : opaque) +
    METADATA_COPIES * metadataBytes(bytes, source, header)
  );
};
