/** Pixels of 8 bits as sharp reads them with a profile. */
export interface RawTiff {
  /** The whole file. */
  readonly bytes: Buffer;
  /** Its part for the samples, row by row without gaps; transparency is not multiplied into the colours. */
  readonly samples: Buffer;
}

const SHORT = 3;
const LONG = 4;
const UNDEFINED = 7;

/** libvips reads a strip at a time. */
const ROWS_PER_STRIP = 64;

/**
 * An uncompressed TIFF (TIFF 6.0) to be filled with samples: raw pixels given to sharp cannot carry a profile, and a PNG
 * would cost checksums.
 * @param channels 3 for RGB, 4 with transparency
 */
export const rawTiff = (width: number, height: number, channels: 3 | 4, profile?: Buffer): RawTiff => {
  const row = width * channels;
  const strips = Math.ceil(height / ROWS_PER_STRIP);
  const head = 8;
  const tables = head + 8 * strips + 8;
  const bits = head + 8 * strips;
  const directory = tables + 2 + 12 * 14 + 4;
  const start = directory + (profile?.length ?? 0);
  const bytes = Buffer.alloc(start + row * height);
  for (let strip = 0; strip < strips; strip += 1) {
    const rows = Math.min(ROWS_PER_STRIP, height - strip * ROWS_PER_STRIP);
    bytes.writeUInt32LE(start + strip * ROWS_PER_STRIP * row, head + 4 * strip);
    bytes.writeUInt32LE(rows * row, head + 4 * (strips + strip));
  }
  for (let channel = 0; channel < 4; channel += 1) bytes.writeUInt16LE(8, bits + 2 * channel);
  const single = strips === 1;
  const tags: readonly (readonly [number, number, number, number])[] = [
    [256, LONG, 1, width],
    [257, LONG, 1, height],
    [258, SHORT, channels, bits],
    [259, SHORT, 1, 1],
    [262, SHORT, 1, 2],
    [273, LONG, strips, single ? bytes.readUInt32LE(head) : head],
    [277, SHORT, 1, channels],
    [278, LONG, 1, ROWS_PER_STRIP],
    [279, LONG, strips, single ? bytes.readUInt32LE(head + 4) : head + 4 * strips],
    [284, SHORT, 1, 1],
    ...(channels === 4 ? [[338, SHORT, 1, 2] as const] : []),
    ...(profile ? [[34675, UNDEFINED, profile.length, directory] as const] : []),
  ];
  bytes.write('II*\0', 0, 'latin1');
  bytes.writeUInt32LE(tables, 4);
  bytes.writeUInt16LE(tags.length, tables);
  for (const [index, [tag, kind, count, value]] of tags.entries()) {
    const at = tables + 2 + 12 * index;
    bytes.writeUInt16LE(tag, at);
    bytes.writeUInt16LE(kind, at + 2);
    bytes.writeUInt32LE(count, at + 4);
    bytes.writeUInt32LE(value, at + 8);
  }
  profile?.copy(bytes, directory);
  return { bytes, samples: bytes.subarray(start) };
};
