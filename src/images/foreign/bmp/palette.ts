import { type BmpHeader, corruptBmp } from './header.ts';

export interface Palette {
  /** Red, green and blue of each colour. */
  readonly colours: Uint8Array;
  /**
   * The colour whose bits start at `bit` of the byte at `at`, from the left.
   * @throws AppError `corrupt_image` for one that the palette has not
   */
  readonly indexOf: (at: number, bit: number) => number;
}

/** Stored as blue, green, red, and in Windows' format a reserved byte. */
export const readPalette = (bytes: Buffer, { bits, palette }: BmpHeader): Palette => {
  const { at: start, entries, entryBytes } = palette;
  const colours = new Uint8Array(3 * entries);
  for (let entry = 0; entry < entries; entry += 1) {
    for (let channel = 0; channel < 3; channel += 1) {
      colours[3 * entry + channel] = bytes[start + entry * entryBytes + 2 - channel] ?? 0;
    }
  }
  const mask = 2 ** bits - 1;
  const indexOf = (at: number, bit: number): number => {
    const index = ((bytes[at] ?? 0) >> (8 - bits - bit)) & mask;
    if (index >= entries) throw corruptBmp(`it uses colour ${index} of a palette with ${entries}`);
    return index;
  };
  return { colours, indexOf };
};

/** Writes a row's pixels, which start at `from`, to `samples` from `to`. */
export type DecodeRow = (from: number, samples: Buffer, to: number) => void;

export const paletteRow = (bytes: Buffer, header: BmpHeader): DecodeRow => {
  const { colours, indexOf } = readPalette(bytes, header);
  const { width, bits } = header;
  return (from, samples, start) => {
    let to = start;
    for (let bit = 0; bit < width * bits; bit += bits) {
      const colour = 3 * indexOf(from + (bit >> 3), bit & 7);
      samples[to] = colours[colour] ?? 0;
      samples[to + 1] = colours[colour + 1] ?? 0;
      samples[to + 2] = colours[colour + 2] ?? 0;
      to += 3;
    }
  };
};
