import sharp from 'sharp';
import { pixelAt } from './pictures.ts';

/** The upright picture of scripts/colour/heic.py and turned.py: red and green above, blue and white below. */
export const QUARTERS = { red: [254, 0, 0], green: [0, 128, 1], blue: [0, 0, 254], white: [255, 255, 255] } as const;
export const UPRIGHT = { width: 96, height: 64 };

/** The middle of each quarter, row by row. */
export const quartersOf = async (bytes: Buffer): Promise<number[][]> => {
  const { width, height } = await sharp(bytes).metadata();
  const at = (x: number, y: number): Promise<number[]> =>
    pixelAt(bytes, Math.floor((width * x) / 4), Math.floor((height * y) / 4));
  return Promise.all([at(1, 1), at(3, 1), at(1, 3), at(3, 3)]);
};

/** The names of the quarters' colours, row by row: of each the nearest, as encoders and conversions change them. */
export const namesOfQuarters = async (bytes: Buffer): Promise<string[]> =>
  (await quartersOf(bytes)).map((found) => {
    const distanceTo = (colour: readonly number[]): number =>
      colour.reduce((sum, value, at) => sum + Math.abs(value - (found[at] ?? 0)), 0);
    const named = Object.entries(QUARTERS).map(([name, colour]) => ({ name, distance: distanceTo(colour) }));
    return named.reduce((a, b) => (b.distance < a.distance ? b : a)).name;
  });
