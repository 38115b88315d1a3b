import type { SourceFormat } from './sniff.ts';

/**
 * Counts the frames of an image, or its pages, from the structure of the file alone. libvips goes through all of them
 * before the first is decoded, in WebP with a cost that grows with their square: a file of 50 MB with a million frames
 * holds a thread for hours, and its time limit does not reach there.
 * @param stopAt counting ends above this, so that it costs no more than the bound
 * @returns 1 for formats that have one picture, and for what is not built as its format demands: decoders judge that
 */
export const countFrames = (bytes: Buffer, format: SourceFormat, stopAt: number): number => {
  if (format === 'gif') return countGif(bytes, stopAt);
  if (format === 'webp') return countWebp(bytes, stopAt);
  if (format === 'tiff') return countTiff(bytes, stopAt);
  return 1;
};

const EXTENSION = 0x21;
const IMAGE = 0x2c;

/** Bytes of a colour table by the flags in front of it (GIF89a, 18 and 20). */
const colourTable = (flags: number): number => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);

/** The end of a chain of data blocks, each with its length in front, the last one empty. */
const endOfBlocks = (bytes: Buffer, from: number): number => {
  let at = from;
  for (let length = bytes[at]; length !== undefined && length !== 0; length = bytes[at]) at += length + 1;
  return at + 1;
};

const countGif = (bytes: Buffer, stopAt: number): number => {
  let at = 13 + colourTable(bytes[10] ?? 0);
  let frames = 0;
  while (at < bytes.length && frames <= stopAt) {
    const kind = bytes[at];
    // The decoder looks for the next frame behind bytes that mean nothing, and so does this.
    if (kind === EXTENSION) at = endOfBlocks(bytes, at + 2);
    else if (kind === IMAGE) {
      frames += 1;
      at = endOfBlocks(bytes, at + 11 + colourTable(bytes[at + 9] ?? 0));
    } else at += 1;
  }
  return Math.max(frames, 1);
};

const ANMF = Buffer.from('ANMF').readUInt32LE();

/** Chunks beside the frames: header, profile, metadata. More than any file has; each costs memory as a frame does. */
const OTHER_CHUNKS = 100;

const countWebp = (bytes: Buffer, stopAt: number): number => {
  let frames = 0;
  let others = 0;
  for (let at = 12; at + 8 <= bytes.length && Math.max(frames, others - OTHER_CHUNKS) <= stopAt; ) {
    if (bytes.readUInt32LE(at) === ANMF) frames += 1;
    else others += 1;
    const size = bytes.readUInt32LE(at + 4);
    at += 8 + size + (size & 1);
  }
  return Math.max(frames, others - OTHER_CHUNKS, 1);
};

/** Entries of a TIFF directory that cost about as much as a page; real ones have some twenty. */
const ENTRIES_OF_A_PAGE = 100;

/**
 * Follows the directories of a TIFF or BigTIFF; a chain that bites its tail has as many as come before the bite.
 * Directories may overlap, so that few bytes hold many large ones: a large one counts as several.
 */
const countTiff = (bytes: Buffer, stopAt: number): number => {
  const little = bytes[0] === 0x49;
  const big = bytes[little ? 2 : 3] === 0x2b;
  const [countBytes, entryBytes, linkBytes] = big ? [8, 20, 8] : [2, 12, 4];
  const read = (at: number, length: number): number => {
    if (at + length > bytes.length) return 0;
    if (length === 8) return Number(little ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
    return little ? bytes.readUIntLE(at, length) : bytes.readUIntBE(at, length);
  };
  const seen = new Set<number>();
  let pages = 0;
  for (let at = read(big ? 8 : 4, linkBytes); at !== 0 && !seen.has(at) && pages <= stopAt; ) {
    seen.add(at);
    const entries = read(at, countBytes);
    const end = at + countBytes + entries * entryBytes;
    pages += end > bytes.length ? 1 : 1 + Math.floor(entries / ENTRIES_OF_A_PAGE);
    at = read(end, linkBytes);
  }
  return Math.max(pages, 1);
};
