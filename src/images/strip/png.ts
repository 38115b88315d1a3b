import { crc32 } from 'node:zlib';

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
/** Length and type before the data, checksum after it (PNG, 5.3). */
const CHUNK_BYTES = 12;

/** The picture, and what names its colours; gAMA, cHRM and cICP are read differently by different viewers. */
const KEPT = ['IHDR', 'PLTE', 'tRNS', 'iCCP', 'sRGB', 'IDAT', 'IEND'];

/** Bit 5 of the first letter: a decoder may ignore the chunk (PNG, 5.4). */
const isAncillary = (type: string): boolean => type >= 'a';

/**
 * Removes all chunks from a PNG in sRGB that define neither pixels nor name sRGB: texts, EXIF, time, and data after the end.
 * @returns null if the chunks are incomplete, wrong or unknown to browsers, or if the PNG is animated
 */
export const stripPngMetadata = (bytes: Buffer): Buffer | null => {
  if (!bytes.subarray(0, SIGNATURE.length).equals(SIGNATURE)) return null;
  const parts: Buffer[] = [SIGNATURE];
  const seen = new Set<string>();
  let last = '';
  for (let at = SIGNATURE.length; at + CHUNK_BYTES <= bytes.length; ) {
    const end = at + CHUNK_BYTES + bytes.readUInt32BE(at);
    if (end > bytes.length) return null;
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (crc32(bytes.subarray(at + 4, end - 4)) !== bytes.readUInt32BE(end - 4)) return null;
    if (type === 'acTL' || (last === '') !== (type === 'IHDR')) return null;
    if (KEPT.includes(type)) {
      // Only image data may be in several chunks, one right after the other.
      if (seen.has(type) && !(type === 'IDAT' && last === 'IDAT')) return null;
      seen.add(type);
      parts.push(bytes.subarray(at, end));
    } else if (!isAncillary(type)) return null;
    if (type === 'IEND') return seen.has('IDAT') ? Buffer.concat(parts) : null;
    last = type;
    at = end;
  }
  return null;
};
