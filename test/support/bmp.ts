/** Puts bitmaps together as their specification says, in kinds that programs no longer write. */

export interface BmpParts {
  readonly width?: number;
  readonly height?: number;
  readonly bits: number;
  /** Bytes of the header: 12, 16, 40, 52, 56, 64, 108 or 124; by default 40. */
  readonly size?: number;
  readonly compression?: number;
  readonly isTopDown?: boolean;
  /** Red, green, blue and alpha; behind a header of 40 bytes, else inside. */
  readonly masks?: readonly number[];
  readonly palette?: readonly (readonly [number, number, number])[];
  /** Number of colours as the header states it. */
  readonly colours?: number;
  /** A pixel's value, from the top left. */
  readonly pixel?: (x: number, y: number) => number;
  /** In place of rows of pixels. */
  readonly data?: Buffer;
  /** 32-bit fields by their place in the header. */
  readonly fields?: Readonly<Record<number, number>>;
  /** Behind the pixels. */
  readonly profile?: Buffer;
}

const FILE_HEADER = 14;

const rowsOf = ({ width = 16, height = 8, bits, isTopDown = false, pixel = () => 0 }: BmpParts): Buffer => {
  const stride = 4 * Math.ceil((width * bits) / 32);
  const rows = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y += 1) {
    const row = (isTopDown ? y : height - 1 - y) * stride;
    for (let x = 0; x < width; x += 1) {
      const value = pixel(x, y);
      if (bits >= 8) rows.writeUIntLE(value >>> 0, row + (x * bits) / 8, bits / 8);
      else {
        const at = row + ((x * bits) >> 3);
        rows[at] = (rows[at] ?? 0) | (value << (8 - bits - ((x * bits) & 7)));
      }
    }
  }
  return rows;
};

export const bmp = (parts: BmpParts): Buffer => {
  const { width = 16, height = 8, bits, size = 40, compression = 0, masks = [], palette = [], fields = {} } = parts;
  const header = Buffer.alloc(Math.max(size, 16));
  header.writeUInt32LE(size, 0);
  if (size === 12) header.set([width & 255, width >> 8, height & 255, height >> 8, 1, 0, bits, 0], 4);
  else {
    header.writeInt32LE(width, 4);
    header.writeInt32LE(parts.isTopDown ? -height : height, 8);
    header.writeUInt16LE(1, 12);
    header.writeUInt16LE(bits, 14);
  }
  if (size >= 40) {
    header.writeUInt32LE(compression, 16);
    header.writeUInt32LE(parts.colours ?? palette.length, 32);
  }
  const behind = size === 40 ? masks : [];
  if (size > 40) for (const [index, mask] of masks.entries()) header.writeUInt32LE(mask, 40 + 4 * index);
  const tables = [
    header.subarray(0, size),
    ...behind.map((mask) => Buffer.from(Uint32Array.of(mask).buffer)),
    ...palette.map(([red, green, blue]) => Buffer.from(size === 12 ? [blue, green, red] : [blue, green, red, 0])),
  ];
  const pixels = parts.data ?? rowsOf(parts);
  const offset = FILE_HEADER + tables.reduce((sum, { length }) => sum + length, 0);
  if (parts.profile) {
    header.writeUInt32LE(offset + pixels.length - FILE_HEADER, 112);
    header.writeUInt32LE(parts.profile.length, 116);
  }
  for (const [at, value] of Object.entries(fields)) header.writeUInt32LE(value, Number(at));
  const profile = parts.profile ?? Buffer.alloc(0);
  const file = Buffer.alloc(FILE_HEADER);
  file.write('BM', 'latin1');
  file.writeUInt32LE(offset + pixels.length + profile.length, 2);
  file.writeUInt32LE(offset, 10);
  return Buffer.concat([file, ...tables, pixels, profile]);
};
