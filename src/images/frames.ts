import type { SourceFormat } from './sniff.ts';

/**
 * Counts the frames or pages of an image from the file structure alone. libvips walks through all of them before it
 * decodes the first, for WebP in quadratic time: a file of 50 MB with a million frames blocks a thread for hours, and
 * libvips' time limit does not apply there.
 * @param stopAt counting stops above this, to bound its cost
 * @returns 1 for single-image formats and for malformed files, which the decoder rejects
 */
export const countFrames = (bytes: Buffer, format: SourceFormat, stopAt: number): number => {
  if (format === 'gif') return countGif(bytes, stopAt);
  if (format === 'webp') return countWebp(bytes, stopAt);
  if (format === 'tiff') return countTiff(bytes, stopAt);
  return 1;
};

export const EXTENSION = 0x21;
export const IMAGE = 0x2c;

/** Bytes of a colour table by its flags (GIF89a, 18 and 20). */
export const sizeOfColourTable = (flags: number): number => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);

/** The end of a chain of length-prefixed data blocks, terminated by an empty block. */
export const endOfBlocks = (bytes: Buffer, from: number): number => {
  let at = from;
  for (let length = bytes[at]; length !== undefined && length !== 0; length = bytes[at]) at += length + 1;
  return at + 1;
};

const countGif = (bytes: Buffer, stopAt: number): number => {
  let at = 13 + sizeOfColourTable(bytes[10] ?? 0);
  let frames = 0;
  while (at < bytes.length && frames <= stopAt) {
    const kind = bytes[at];
    // Skips unknown bytes before the next frame, as the decoder does.
    if (kind === EXTENSION) at = endOfBlocks(bytes, at + 2);
    else if (kind === IMAGE) {
      frames += 1;
      at = endOfBlocks(bytes, at + 11 + sizeOfColourTable(bytes[at + 9] ?? 0));
    } else at += 1;
  }
  return Math.max(frames, 1);
};

const ANMF = Buffer.from('ANMF').readUInt32LE();

/** Allowed non-frame chunks (header, profile, metadata); further ones count as frames, as they cost as much memory. */
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

/** TIFF directory entries that cost about as much as a page; real directories have about twenty. */
const ENTRIES_OF_A_PAGE = 100;

/**
 * Follows the directories of a TIFF or BigTIFF, each once even if the chain is circular.
 * Directories may overlap, so a small file can contain many large ones: a large one counts as several pages.
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
