import { AppError } from '../../errors.ts';
import type { ImageNote } from '../task.ts';

/** Whether a box stands at the top of the file (ISO/IEC 14496-12, 4.2); a box has at least eight bytes. */
const hasBox = (bytes: Buffer, wanted: string): boolean => {
  for (let at = 0; at + 16 <= bytes.length; ) {
    if (bytes.toString('latin1', at + 4, at + 8) === wanted) return true;
    const size = bytes.readUInt32BE(at);
    const length = size === 1 ? Number(bytes.readBigUInt64BE(at + 8)) : size;
    if (length < 8) return false;
    at += length;
  }
  return false;
};

/**
 * An animated AVIF usually has a still picture as well, which libvips reads only if the file's main brand says so.
 * @throws AppError `unsupported_image_format` for an animation without a still picture
 */
export const planAvif = (bytes: Buffer): { readonly bytes?: Buffer; readonly notes: readonly ImageNote[] } => {
  if (bytes.toString('latin1', 8, 12) !== 'avis') return { notes: [] };
  if (!hasBox(bytes, 'meta')) {
    throw new AppError(
      'unsupported_image_format',
      'The image is an animated AVIF without a still picture, which is not supported. Use a still AVIF.',
    );
  }
  const still = Buffer.from(bytes);
  still.write('avif', 8, 'latin1');
  return { bytes: still, notes: ['first_frame_only'] };
};
