import { type BmpHeader, corruptBmp } from './header.ts';

/**
 * Paints `count` pixels of a row, which is counted from the bottom as it is stored. Their colours are one after another from
 * the byte at `from`, or are those of this byte, again and again.
 */
export type Paint = (row: number, column: number, count: number, from: number, isRepeated: boolean) => void;

const [END_OF_ROW, END, DELTA] = [0, 1, 2];

const where = (row: number, height: number): string => `row ${row + 1} of ${height}, counted from the bottom`;

/**
 * Walks through run lengths (RLE8 and RLE4; Microsoft, "Bitmap Compression") in the order of the file, so that every pixel is
 * painted at most once. The time is proportional to the file.
 * @returns the pixels that are painted; others are not defined, and transparent in browsers
 * @throws AppError `corrupt_image`
 */
export const walkRuns = (bytes: Buffer, header: BmpHeader, paint: Paint): number => {
  const { width, height, bits, pixelsAt } = header;
  const total = width * height;
  let at = pixelsAt;
  let [row, column, painted] = [0, 0, 0];
  // Some programs leave out the end.
  while (painted < total) {
    if (at + 2 > bytes.length) throw corruptBmp(`it is cut off in ${where(row, height)}`);
    const [first, value] = [bytes[at] ?? 0, bytes[at + 1] ?? 0];
    at += 2;
    if (first === 0 && value === END) break;
    let [count, size] = [0, 0];
    if (first > 0) {
      // Some programs repeat the last colour past the end of the row.
      count = Math.min(first, width - column);
    } else if (value === END_OF_ROW) {
      row += 1;
      column = 0;
    } else if (value === DELTA) {
      column += bytes[at] ?? 0;
      row += bytes[at + 1] ?? 0;
      size = 2;
    } else {
      count = value;
      size = Math.ceil((value * bits) / 8);
    }
    if (at + size > bytes.length) throw corruptBmp(`it is cut off in ${where(row, height)}`);
    // The end of a row may come after the last one.
    if (column + count > width || (row >= height && first + value > 0)) {
      throw corruptBmp(`its runs leave the picture in ${where(row, height)}`);
    }
    if (count > 0) paint(row, column, count, first > 0 ? at - 1 : at, first > 0);
    column += count;
    painted += count;
    // Padded to two bytes.
    at += size + (size & 1);
  }
  if (painted === 0) throw corruptBmp('it has no pixels');
  return painted;
};
