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
  const [size, step] = [bits / 8, masks[3] === 0 ? 3 : 4];
  const channels = masks.slice(0, step).map(channelOf);
  // Channel by channel, as a loop without a loop inside is several times as fast.
  return (from, samples, start) => {
    for (const [channel, { mask, shift, values }] of channels.entries()) {
      let [at, to] = [from, start + channel];
      for (const end = from + size * width; at < end; at += size) {
        const pixel = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
        const high = size === 4 ? ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24) : 0;
        samples[to] = values[((pixel | high) & mask) >>> shift] ?? 0;
        to += step;
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
