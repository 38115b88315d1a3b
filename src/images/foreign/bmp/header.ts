import { AppError } from '../../../errors.ts';
import { type BmpColours, readBmpColours } from './colours.ts';

/** Red, green, blue and alpha in a pixel; 0 where there is none. */
export type Masks = readonly [number, number, number, number];

/** What can be known of a BMP before its pixels are decoded (Microsoft, "Bitmap Header Types", and OS/2 2.0). */
export interface BmpHeader {
  readonly width: number;
  readonly height: number;
  readonly isTopDown: boolean;
  /** Bits per pixel: 1, 2, 4 and 8 with a palette, 16, 24 and 32 without. */
  readonly bits: number;
  readonly isRle: boolean;
  /** Of 16 and 32 bits. */
  readonly masks: Masks;
  readonly palette: { readonly at: number; readonly entries: number; readonly entryBytes: 3 | 4 };
  /** Where the pixels start. */
  readonly pixelsAt: number;
  readonly colours: BmpColours;
}

const FILE_HEADER = 14;
const CORE_HEADER = 12;
/** OS/2 2.0 may stop after any field; 40 is Windows' and 52 and 56 are Adobe's, with masks. */
const [SHORTEST, WITH_COMPRESSION, INFO_HEADER, WITH_MASKS, WITH_ALPHA, OS2_HEADER] = [16, 20, 40, 52, 56, 64];
const COLOUR_HEADERS = [108, 124];

const [RGB, RLE8, RLE4, BITFIELDS, JPEG, PNG, ALPHA_BITFIELDS] = [0, 1, 2, 3, 4, 5, 6];
const OTHERS: Readonly<Record<number, string>> = {
  [JPEG]: 'with a JPEG inside',
  [PNG]: 'with a PNG inside',
  11: 'in CMYK',
  12: 'in CMYK',
  13: 'in CMYK',
};
/** Which an OS/2 header means by the numbers of BITFIELDS and JPEG. */
const OS2_OTHERS: Readonly<Record<number, string>> = { 3: 'with Huffman coding', 4: 'with run lengths of 24 bits' };

const DEFAULT_MASKS: Readonly<Record<number, Masks>> = {
  16: [0x7c00, 0x03e0, 0x001f, 0],
  32: [0xff0000, 0xff00, 0xff, 0],
};

const USUAL_ALPHA: Readonly<Record<number, number>> = { 16: 0x8000, 32: 0xff000000 };

export const corruptBmp = (what: string): AppError =>
  new AppError('corrupt_image', `The BMP image is damaged: ${what}.`);

const unsupported = (what: string): AppError =>
  new AppError('unsupported_image_format', `The image is a BMP file ${what}, which is not supported. Save it as PNG.`);

/** One run of ones, or nothing. */
const isMask = (mask: number): boolean => {
  if (mask === 0) return true;
  const run = mask / ((mask & -mask) >>> 0);
  return (run & (run + 1)) === 0;
};

const checkedMasks = (masks: Masks, bits: number): Masks => {
  const [red, green, blue] = masks;
  const overlap = masks.some((one, at) => masks.some((other, later) => later > at && (one & other) !== 0));
  const isTooWide = bits === 16 && masks.some((mask) => mask > 0xffff);
  if ((red | green | blue) === 0 || overlap || isTooWide || !masks.every(isMask)) {
    throw corruptBmp('its colour masks are impossible');
  }
  return masks;
};

/** The fields of the header behind the file header; 0 where it is too short for one. */
const readFields = (bytes: Buffer) => {
  const size = bytes.length >= FILE_HEADER + 4 ? bytes.readUInt32LE(FILE_HEADER) : 0;
  const isCore = size === CORE_HEADER;
  if (!isCore && !(size >= SHORTEST && size <= OS2_HEADER) && !COLOUR_HEADERS.includes(size)) {
    throw corruptBmp('its header has an unknown size');
  }
  if (bytes.length < FILE_HEADER + size) throw corruptBmp('it ends within its header');
  const long = (at: number): number => (at + 4 <= size ? bytes.readUInt32LE(FILE_HEADER + at) : 0);
  const short = (at: number): number => bytes.readUInt16LE(FILE_HEADER + at);
  return {
    ...{ size, isCore, long },
    width: isCore ? short(4) : long(4) | 0,
    height: isCore ? short(6) : long(8) | 0,
    bits: short(isCore ? 10 : 14),
    compression: isCore || size < WITH_COMPRESSION ? RGB : long(16),
  };
};

