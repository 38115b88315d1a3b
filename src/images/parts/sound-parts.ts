import sharp from 'sharp';
import { failedPixels } from '../damaged.ts';
import type { Deadline } from '../deadline.ts';
import { TAG } from '../inspect/tiff/tiff.ts';
import { chunksOf } from '../inspect/tiff/tiff-chunks.ts';
import type { StoredTiff } from '../inspect/tiff/tiff-plan.ts';
import { requireChecksums } from './inflate-parts.ts';
import { tiffAsStrips } from './tiff-as-strips.ts';

const DEFLATE = new Set([8, 32946]);

/** CCITT, JPEG, PackBits and ThunderScan, whose decoders take damage for a warning and leave blank what they miss. */
const WARNS = new Set([2, 3, 4, 7, 32773, 32809]);

/** Pixels of the picture that is decoded for its errors only. */
const SIDE = 8;

/**
 * Finds damage inside the tiles or strips of a TIFF that its decoder would pass over. LZW and WebP report what can be
 * known of them, and nothing can be known of what is not compressed.
 * @returns whether the picture is in tiles
 * @throws AppError `corrupt_image`, `processing_timeout`
 */
export const requireSoundParts = async (bytes: Buffer, stored: StoredTiff, deadline: Deadline): Promise<boolean> => {
  const chunks = chunksOf(stored.directory);
  if (chunks === null) return false;
  const compression = stored.directory.value(TAG.compression, 1);
  if (DEFLATE.has(compression)) await requireChecksums(bytes, chunks, deadline);
  if (WARNS.has(compression)) {
    const strips = tiffAsStrips(bytes, stored, chunks);
    await sharp(strips, { failOn: 'warning', sequentialRead: true, limitInputPixels: false, limitInputChannels: false })
      .resize(SIDE, SIDE, { fit: 'fill' })
      .timeout({ seconds: deadline.secondsLeft() })
      .raw()
      .toBuffer()
      .catch((error: unknown) => {
        throw failedPixels(error, deadline.maxSeconds);
      });
  }
  return chunks.tiled;
};
