/** What EXIF says of the colours of a picture without a profile (Exif 3.0, 4.6.6; DCF 2.0, 4.5.3). */
export type ExifColours =
  | 'adobe-rgb'
  /** other colours than sRGB's, but not which */
  | 'uncalibrated'
  | null;

const MAKE = 0x010f;
const EXIF_IFD = 0x8769;
const FLASHPIX_VERSION = 0xa000;
const COLOR_SPACE = 0xa001;
const INTEROP_IFD = 0xa005;
const INTEROP_INDEX = 0x0001;
/** Not in the standard, but written by some programs. */
const COLOR_SPACE_ADOBE = 2;
const UNCALIBRATED = 0xffff;
const MAX_ENTRIES = 1_000;

/** @param exif as sharp returns it: `Exif\0\0` and a TIFF structure, or the structure alone */
export const readExifColours = (exif: Buffer): ExifColours => {
  const tiff = exif.toString('latin1', 0, 6) === 'Exif\0\0' ? exif.subarray(6) : exif;
  const little = tiff.toString('latin1', 0, 2) === 'II';
  const number = (at: number, length: 2 | 4): number => {
    if (at + length > tiff.length) return 0;
    return little ? tiff.readUIntLE(at, length) : tiff.readUIntBE(at, length);
  };
  /** Where the value of a tag is; null if the directory has none. */
  const fieldOf = (directory: number, tag: number): number | null => {
    if (directory === 0) return null;
    const count = Math.min(number(directory, 2), MAX_ENTRIES);
    for (let index = 0; index < count; index += 1) {
      const at = directory + 2 + 12 * index;
      if (number(at, 2) === tag) return at + 8;
    }
    return null;
  };
  const linked = (directory: number, tag: number): number => {
    const at = fieldOf(directory, tag);
    return at === null ? 0 : number(at, 4);
  };
  const first = number(4, 4);
  const exifIfd = linked(first, EXIF_IFD);
  const index = fieldOf(linked(exifIfd, INTEROP_IFD), INTEROP_INDEX);
  if (index !== null && tiff.toString('latin1', index, index + 3) === 'R03') return 'adobe-rgb';
  const at = fieldOf(exifIfd, COLOR_SPACE);
  const space = at === null ? 0 : number(at, 2);
  if (space === COLOR_SPACE_ADOBE) return 'adobe-rgb';
  // libexif writes "uncalibrated" with a FlashPix version into every EXIF that has neither, whatever the colours are.
  const byLibexif = fieldOf(exifIfd, FLASHPIX_VERSION) !== null && fieldOf(first, MAKE) === null;
  return space === UNCALIBRATED && !byLibexif ? 'uncalibrated' : null;
};
