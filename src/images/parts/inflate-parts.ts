import { finished } from 'node:stream/promises';
import { createInflate } from 'node:zlib';
import { damaged } from '../damaged.ts';
import type { Deadline } from '../deadline.ts';
import type { TiffChunks } from '../inspect/tiff-chunks.ts';

/** Times the size of a part's pixels; some programs store the last strip with as many rows as the others. */
const MAX_EXCESS = 2;

/**
 * Resolves to whether the data break off their format (RFC 1950), do not have the checksum at their end, or go on behind
 * the pixels without an end.
 */
const isBroken = async (data: Buffer, pixelBytes: number): Promise<boolean> => {
  const inflate = createInflate();
  let length = 0;
  inflate.on('data', (part: Buffer) => {
    length += part.length;
    // A hostile part may have no end.
    if (length > MAX_EXCESS * pixelBytes) inflate.destroy();
  });
  inflate.end(data);
  return finished(inflate).then(
    () => false,
    // Data that are too short are left to the decoder: some programs leave out their end, which has no pixels.
    (error: NodeJS.ErrnoException) => error.code === 'Z_DATA_ERROR' || length > pixelBytes,
  );
};

/**
 * Inflates each tile or strip once more and forgets it, because libtiff stops at the last pixel, before the checksum.
 * @throws AppError `corrupt_image`, `processing_timeout`
 */
export const requireChecksums = async (bytes: Buffer, chunks: TiffChunks, deadline: Deadline): Promise<void> => {
  for (let index = 0; index < chunks.count; index += 1) {
    // Throws when the time is over.
    deadline.secondsLeft();
    const offset = chunks.offsets.at(index) ?? 0;
    const size = chunks.sizes?.at(index) || bytes.length - offset;
    if (await isBroken(bytes.subarray(offset, offset + size), chunks.plainBytes(0))) throw damaged();
  }
};
