import { countFrames, EXTENSION, endOfBlocks, IMAGE, sizeOfColourTable } from './frames.ts';
import type { ImageNote } from './task.ts';

const GRAPHIC_CONTROL = 0xf9;

/** One transparent pixel as a further frame (GIF89a, 20, 22 and 23), and the end of the file. */
const TRANSPARENT_FRAME = Buffer.from(
  '21f9040100000000 2c00000000010001008000000000000002024c0100 3b'.replaceAll(' ', ''),
  'hex',
);
const END = Buffer.from(';');

interface Frame {
  readonly isOpaque: boolean;
  /** It leaves a part of the canvas free, which is transparent in browsers. */
  readonly leavesGaps: boolean;
  readonly end: number;
}

const firstFrame = (bytes: Buffer): Frame | null => {
  let isOpaque = true;
  for (let at = 13 + sizeOfColourTable(bytes[10] ?? 0); at + 10 < bytes.length; ) {
    const kind = bytes[at];
    if (kind === EXTENSION) {
      if (bytes[at + 1] === GRAPHIC_CONTROL) isOpaque = ((bytes[at + 3] ?? 0) & 1) === 0;
      at = endOfBlocks(bytes, at + 2);
    } else if (kind === IMAGE) {
      const [left, top, width, height] = [1, 3, 5, 7].map((offset) => bytes.readUInt16LE(at + offset));
      const covers =
        left === 0 && top === 0 && (width ?? 0) >= bytes.readUInt16LE(6) && (height ?? 0) >= bytes.readUInt16LE(8);
      return {
        isOpaque,
        leavesGaps: !covers,
        end: endOfBlocks(bytes, at + 11 + sizeOfColourTable(bytes[at + 9] ?? 0)),
      };
    } else at += 1;
  }
  return null;
};

/**
 * The first frame of a GIF alone: libvips fails if any frame is damaged, and paints what an opaque frame leaves free black
 * unless another frame is transparent.
 */
export const planGif = (bytes: Buffer): { readonly bytes?: Buffer; readonly notes: readonly ImageNote[] } => {
  const notes: ImageNote[] = countFrames(bytes, 'gif', 1) > 1 ? ['first_frame_only'] : [];
  const frame = firstFrame(bytes);
  if (frame === null || frame.end > bytes.length) return { notes };
  const needsGaps = frame.isOpaque && frame.leavesGaps;
  if (!needsGaps && notes.length === 0) return { notes };
  return { bytes: Buffer.concat([bytes.subarray(0, frame.end), needsGaps ? TRANSPARENT_FRAME : END]), notes };
};
