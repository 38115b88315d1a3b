import { type BmpHeader, corruptBmp } from './header.ts';

/** Where the colours of a run are: `isRepeated` those of one byte, again and again; otherwise one after another from `from`. */
export interface Run {
  readonly isRepeated: boolean;
  readonly from: number;
}

/** A row is counted from the bottom, as it is stored. */
export type Paint = (row: number, column: number, count: number, run: Run) => void;

const [END_OF_ROW, END, DELTA] = [0, 1, 2];

/**
 * Walks through run lengths (RLE8 and RLE4; Microsoft, "Bitmap Compression") in the order of the file, so that every pixel is
 * painted at most once. The time is proportional to the file.
 * @returns the pixels that are painted; others are not defined, and transparent in browsers
 * @throws AppError `corrupt_image`
 */
export const walkRuns = (bytes: Buffer, { width, height, bits, pixelsAt }: BmpHeader, paint: Paint): number => {
  let [at, row, column, painted] = [pixelsAt, 0, 0, 0];
  const need = (length: number): void => {
    const where = `in row ${row + 1} of ${height}, counted from the bottom`;
    if (at + length > bytes.length) throw corruptBmp(`it is cut off ${where}`);
  };
  const next = (): number => {
    need(1);
    at += 1;
    return bytes[at - 1] ?? 0;
  };
  const check = (fits: boolean): void => {
    if (!fits) throw corruptBmp(`row ${row + 1} of ${height}, counted from the bottom, is too long`);
  };
  const run = (count: number, isRepeated: boolean, from: number): void => {
    paint(row, column, count, { isRepeated, from });
    column += count;
    painted += count;
  };
  // Some programs leave out the end.
  while (painted < width * height) {
    const count = next();
    const value = next();
    if (count > 0) {
      check(row < height);
      // Some programs repeat the last colour past the end of the row.
      run(Math.min(count, width - column), true, at - 1);
    } else if (value === END_OF_ROW) {
      row += 1;
      column = 0;
      check(row <= height);
    } else if (value === END) {
      break;
    } else if (value === DELTA) {
      column += next();
      row += next();
      check(column <= width && row < height);
    } else {
      const size = Math.ceil((value * bits) / 8);
      check(row < height && column + value <= width);
      need(size);
      run(value, false, at);
      // Padded to two bytes.
      at += size + (size & 1);
    }
  }
  if (painted === 0) throw corruptBmp('it has no pixels');
  return painted;
};
