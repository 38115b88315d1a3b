import type { Sharp } from 'sharp';
import type { Deadline } from './deadline.ts';
import { holdPixels, openPixels } from './decode.ts';

/**
 * The picture with only these of its channels, in this order; sharp takes the last channel for alpha whatever it is.
 * Holds the pixels in memory, see `estimateBytes`.
 * @param keep ascending channel numbers
 * @throws AppError `corrupt_image`, `processing_timeout`
 */
export const keepChannels = async (image: Sharp, keep: readonly number[], deadline: Deadline): Promise<Sharp> => {
  const held = await holdPixels(image, deadline);
  const { data, channels } = held;
  // In place, because a second copy would double the memory.
  let to = 0;
  for (let from = 0; from < data.length; from += channels) {
    for (const channel of keep) data[to++] = data[from + channel] ?? 0;
  }
  return openPixels({ ...held, data: data.subarray(0, to), channels: keep.length === 4 ? 4 : 3 }, deadline);
};
