import sharp from 'sharp';

const LONGEST_SECONDS = 60;
const EFFORT = { avif: 2 };

/** Whether the first frame of a GIF (GIF89a, 18 and 20) is smaller than the canvas. */
const leavesGaps = (bytes) => {
  const table = (flags) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  let at = 13 + table(bytes[10]);
  while (bytes[at] === 0x21) {
    at += 2;
    while (bytes[at] > 0) at += bytes[at] + 1;
    at += 1;
  }
  if (bytes[at] !== 0x2c || at + 9 > bytes.length) return false;
  return bytes.readUInt16LE(at + 5) < bytes.readUInt16LE(6) || bytes.readUInt16LE(at + 7) < bytes.readUInt16LE(8);
};

/** Whether EXIF stands behind the data of a PNG, where libpng has no use for it any more. */
const hasLateExif = (bytes) => {
  const data = bytes.indexOf('IDAT');
  return data !== -1 && bytes.indexOf('eXIf', data) !== -1;
};

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
    const flaw =
      (kind === 'gif' && leavesGaps(bytes) && 'gaps') || (kind === 'png' && hasLateExif(bytes) && 'late_exif');
    return { reads: true, kind, ...(flaw && { flaw }), width: info.width, height: info.height, output: data };
  } catch (error) {
    return { reads: false, error: error.message.split('\n', 1)[0] };
  }
};
