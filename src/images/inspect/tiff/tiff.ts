/**
 * Reads the directories of a TIFF (TIFF 6.0, section 2) or BigTIFF: what sharp's metadata does not tell. Every offset is
 * checked against the file, and values are read where they are asked for, so a hostile file costs no more than its size.
 */

/** One tag's values; `at` is undefined outside the values or the file. */
export interface TiffField {
  readonly count: number;
  readonly at: (index: number) => number | undefined;
}

/** The numbers of tags that are read (TIFF 6.0; TIFF/EP and DNG for the raw ones). */
export const TAG = {
  newSubfileType: 254,
  subfileType: 255,
  width: 256,
  height: 257,
  bits: 258,
  compression: 259,
  photometric: 262,
  fillOrder: 266,
  make: 271,
  stripOffsets: 273,
  samples: 277,
  rowsPerStrip: 278,
  stripBytes: 279,
  planar: 284,
  t4Options: 292,
  t6Options: 293,
  tileWidth: 322,
  tileHeight: 323,
  tileOffsets: 324,
  tileBytes: 325,
  subDirectories: 330,
  inkSet: 332,
  extraSamples: 338,
  sampleFormat: 339,
  jpegTables: 347,
  subsampling: 530,
  modelPixelScale: 33550,
  geoKeys: 34735,
  gdalMetadata: 42112,
  gdalNoData: 42113,
  dngVersion: 50706,
} as const;

/** A directory: one page, or one picture below a page. */
export interface TiffDirectory {
  readonly has: (tag: number) => boolean;
  /** Undefined if the tag is absent. */
  readonly field: (tag: number) => TiffField | undefined;
  /** The first value, or the default. */
  readonly value: (tag: number, absent: number) => number;
  /** At most the first 64 values; empty if the tag is absent. */
  readonly values: (tag: number) => readonly number[];
  /** At most 64 characters; empty if the tag is absent. */
  readonly text: (tag: number) => string;
  /** The entry as it is stored: tag, type, count, and the value or where it is. Undefined if the tag is absent. */
  readonly entry: (tag: number) => Buffer | undefined;
}

export interface Tiff {
  readonly isLittleEndian: boolean;
  readonly isBigTiff: boolean;
  /** The pages in the order of libvips' page numbers. */
  readonly pages: readonly TiffDirectory[];
  /** The directories below a page, in the order of libvips' subifd numbers. */
  readonly below: (page: TiffDirectory) => readonly TiffDirectory[];
}

/** Only the first pages are looked at; a thumbnail comes at the start. */
const MAX_PAGES = 100;
const MAX_BELOW = 16;
/** Entries of one directory; real ones have about twenty, raw files up to a hundred. */
const MAX_ENTRIES = 1000;
const MAX_VALUES = 64;

/** Bytes of a value by its type; other types have no numbers that matter here. */
const TYPE_BYTES: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 4, 7: 1, 13: 4, 16: 8, 18: 8 };

type Read = (at: number, length: number) => number | undefined;

const reader =
  (bytes: Buffer, little: boolean): Read =>
  (at, length) => {
    if (at < 0 || at + length > bytes.length) return undefined;
    if (length === 8) return Number(little ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
    return little ? bytes.readUIntLE(at, length) : bytes.readUIntBE(at, length);
  };

/** The layout of a directory: bytes of its count, of an entry, and of an offset. */
interface Layout {
  readonly counted: number;
  readonly entry: number;
  readonly offset: number;
}

const CLASSIC: Layout = { counted: 2, entry: 12, offset: 4 };
const BIG: Layout = { counted: 8, entry: 20, offset: 8 };

const readDirectory = (bytes: Buffer, read: Read, at: number, { counted, entry, offset }: Layout): TiffDirectory => {
  const entries = new Map<number, number>();
  const count = Math.min(read(at, counted) ?? 0, MAX_ENTRIES);
  for (let index = 0; index < count; index += 1) {
    const place = at + counted + index * entry;
    const tag = read(place, 2);
    // The first of repeated tags counts, as in libtiff.
    if (tag !== undefined && !entries.has(tag)) entries.set(tag, place);
  }
  const field = (tag: number): TiffField | undefined => {
    const place = entries.get(tag);
    if (place === undefined) return undefined;
    const size = TYPE_BYTES[read(place + 2, 2) ?? 0] ?? 0;
    const values = read(place + 4, offset) ?? 0;
    const inline = place + 4 + offset;
    const start = values * size <= offset ? inline : read(inline, offset);
    return {
      count: values,
      at: (index) =>
        size === 0 || start === undefined || index >= values ? undefined : read(start + index * size, size),
    };
  };
  const values = (tag: number): readonly number[] => {
    const found = field(tag);
    const all = Array.from({ length: Math.min(found?.count ?? 0, MAX_VALUES) }, (_, index) => found?.at(index));
    return all.filter((value) => value !== undefined);
  };
  return {
    has: (tag) => entries.has(tag),
    field,
    value: (tag, absent) => field(tag)?.at(0) ?? absent,
    values,
    text: (tag) => String.fromCharCode(...values(tag).filter((code) => code >= 32 && code < 127)),
    entry: (tag) => {
      const place = entries.get(tag);
      return place === undefined ? undefined : bytes.subarray(place, place + entry);
    },
  };
};

/** Never throws: of a malformed file it has the directories that can be read. */
export const readTiff = (bytes: Buffer): Tiff => {
  const little = bytes[0] === 0x49;
  const layout = bytes[little ? 2 : 3] === 0x2b ? BIG : CLASSIC;
  const read = reader(bytes, little);
  const pages: TiffDirectory[] = [];
  // A chain may be circular.
  const seen = new Set<number>([0]);
  let at = read(layout === BIG ? 8 : 4, layout.offset) ?? 0;
  while (!seen.has(at) && at < bytes.length && pages.length < MAX_PAGES) {
    seen.add(at);
    pages.push(readDirectory(bytes, read, at, layout));
    at = read(at + layout.counted + (read(at, layout.counted) ?? 0) * layout.entry, layout.offset) ?? 0;
  }
  const below = (page: TiffDirectory): readonly TiffDirectory[] =>
    page
      .values(TAG.subDirectories)
      .slice(0, MAX_BELOW)
      .map((place) => readDirectory(bytes, read, place, layout));
  return { isLittleEndian: little, isBigTiff: layout === BIG, pages, below };
};
