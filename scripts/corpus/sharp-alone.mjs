import sharp from 'sharp';

const LONGEST_SECONDS = 60;
const EFFORT = { avif: 2 };

/**
 * What a plain `sharp(file).toFormat(…)` makes of a picture: upright, transparent areas on white, everything else as sharp
 * does by itself, but for 16 bits with a profile. That is what the service is compared with, and not always right.
 * @returns { reads: true, kind, width, height, output } or { reads: false, error }
 */
export const sharpAlone = async (bytes, { format, quality }) => {
  try {
    const source = sharp(bytes).timeout({ seconds: LONGEST_SECONDS });
    const { format: kind, depth, icc } = await source.metadata();
    // Left alone, sharp writes Display P3 numbers without a profile, which everything shows too pale.
    const upright = source.autoOrient();
    const image = depth === 'ushort' && icc ? upright.withIccProfile('srgb', { attach: false }) : upright;
    const { data, info } = await image
      .flatten({ background: '#ffffff' })
      .toFormat(format, { quality, effort: EFFORT[format] })
      .toBuffer({ resolveWithObject: true });
    return { reads: true, kind, width: info.width, height: info.height, output: data };
  } catch (error) {
    return { reads: false, error: error.message.split('\n', 1)[0] };
  }
};
