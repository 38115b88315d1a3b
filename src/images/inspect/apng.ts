import { crc32 } from 'node:zlib';
import { AppError } from '../../errors.ts';
import type { ImageNote } from '../task.ts';

/** Type, start of the data and length of a chunk, with its length and checksum around it (PNG 3rd edition, 5.3). */
interface Chunk {
  readonly type: string;
  readonly at: number;
  readonly length: number;
}

function* chunksOf(bytes: Buffer): Generator<Chunk> {
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    if (at + 12 + length > bytes.length) return;
    yield { type: bytes.toString('latin1', at + 4, at + 8), at: at + 8, length };
    at += 12 + length;
  }
}

const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
};

/** The header before the picture data; null without an animation. */
const readHead = (bytes: Buffer) => {
  let frames = 0;
  let isHidden = true;
  for (const { type, at, length } of chunksOf(bytes)) {
    if (type === 'acTL' && length === 8) frames = bytes.readUInt32BE(at);
    if (type === 'fcTL') isHidden = false;
    if (type === 'IDAT') return frames === 0 ? null : { frames, isHidden, end: at - 8 };
  }
  return null;
};

const APNG_CHUNKS = new Set(['acTL', 'fcTL', 'fdAT']);

/** The first frame of the animation in place of the default picture, which browsers do not show. */
const firstFrame = (bytes: Buffer, end: number): Buffer | null => {
  const data: Buffer[] = [];
  let control: Buffer | null = null;
  const before: Buffer[] = [bytes.subarray(0, 8)];
  for (const { type, at, length } of chunksOf(bytes)) {
    if (at - 8 < end && !APNG_CHUNKS.has(type)) before.push(bytes.subarray(at - 8, at + length + 4));
    if (type === 'fcTL') {
      if (control) break;
      control = bytes.subarray(at, at + length);
    }
    if (type === 'fdAT' && control && length > 4) data.push(bytes.subarray(at + 4, at + length));
  }
  if (!control || control.length < 20 || data.length === 0) return null;
  // Width and height in the header stand at 16 and 20, those of the frame behind its number.
  if (!control.subarray(4, 12).equals(bytes.subarray(16, 24))) {
    throw new AppError(
      'unsupported_image_format',
      'The image is an animated PNG (APNG) whose first frame is only a part of it, which is not supported.',
    );
  }
  return Buffer.concat([...before, chunk('IDAT', Buffer.concat(data)), chunk('IEND', Buffer.alloc(0))]);
};

/** With EXIF moved before the picture data, where libpng has read it when the picture is turned; null if it is there. */
const withEarlyExif = (bytes: Buffer): Buffer | null => {
  let data: number | null = null;
  for (const { type, at, length } of chunksOf(bytes)) {
    if (type === 'IDAT') data ??= at - 8;
    if (type !== 'eXIf') continue;
    if (data === null) return null;
    const [from, end] = [at - 8, at + length + 4];
    return Buffer.concat([
      bytes.subarray(0, data),
      bytes.subarray(from, end),
      bytes.subarray(data, from),
      bytes.subarray(end),
    ]);
  }
  return null;
};

/**
 * A PNG with its EXIF before the picture, and an animated one as browsers show it first (PNG 3rd edition, 11.3.4).
 * @returns the bytes to read in place of the file, if its EXIF is late or its own default picture not part of the animation
 * @throws AppError `unsupported_image_format` for a first frame in another size, and for the PNG of Apple's tools
 */
export const planPng = (bytes: Buffer): { readonly bytes?: Buffer; readonly notes: readonly ImageNote[] } => {
  if (bytes.toString('latin1', 12, 16) === 'CgBI') {
    throw new AppError(
      'unsupported_image_format',
      'The image is a CgBI PNG, optimised by Xcode for iOS, which is not supported. Use the PNG before that step.',
    );
  }
  const head = readHead(bytes);
  if (head === null) {
    const turned = withEarlyExif(bytes);
    return { notes: [], ...(turned && { bytes: turned }) };
  }
  const rebuilt = head.isHidden ? firstFrame(bytes, head.end) : null;
  const isAnimated = rebuilt !== null || (head.frames > 1 && !head.isHidden);
  return { ...(rebuilt && { bytes: rebuilt }), notes: isAnimated ? ['first_frame_only'] : [] };
};
