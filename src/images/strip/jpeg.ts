import { isShownByBrowsers } from '../inspect/jpeg.ts';

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const APP0 = 0xe0;
const APP2 = 0xe2;
const APP14 = 0xee;
const APP15 = 0xef;
const COM = 0xfe;

/** Markers without a length: TEM and the restart markers (ITU-T T.81, table B.1). */
const hasNoLength = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);

/** Whether decoders need the segment: image data, the colour profile, or Adobe's colour transform. */
const isKept = (marker: number, payload: Buffer): boolean => {
  if (marker === APP2) return payload.toString('latin1', 0, 12) === 'ICC_PROFILE\0';
  if (marker === APP14) return payload.toString('latin1', 0, 5) === 'Adobe';
  return !(marker >= APP0 && marker <= APP15) && marker !== COM;
};

/** The JFIF segment (ITU-T T.871) without its optional thumbnail. */
const plainJfif = (payload: Buffer): Buffer | null => {
  if (payload.toString('latin1', 0, 5) !== 'JFIF\0' || payload.length < 14) return null;
  const kept = Buffer.concat([Buffer.from([0xff, APP0, 0, 16]), payload.subarray(0, 14)]);
  kept.fill(0, 16, 18);
  return kept;
};

/** The end of entropy-coded data: the next marker that is neither a stuffed byte nor a restart. */
const endOfScan = (bytes: Buffer, from: number): number => {
  let at = bytes.indexOf(0xff, from);
  while (at !== -1 && at + 1 < bytes.length) {
    const next = bytes[at + 1] ?? 0;
    if (next === 0xff) at += 1;
    else if (next === 0 || (next >= 0xd0 && next <= 0xd7)) at = bytes.indexOf(0xff, at + 2);
    else return at;
  }
  return -1;
};

/**
 * Removes everything but the image from a JPEG without re-encoding: EXIF including GPS, XMP, IPTC, comments, thumbnails,
 * further images, and data after the end. Keeps the ICC profile and the Adobe marker, which define the colours.
 * @returns null if the bytes are not a structurally complete JPEG (ITU-T T.81, annex B), or no browser would show it
 */
export const stripJpegMetadata = (bytes: Buffer): Buffer | null => {
  if (bytes[0] !== 0xff || bytes[1] !== SOI) return null;
  const parts: Buffer[] = [bytes.subarray(0, 2)];
  let at = 2;
  while (at + 1 < bytes.length) {
    const marker = bytes[at + 1] ?? 0;
    if (bytes[at] !== 0xff) return null;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === EOI) {
      parts.push(bytes.subarray(at, at + 2));
      return Buffer.concat(parts);
    }
    if (hasNoLength(marker)) {
      at += 2;
      continue;
    }
    if (at + 4 > bytes.length) return null;
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    if (end < at + 4 || end > bytes.length) return null;
    const payload = bytes.subarray(at + 4, end);
    if (!isShownByBrowsers(marker, payload)) return null;
    const jfif = marker === APP0 ? plainJfif(payload) : null;
    if (jfif) parts.push(jfif);
    else if (isKept(marker, payload)) parts.push(bytes.subarray(at, end));
    at = end;
    if (marker === SOS) {
      const next = endOfScan(bytes, end);
      if (next === -1) return null;
      parts.push(bytes.subarray(end, next));
      at = next;
    }
  }
  return null;
};
