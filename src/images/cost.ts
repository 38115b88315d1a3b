import type { Metadata } from 'sharp';
import { OUTPUT_FORMATS, type OutputFormat } from '../output-formats.ts';
import { isHeldToFill } from './decode.ts';
import { foreignBytes, isForeign } from './foreign/foreign.ts';
import { readHeifMetadata } from './foreign/heif-metadata.ts';
import { readExifColours } from './inspect/exif.ts';
import { partMemory } from './inspect/tiff/tiff-chunks.ts';
import { planTiff } from './inspect/tiff/tiff-plan.ts';
import { areaOf, fitInside, type Size, type SizeLimits } from './size.ts';
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

const metadataBytes = (bytes: Buffer, source: SourceFormat, header: Metadata): number => {
  if (source === 'jpeg') return bytesBeforeScan(bytes);
  const { exif, icc, iptc, xmp } = source === 'heic' ? { ...header, ...readHeifMetadata(bytes) } : header;
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
      // All coefficients are kept until the last scan, two bytes each. Converting CMYK takes more than RGB.
      return (isProgressive ? 2 * channels + 1 : 0) + (channels === 4 ? channels : 0);
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

/** libimagequant's table of the colours that occur; when there are too many, it drops bits of them and starts again. */
const PALETTE = { colourBytes: 55, maxColours: 2_000_000 };

/** Rows that libvips' steps hold. What a pixel takes covers them, unless the source is much wider than high. */
const ROWS = { most: 60, copied: 8, resized: 20, resizedAlpha: 30, usualAspect: 2 };

const rowBytes = (
  { width, height, autoOrient, hasAlpha }: Metadata,
  picture: number,
  encoded: Size,
  isFlattened: boolean,
): number => {
  const isResized = areaOf(encoded) < width * height;
  // Transparency is multiplied into the colours as floating-point numbers, if it was not flattened before.
  const resized = hasAlpha && !isFlattened ? ROWS.resizedAlpha : ROWS.resized;
  // One that becomes wide by turning is encoded in such rows.
  const { width: long, height: short } = !isResized && autoOrient.width > width ? autoOrient : { width, height };
  const beyond = Math.max(0, long - ROWS.usualAspect * short);
  return beyond * Math.min(short, ROWS.most) * picture * (isResized ? resized : ROWS.copied);
};

/** Copies of the file for a profile that it only signals, for another brand (`inspect/`), or to check its parts. */
const copiedBytes = (bytes: Buffer, source: SourceFormat, { icc, exif }: Metadata): number => {
  const isCopied =
    source === 'png' ||
    source === 'tiff' ||
    (source === 'avif' && bytes.toString('latin1', 8, 12) === 'avis') ||
    (source === 'jpeg' && icc === undefined && exif !== undefined && readExifColours(exif) === 'adobe-rgb');
  return isCopied ? bytes.length : 0;
};

/** What an output takes by its pixels. */
const encoderBytes = (pixels: number, hasAlpha: boolean, { format, quality }: Encoded): number => {
  const { opaque, alpha } = OUTPUT_FORMATS[format].encoderBytes;
  const isPalette = format === 'png' && quality < 100;
  const palette = isPalette ? PALETTE.colourBytes * Math.min(pixels, PALETTE.maxColours) : 0;
  return pixels * (hasAlpha ? alpha : opaque) + palette;
};

/** An output, as far as it decides what memory it takes. */
export interface Encoded extends SizeLimits {
  readonly format: OutputFormat;
  readonly quality: number;
}

/** Whether the pixels are held in memory: for several outputs, or to mix them with the background of one. */
const areHeld = (header: Metadata, outputs: readonly Encoded[]): boolean =>
  outputs.length > 1 || outputs.some(({ format }) => isHeldToFill(header, format));

/** In the size of the largest output. */
const heldBytes = (header: Metadata, outputs: readonly Encoded[]): number => {
  const most = Math.max(...outputs.map((output) => areaOf(fitInside(header.autoOrient, output))));
  return most * (header.hasAlpha ? 4 : 3);
};

/**
 * Estimates the maximum memory for decoding and encoding an image from its header: pixels, bytes per pixel, progressive
 * passes, rotation, and the outputs' encoders, which run one by one. Does not include the source bytes.
 * docs/security.md explains how the figures were measured.
 */
export const estimateBytes = (
  bytes: Buffer,
  header: Metadata,
  source: SourceFormat,
  outputs: readonly Encoded[],
): number => {
  const { width, height, channels, depth, hasAlpha } = header;
  const picture = Math.max(3, channels) * (SAMPLE_BYTES[depth] ?? 1);
  const turned = (header.orientation ?? 1) > 1 ? picture : 0;
  const decoded = width * height * (picture + decoderBytes(source, picture, header) + turned);
  const stored = source === 'tiff' ? planTiff(bytes, { mayLackParts: true }).stored : undefined;
  const parts = stored ? partMemory(stored.directory, bytes.length) : 0;
  const foreign = isForeign(source) ? foreignBytes(bytes, source) : 0;
  const isHeld = areHeld(header, outputs);
  const encoded = outputs.map((output) => {
    const size = fitInside(header.autoOrient, output);
    const isFlattened = output.format === 'jpeg' && !isHeld;
    return rowBytes(header, picture, size, isFlattened) + encoderBytes(areaOf(size), hasAlpha, output);
  });
  return (
    FIXED_BYTES +
    copiedBytes(bytes, source, header) +
    parts +
    foreign +
    decoded +
    (isHeld ? heldBytes(header, outputs) : 0) +
    Math.max(...encoded) +
    METADATA_COPIES * metadataBytes(bytes, source, header)
  );
};
