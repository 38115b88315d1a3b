import type { BmpHeader } from './header.ts';
import type { DecodeRow } from './palette.ts';

/** Finer steps make no difference in 8 bits. */
const MOST_BITS = 12;

interface Channel {
  readonly mask: number;
  readonly shift: number;
  /** In 8 bits, by the value in the mask. */
  readonly values: Uint8Array;
}

const channelOf = (mask: number): Channel => {
  if (mask === 0) return { mask, shift: 0, values: Uint8Array.of(0) };
  const low = 31 - Math.clz32(mask & -mask);
  const bits = 32 - Math.clz32(mask) - low;
  const shift = low + Math.max(0, bits - MOST_BITS);
  const most = 2 ** Math.min(bits, MOST_BITS) - 1;
  return { mask, shift, values: Uint8Array.from({ length: most + 1 }, (_, value) => Math.round((255 * value) / most)) };
};

/** Rows of 16, 24 and 32 bits per pixel. */
export const directRow = (bytes: Buffer, { width, bits, masks }: BmpHeader): DecodeRow => {
  if (bits === 24) return plainRow(bytes, width);
  const channels = masks.filter((mask, at) => at < 3 || mask !== 0).map(channelOf);
  return (from, samples, start) => {
    let to = start;
    for (let x = 0; x < width; x += 1) {
      const pixel = bits === 16 ? bytes.readUInt16LE(from + 2 * x) : bytes.readUInt32LE(from + 4 * x);
      for (const { mask, shift, values } of channels) {
        samples[to] = values[(pixel & mask) >>> shift] ?? 0;
        to += 1;
      }
    }
  };
};

const plainRow =
  (bytes: Buffer, width: number): DecodeRow =>
  (from, samples, to) => {
    for (let at = 0; at < 3 * width; at += 3) {
      samples[to + at] = bytes[from + at + 2] ?? 0;
      samples[to + at + 1] = bytes[from + at + 1] ?? 0;
      samples[to + at + 2] = bytes[from + at] ?? 0;
    }
  };
