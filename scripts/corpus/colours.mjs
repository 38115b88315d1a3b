import sharp from 'sharp';

/** Both pictures are compared at this size, where the noise of an encoder averages out. */
const SIDE = 64;
const REGION = 8;

const linear = (value) => {
  const part = value / 255;
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
};
const bend = (value) => (value > 216 / 24_389 ? Math.cbrt(value) : ((24_389 / 27) * value + 16) / 116);

/** CIE Lab of an sRGB colour (IEC 61966-2-1), white D65. */
const lab = (red, green, blue) => {
  const [r, g, b] = [linear(red), linear(green), linear(blue)];
  const x = bend((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
  const y = bend(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
  const z = bend((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
};

const small = (bytes) =>
  sharp(bytes, { failOn: 'none', limitInputPixels: false })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .resize(SIDE, SIDE, { fit: 'fill', fastShrinkOnLoad: false })
    .raw()
    .toBuffer({ resolveWithObject: true });

/**
 * How far two pictures in sRGB are apart, on white, whatever their sizes.
 * @returns mean ΔE (CIE 1976) of all, and of the worst eighth by eighth: one lost tile hardly moves the mean of all
 */
export const difference = async (one, other) => {
  const [a, b] = await Promise.all([small(one), small(other)]);
  const at = ({ data, info }, index) => {
    const from = index * info.channels;
    return info.channels < 3 ? lab(data[from], data[from], data[from]) : lab(...data.subarray(from, from + 3));
  };
  const across = SIDE / REGION;
  const regions = new Array(across * across).fill(0);
  for (let index = 0; index < SIDE * SIDE; index += 1) {
    const [first, second] = [at(a, index), at(b, index)];
    const region = Math.floor(index / SIDE / REGION) * across + Math.floor((index % SIDE) / REGION);
    regions[region] += Math.hypot(first[0] - second[0], first[1] - second[1], first[2] - second[2]) / REGION ** 2;
  }
  return { mean: regions.reduce((sum, value) => sum + value, 0) / regions.length, worst: Math.max(...regions) };
};