type Fields = ReturnType<typeof readFields>;

/** Masks behind a header without a place for them come before the palette. */
const masksBehind = ({ size, compression }: Fields): number => {
  if (size !== INFO_HEADER) return 0;
  return compression === BITFIELDS ? 12 : compression === ALPHA_BITFIELDS ? 16 : 0;
};

const masksOf = (bytes: Buffer, fields: Fields): Masks => {
  const { size, bits, compression, long } = fields;
  const plain = DEFAULT_MASKS[bits] ?? [0, 0, 0, 0];
  const alpha = size >= WITH_ALPHA && size !== OS2_HEADER ? long(52) : 0;
  // Without BITFIELDS, only the mask of alpha counts, as in Chromium.
  if (compression !== BITFIELDS && compression !== ALPHA_BITFIELDS) {
    return alpha !== 0 && alpha === USUAL_ALPHA[bits] ? [plain[0], plain[1], plain[2], alpha] : plain;
  }
  const behind = masksBehind(fields);
  if (size < WITH_MASKS && behind === 0) throw corruptBmp('its colour masks are missing');
  const at = FILE_HEADER + INFO_HEADER;
  if (bytes.length < at + behind) throw corruptBmp('it ends within its header');
  const mask = (index: number): number => bytes.readUInt32LE(at + 4 * index);
  return checkedMasks([mask(0), mask(1), mask(2), behind === 16 ? mask(3) : alpha], bits);
};

/** @throws AppError unless the pixels are stored in a way that is decoded here */
const checkKind = ({ size, bits, compression, height }: Fields): void => {
  const others = size < INFO_HEADER || size === OS2_HEADER ? { ...OTHERS, ...OS2_OTHERS } : OTHERS;
  const other = others[compression];
  if (other !== undefined) throw unsupported(other);
  if (bits === 64) throw unsupported('with 64 bits per pixel');
  const allowed: Readonly<Record<number, readonly number[]>> = {
    [RGB]: [1, 2, 4, 8, 16, 24, 32],
    [RLE8]: [8],
    [RLE4]: [4],
    [BITFIELDS]: [16, 32],
    [ALPHA_BITFIELDS]: [16, 32],
  };
  if (allowed[compression]?.includes(bits) !== true) {
    throw corruptBmp(`${bits} bits per pixel with compression ${compression} do not exist`);
  }
  if (height < 0 && (compression === RLE8 || compression === RLE4)) {
    throw corruptBmp('run lengths cannot go from top to bottom');
  }
};

/**
 * @throws AppError `corrupt_image`, `too_many_pixels`, and `unsupported_image_format` for other formats inside
 */
export const readBmpHeader = (bytes: Buffer, maxPixels = Number.POSITIVE_INFINITY): BmpHeader => {
  const fields = readFields(bytes);
  const { size, isCore, width, bits, compression, long } = fields;
  const height = Math.abs(fields.height);
  checkKind(fields);
  if (width <= 0 || height === 0) throw corruptBmp('it has no width or no height');
  if (width * height > maxPixels) {
    const message = `The image has ${width} × ${height} = ${width * height} pixels; this server accepts up to ${maxPixels}.`;
    throw new AppError('too_many_pixels', message);
  }
  const masks = masksOf(bytes, fields);
  const entryBytes = isCore ? 3 : 4;
  const paletteAt = FILE_HEADER + size + masksBehind(fields);
  const full = bits <= 8 ? 2 ** bits : 0;
  const stated = bits <= 8 ? long(32) || full : 0;
  const offset = bytes.readUInt32LE(10);
  const pixelsAt = offset === 0 ? paletteAt + entryBytes * stated : offset;
  if (pixelsAt < paletteAt || pixelsAt > bytes.length) throw corruptBmp('its pixels are outside the file');
  // Some programs of OS/2 write fewer colours than they say.
  const entries = Math.min(stated, full, Math.floor((pixelsAt - paletteAt) / entryBytes));
  if (bits <= 8 && entries === 0) throw corruptBmp('it has no palette');
  return {
    ...{ width, height, bits, masks, pixelsAt },
    isTopDown: fields.height < 0,
    isRle: compression === RLE8 || compression === RLE4,
    palette: { at: paletteAt, entries, entryBytes },
    colours: COLOUR_HEADERS.includes(size) ? readBmpColours(bytes, FILE_HEADER, size) : { isUncalibrated: false },
  };
};
