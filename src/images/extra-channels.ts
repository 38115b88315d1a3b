import sharp, { type Sharp } from 'sharp';
import { failedPixels } from './damaged.ts';
import type { Deadline } from './deadline.ts';

/**
 * The picture with only these of its channels, in this order; sharp takes the last channel for alpha whatever it is.
 * Holds the pixels in memory, see `estimateBytes`.
 * @param keep ascending channel numbers
 * @throws AppError `corrupt_image`, `processing_timeout`
 */
export const keepChannels = async (image: Sharp, keep: readonly number[], deadline: Deadline): Promise<Sharp> => {
  const { data, info } = await image
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch((error: unknown) => {
      throw failedPixels(error, deadline.maxSeconds);
    });
  const { width, height, channels } = info;
  // In place, because a second copy would double the memory.
  let to = 0;
  for (let from = 0; from < data.length; from += channels) {
    for (const channel of keep) data[to++] = data[from + channel] ?? 0;
  }
  const kept = keep.length === 4 ? 4 : 3;
  return sharp(data.subarray(0, to), { raw: { width, height, channels: kept }, limitInputPixels: false }).timeout({
    seconds: deadline.secondsLeft(),
  });
};
