import sharp from 'sharp';

/** Charts of 6 × 4 patches of 32 pixels, judged in the middle of each. */
const COLUMNS = 6;
const PATCH = 32;

type Colour = readonly [number, number, number];

const linear = (value: number): number => {
  const v = value / 255;
  return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
};
const toLab = ([red, green, blue]: Colour): Colour => {
  const [r, g, b] = [linear(red), linear(green), linear(blue)];
  const f = (t: number): number => (t > 216 / 24_389 ? Math.cbrt(t) : ((24_389 / 27) * t + 16) / 116);
  const x = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
  const y = f(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
  const z = f((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
};

const RADIANS = Math.PI / 180;
const sin = (degrees: number): number => Math.sin(degrees * RADIANS);
const cos = (degrees: number): number => Math.cos(degrees * RADIANS);
const hueOf = (a: number, b: number): number => (Math.atan2(b, a) / RADIANS + 360) % 360;

/** CIEDE2000 (CIE 142-2001; Sharma, Wu and Dalal, 2005) of two sRGB colours. */
export const deltaE = (one: Colour, other: Colour): number => {
  const [[l1, a1, b1], [l2, a2, b2]] = [toLab(one), toLab(other)];
  const mean7 = ((Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2) ** 7;
  const stretch = 1.5 - 0.5 * Math.sqrt(mean7 / (mean7 + 25 ** 7));
  const [c1, c2] = [Math.hypot(a1 * stretch, b1), Math.hypot(a2 * stretch, b2)];
  const [h1, h2] = [hueOf(a1 * stretch, b1), hueOf(a2 * stretch, b2)];
  const isGrey = c1 * c2 === 0;
  const turn = isGrey ? 0 : ((h2 - h1 + 540) % 360) - 180;
  const hue = isGrey ? h1 + h2 : (h1 + turn / 2 + 360) % 360;
  const [light, chroma] = [(l1 + l2) / 2, (c1 + c2) / 2];
  const t = 1 - 0.17 * cos(hue - 30) + 0.24 * cos(2 * hue) + 0.32 * cos(3 * hue + 6) - 0.2 * cos(4 * hue - 63);
  const dl = (l2 - l1) / (1 + (0.015 * (light - 50) ** 2) / Math.sqrt(20 + (light - 50) ** 2));
  const dc = (c2 - c1) / (1 + 0.045 * chroma);
  const dh = (2 * Math.sqrt(c1 * c2) * sin(turn / 2)) / (1 + 0.015 * chroma * t);
  const rotation =
    -2 * Math.sqrt(chroma ** 7 / (chroma ** 7 + 25 ** 7)) * sin(60 * Math.exp(-(((hue - 275) / 25) ** 2)));
  return Math.sqrt(dl ** 2 + dc ** 2 + dh ** 2 + rotation * dc * dh);
};

export interface Judgement {
  /** ΔE2000. */
  readonly mean: number;
  readonly max: number;
}

/** Compares the middles of a chart's patches with their colours in sRGB. */
export const judgeChart = async (picture: Buffer, patches: readonly Colour[]): Promise<Judgement> => {
  const { data, info } = await sharp(picture)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const differences = patches.map((wanted, index) => {
    const x = (index % COLUMNS) * PATCH + PATCH / 2;
    const y = Math.floor(index / COLUMNS) * PATCH + PATCH / 2;
    const at = (y * info.width + x) * info.channels;
    const value = (channel: number): number => data[at + (info.channels < 3 ? 0 : channel)] ?? 0;
    return deltaE(wanted, [value(0), value(1), value(2)]);
  });
  return { mean: differences.reduce((a, b) => a + b) / differences.length, max: Math.max(...differences) };
};
