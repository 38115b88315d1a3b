import { decodeText, MAX_CREATORS, MAX_TEXT_BYTES } from './text.ts';
import type { Rights } from './types.ts';

/** Tags of the first directory (Exif 3.0, 4.6.5.4; TIFF 6.0, section 8). */
const ARTIST = 0x013b;
const COPYRIGHT = 0x8298;
const MAX_ENTRIES = 1_000;

/** @param exif `Exif\0\0` and a TIFF structure, or the structure alone, also a whole TIFF; a BigTIFF has no rights here */
export const readExifRights = (exif: Buffer): Rights => {
  const tiff = exif.toString('latin1', 0, 6) === 'Exif\0\0' ? exif.subarray(6) : exif;
  const little = tiff.toString('latin1', 0, 2) === 'II';
  const number = (at: number, length: 2 | 4): number => {
    if (at + length > tiff.length) return 0;
    return little ? tiff.readUIntLE(at, length) : tiff.readUIntBE(at, length);
  };
  if (number(2, 2) !== 42) return {};
  const first = number(4, 4);
  const entries = Math.min(number(first, 2), MAX_ENTRIES);
  const textOf = (tag: number): Buffer => {
    for (let index = 0; index < entries; index += 1) {
      const at = first + 2 + 12 * index;
      if (number(at, 2) !== tag) continue;
      const length = number(at + 4, 4);
      const from = length <= 4 ? at + 8 : number(at + 8, 4);
      return tiff.subarray(from, Math.min(from + length, from + MAX_TEXT_BYTES));
    }
    return Buffer.alloc(0);
  };
  const creators = decodeText(until0(textOf(ARTIST))).split(';', MAX_CREATORS);
  const filled = creators.map((name) => name.trim()).filter((name) => name !== '');
  // The photographer's, a zero and the editor's; a space stands for a missing first one.
  const copyright = textOf(COPYRIGHT);
  const photographer = until0(copyright);
  const notice = decodeText(photographer) || decodeText(until0(copyright.subarray(photographer.length + 1)));
  return { ...(filled.length > 0 && { creators: filled }), ...(notice !== '' && { notice }) };
};

const until0 = (bytes: Buffer): Buffer => {
  const end = bytes.indexOf(0);
  return end === -1 ? bytes : bytes.subarray(0, end);
};
