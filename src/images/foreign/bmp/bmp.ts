import { type RawTiff, rawTiff } from '../raw-tiff.ts';
import { type BmpHeader, corruptBmp, readBmpHeader } from './header.ts';
import { directRow } from './masks.ts';
import { paletteRow, readPalette } from './palette.ts';
import { walkRuns } from './rle.ts';

/** The header, and whether some pixels are or may be transparent. */
export interface CheckedBmp extends BmpHeader {
  readonly hasAlpha: boolean;
}

/** Bytes of a row, with its padding to four. */
const strideOf = ({ width, bits }: BmpHeader): number => 4 * Math.ceil((width * bits) / 32);

/**
 * Reads the header and checks that the file holds as many pixels as it says.
 * @throws AppError `corrupt_image`, `too_many_pixels`, `unsupported_image_format`
 */
export const checkBmp = (bytes: Buffer, maxPixels?: number): CheckedBmp => {
  const header = readBmpHeader(bytes, maxPixels);
  const { width, height, bits, pixelsAt, isRle, masks } = header;
  if (isRle) return { ...header, hasAlpha: walkRuns(bytes, header, () => {}) < width * height };
  const rows = Math.floor((bytes.length - pixelsAt) / strideOf(header));
  // The padding of the last row is often left out.
  const rest = bytes.length - pixelsAt - rows * strideOf(header);
  if (rows + (rest >= Math.ceil((width * bits) / 8) ? 1 : 0) < height) {
    throw corruptBmp(`it is cut off in row ${rows + 1} of ${height}`);
  }
  return { ...header, hasAlpha: masks[3] !== 0 };
};

/**
 * The picture as a TIFF with its profile.
 * @throws AppError `corrupt_image`
 */
export const decodeBmp = (bytes: Buffer, header: CheckedBmp): Buffer => {
  const { width, height, isTopDown, isRle, bits, hasAlpha, colours } = header;
  const channels = hasAlpha ? 4 : 3;
  const tiff = rawTiff(width, height, channels, colours.profile);
  const placeOf = (row: number): number => (isTopDown ? row : height - 1 - row) * width * channels;
  if (isRle) paintRuns(bytes, header, tiff, placeOf);
  else {
    const decodeRow = bits <= 8 ? paletteRow(bytes, header) : directRow(bytes, header);
    for (let row = 0; row < height; row += 1) {
      decodeRow(header.pixelsAt + row * strideOf(header), tiff.samples, placeOf(row));
    }
  }
  if (hasAlpha && !isRle) showIfAllClear(tiff.samples);
  return tiff.bytes;
};

const paintRuns = (bytes: Buffer, header: CheckedBmp, { samples }: RawTiff, placeOf: (row: number) => number): void => {
  const { bits, hasAlpha } = header;
  const { colours, indexOf } = readPalette(bytes, header);
  const channels = hasAlpha ? 4 : 3;
  walkRuns(bytes, header, (row, column, count, from, isRepeated) => {
    let to = placeOf(row) + column * channels;
    for (let pixel = 0; pixel < count; pixel += 1) {
      // A repeated byte of RLE4 holds two colours in turn.
      const bit = bits * (isRepeated ? pixel & (8 / bits - 1) : pixel);
      const colour = 3 * indexOf(from + (bit >> 3), bit & 7);
      for (let channel = 0; channel < 3; channel += 1) samples[to + channel] = colours[colour + channel] ?? 0;
      if (hasAlpha) samples[to + 3] = 255;
      to += channels;
    }
  });
};

/** Programs that know no alpha leave it zero, and no one would save an invisible picture. */
const showIfAllClear = (samples: Buffer): void => {
  for (let at = 3; at < samples.length; at += 4) if (samples[at] !== 0) return;
  for (let at = 3; at < samples.length; at += 4) samples[at] = 255;
};
