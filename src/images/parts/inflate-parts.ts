import { finished } from 'node:stream/promises';
import { createInflate } from 'node:zlib';
import { damaged } from '../damaged.ts';
import type { Deadline } from '../deadline.ts';
import type { TiffChunks } from '../inspect/tiff/tiff-chunks.ts';

/** What all parts of a file may hold behind their pixels, which the decoder does not read; more is taken for damage. */
const MAX_EXCESS_BYTES = 128 * 1024 * 1024;

/**
 * Resolves to how many bytes the data hold (RFC 1950).
 * @throws AppError `corrupt_image` if they break off their format, do not have the checksum at their end, or go on behind
 * the pixels without an end
 */
const inflatedBytes = async (data: Buffer, pixelBytes: number, maxExcess: number): Promise<number> => {
  const inflate = createInflate();
  let length = 0;
  inflate.on('data', (part: Buffer) => {
    length += part.length;
    if (length > pixelBytes + maxExcess) inflate.destroy();
  });
  inflate.end(data);
  await finished(inflate).catch((error: NodeJS.ErrnoException) => {
    // Data that are too short are left to the decoder: some programs leave out their end, which has no pixels.
    if (error.code === 'Z_DATA_ERROR' || length > pixelBytes) throw damaged(error);
  });
  return length;
};

/**
 * Inflates each tile or strip once more and forgets it, because libtiff stops at the last pixel, before the checksum.
 * @throws AppError `corrupt_image`, `processing_timeout`
 */
export const requireChecksums = async (bytes: Buffer, chunks: TiffChunks, deadline: Deadline): Promise<void> => {
  const pixelBytes = chunks.plainBytes(0);
  let excess = MAX_EXCESS_BYTES;
  for (let index = 0; index < chunks.count; index += 1) {
    // Throws when the time is over.
    deadline.secondsLeft();
    const offset = chunks.offsets.at(index) ?? 0;
    const size = chunks.sizes?.at(index) || bytes.length - offset;
    const length = await inflatedBytes(bytes.subarray(offset, offset + size), pixelBytes, excess);
    excess -= Math.max(0, length - pixelBytes);
  }
};
