import { crc32 } from 'node:zlib';
import type { OutputFormat } from '../../output-formats.ts';
import { readAvif } from '../strip/avif.ts';
import { writeAvif } from '../strip/avif-file.ts';

/** Identifies XMP in a segment of JPEG (XMP specification, part 3, 1.1.3). */
const JPEG_XMP = 'http://ns.adobe.com/xap/1.0/\0';
const APP0 = 0xe0;
const APP1 = 0xe1;

/** After the JFIF segment, which must be the first one. */
const intoJpeg = (bytes: Buffer, packet: Buffer): Buffer => {
  const at = bytes[3] === APP0 ? 4 + bytes.readUInt16BE(4) : 2;
  const head = Buffer.from(`\xff${String.fromCharCode(APP1)}\0\0${JPEG_XMP}`, 'latin1');
  head.writeUInt16BE(head.length - 2 + packet.length, 2);
  return Buffer.concat([bytes.subarray(0, at), head, packet, bytes.subarray(at)]);
};

/** Signature, and the header chunk of 13 bytes. */
const PNG_HEAD = 8 + 25;

const intoPng = (bytes: Buffer, packet: Buffer): Buffer => {
  const head = Buffer.from('\0\0\0\0iTXtXML:com.adobe.xmp\0\0\0\0\0', 'latin1');
  const chunk = Buffer.concat([head, packet, Buffer.alloc(4)]);
  chunk.writeUInt32BE(chunk.length - 12, 0);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, -4)), chunk.length - 4);
  return Buffer.concat([bytes.subarray(0, PNG_HEAD), chunk, bytes.subarray(PNG_HEAD)]);
};

/** Flags of VP8X (RFC 9649, 2.7.1.1). */
const XMP = 0x04;
const ALPHA = 0x10;
const RIFF_HEAD = 12;
const CHUNK_HEAD = 8;

const intoWebp = (bytes: Buffer, packet: Buffer, { width, height }: Size): Buffer => {
  const extended = webpHead(bytes, width, height);
  const rest = bytes.subarray(RIFF_HEAD + (isExtended(bytes) ? extended.length : 0));
  const chunk = Buffer.concat([Buffer.from('XMP \0\0\0\0', 'latin1'), packet, Buffer.alloc(packet.length & 1)]);
  chunk.writeUInt32LE(packet.length, 4);
  const all = Buffer.concat([bytes.subarray(0, RIFF_HEAD), extended, rest, chunk]);
  all.writeUInt32LE(all.length - CHUNK_HEAD, 4);
  return all;
};

const isExtended = (bytes: Buffer): boolean => bytes.toString('latin1', RIFF_HEAD, RIFF_HEAD + 4) === 'VP8X';

/** A copy of the extended header that announces XMP, or a new one for a file that has none. */
const webpHead = (bytes: Buffer, width: number, height: number): Buffer => {
  if (isExtended(bytes)) {
    const known = Buffer.from(bytes.subarray(RIFF_HEAD, RIFF_HEAD + CHUNK_HEAD + 10));
    known[CHUNK_HEAD] = (known[CHUNK_HEAD] ?? 0) | XMP;
    return known;
  }
  const made = Buffer.alloc(CHUNK_HEAD + 10);
  made.write('VP8X', 'latin1');
  made.writeUInt32LE(10, 4);
  // In the bitstream of the lossless format, after its signature and two sides of 14 bits (RFC 9649, 3.4).
  const isLossless = bytes.toString('latin1', RIFF_HEAD, RIFF_HEAD + 4) === 'VP8L';
  const hasAlpha = isLossless && ((bytes[RIFF_HEAD + CHUNK_HEAD + 4] ?? 0) & 0x10) !== 0;
  made[CHUNK_HEAD] = XMP | (hasAlpha ? ALPHA : 0);
  made.writeUIntLE(width - 1, CHUNK_HEAD + 4, 3);
  made.writeUIntLE(height - 1, CHUNK_HEAD + 7, 3);
  return made;
};

interface Size {
  readonly width: number;
  readonly height: number;
}

const intoAvif = (bytes: Buffer, packet: Buffer): Buffer | null => {
  const picture = readAvif(bytes);
  return picture && writeAvif(picture, packet);
};

const ATTACH: Readonly<Record<OutputFormat, (bytes: Buffer, packet: Buffer, size: Size) => Buffer | null>> = {
  jpeg: intoJpeg,
  png: intoPng,
  webp: intoWebp,
  avif: intoAvif,
};

/**
 * A copy of a picture with this packet of XMP; null if that is not possible in its format.
 * @param bytes stripped of all metadata, so its structure is known to be whole
 * @param packet at most 64 KiB
 */
export const attachXmp = (bytes: Buffer, packet: string, format: OutputFormat, size: Size): Buffer | null =>
  ATTACH[format](bytes, Buffer.from(packet), size);
