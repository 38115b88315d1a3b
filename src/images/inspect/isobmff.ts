import type { CodePoints } from './signalled.ts';

/**
 * The colours of a picture in an ISO base media file (ISO/IEC 14496-12; HEIF, ISO/IEC 23008-12), as AVIF and HEIC are.
 * Only boxes of the first levels are walked, each once, and their number is bounded.
 */
export interface HeifColours {
  readonly hasProfile: boolean;
  /** ICC profile of the primary item. */
  readonly profile?: Buffer;
  /** `nclx` of the primary item. */
  readonly codePoints?: CodePoints;
  /** AV1 without colours, with black at 16 and white at 235 of 255. */
  readonly isLimitedGrey?: boolean;
}

export interface Box {
  readonly type: string;
  /** Its content, after size and type. */
  readonly data: Buffer;
  /** With size and type. */
  readonly whole: Buffer;
}

const MAX_BOXES = 10_000;

export function* boxesOf(bytes: Buffer): Generator<Box> {
  for (let at = 0, count = 0; at + 8 <= bytes.length && count < MAX_BOXES; count += 1) {
    const size = bytes.readUInt32BE(at);
    const isLong = size === 1 && at + 16 <= bytes.length;
    const length = isLong ? Number(bytes.readBigUInt64BE(at + 8)) : size === 0 ? bytes.length - at : size;
    const head = isLong ? 16 : 8;
    if (length < head || at + length > bytes.length) return;
    const whole = bytes.subarray(at, at + length);
    yield { type: whole.toString('latin1', 4, 8), data: whole.subarray(head), whole };
    at += length;
  }
}

export const find = (bytes: Buffer, type: string): Buffer | null => {
  for (const box of boxesOf(bytes)) if (box.type === type) return box.data;
  return null;
};

/** Version and flags of a full box. */
export const FULL = 4;

/** Item of `pitm`; null if it is not stated. */
export const primaryItem = (meta: Buffer): number | null => {
  const data = find(meta, 'pitm');
  if (data === null || data.length < FULL + 2) return null;
  if (data[0] === 0) return data.readUInt16BE(FULL);
  return data.length >= FULL + 4 ? data.readUInt32BE(FULL) : null;
};

/** Positions (from 1) in `ipco` of the properties of an item, by `ipma`. */
export const propertiesOf = (ipma: Buffer, item: number): readonly number[] => {
  const [idBytes, indexBytes] = [ipma[0] === 0 ? 2 : 4, (ipma[3] ?? 0) & 1 ? 2 : 1];
  if (ipma.length < FULL + 4) return [];
  let at = FULL + 4;
  for (let left = ipma.readUInt32BE(FULL); left > 0 && at + idBytes + 1 <= ipma.length; left -= 1) {
    const id = ipma.readUIntBE(at, idBytes);
    const count = ipma[at + idBytes] ?? 0;
    const from = at + idBytes + 1;
    at = from + count * indexBytes;
    if (at > ipma.length) return [];
    if (id !== item) continue;
    const mask = indexBytes === 2 ? 0x7fff : 0x7f;
    return Array.from({ length: count }, (_, n) => ipma.readUIntBE(from + n * indexBytes, indexBytes) & mask);
  }
  return [];
};

/** Where the data of an item is. */
interface Place {
  /** In the box `idat` of the metadata; otherwise in the file. */
  readonly isInIdat: boolean;
  readonly extents: readonly { readonly from: number; readonly to: number }[];
}

const IN_IDAT = 1;

/** By `iloc` (ISO/IEC 14496-12, 8.11.3); null if it is in another file, made of another item, or not stated in full. */
const placeOf = (iloc: Buffer, wanted: number): Place | null => {
  let at = FULL;
  /** Zero bytes mean zero; past the end, nothing that is compared is true. */
  const read = (length: number): number => {
    at += length;
    if (at > iloc.length) return Number.NaN;
    if (length === 8) return Number(iloc.readBigUInt64BE(at - 8));
    return length === 0 ? 0 : iloc.readUIntBE(at - length, length);
  };
  const version = iloc[0] ?? 3;
  const sizes = read(2);
  const [offsetBytes, lengthBytes] = [sizes >> 12, (sizes >> 8) & 15];
  const [baseBytes, indexBytes] = [(sizes >> 4) & 15, version === 0 ? 0 : sizes & 15];
  // Without lengths, a short box could list billions of extents.
  if (
    version > 2 ||
    ![4, 8].includes(lengthBytes) ||
    [offsetBytes, baseBytes, indexBytes].some((n) => ![0, 4, 8].includes(n))
  )
    return null;
  const idBytes = version === 2 ? 4 : 2;
  for (let left = read(idBytes); left > 0 && at < iloc.length; left -= 1) {
    const isWanted = read(idBytes) === wanted;
    const method = version === 0 ? 0 : read(2) & 15;
    const reference = read(2);
    const base = read(baseBytes);
    const count = read(2);
    if (!isWanted) {
      at += count * (indexBytes + offsetBytes + lengthBytes);
      continue;
    }
    const extents: { readonly from: number; readonly to: number }[] = [];
    while (extents.length < count && at < iloc.length) {
      read(indexBytes);
      const from = base + read(offsetBytes);
      extents.push({ from, to: from + read(lengthBytes) });
    }
    const isHere = method <= IN_IDAT && reference === 0 && count > 0 && extents.length === count;
    return isHere ? { isInIdat: method === IN_IDAT, extents } : null;
  }
  return null;
};

/**
 * The data of an item, a part of the file where it is in one piece.
 * @param meta content of the box, behind its version and flags
 * @returns null if the file does not hold all of it, or if it would be more than the file
 */
export const itemData = (bytes: Buffer, meta: Buffer, item: number): Buffer | null => {
  const place = placeOf(find(meta, 'iloc') ?? Buffer.alloc(0), item);
  const source = place?.isInIdat ? find(meta, 'idat') : bytes;
  if (place === null || source === null) return null;
  if (!place.extents.every(({ from, to }) => from < to && to <= source.length)) return null;
  const [only, ...others] = place.extents.map(({ from, to }) => source.subarray(from, to));
  if (only === undefined || others.length === 0) return only ?? null;
  const length = place.extents.reduce((sum, { from, to }) => sum + to - from, 0);
  return length <= bytes.length ? Buffer.concat([only, ...others]) : null;
};

/** By the configuration of AV1 (`av1C`, AV1-ISOBMFF 2.3.3). */
const isMonochrome = (properties: readonly Box[]): boolean =>
  properties.some(({ type, data }) => type === 'av1C' && ((data[2] ?? 0) & 0x10) !== 0);

/** The last byte of `nclx` (ISO/IEC 14496-12, 12.1.5). */
const FULL_RANGE = 0x80;

/** From the `colr` boxes among the properties of an item. */
export const coloursOf = (properties: readonly Box[]): HeifColours => {
  const colours = properties.flatMap(({ type, data }) => (type === 'colr' && data.length >= 4 ? [data] : []));
  const kindOf = (data: Buffer): string => data.toString('latin1', 0, 4);
  const profile = colours.find((data) => ['prof', 'rICC'].includes(kindOf(data)))?.subarray(4);
  const nclx = colours.find((data) => kindOf(data) === 'nclx' && data.length >= 8);
  return {
    hasProfile: profile !== undefined,
    ...(profile && { profile }),
    ...(nclx && { codePoints: { primaries: nclx.readUInt16BE(4), transfer: nclx.readUInt16BE(6) } }),
    isLimitedGrey: isMonochrome(properties) && nclx !== undefined && ((nclx[10] ?? FULL_RANGE) & FULL_RANGE) === 0,
  };
};

export const readHeifColours = (bytes: Buffer): HeifColours => {
  const meta = find(bytes, 'meta')?.subarray(FULL) ?? null;
  const iprp = meta === null ? null : find(meta, 'iprp');
  const item = meta === null ? null : primaryItem(meta);
  const [ipco, ipma] = iprp === null ? [null, null] : [find(iprp, 'ipco'), find(iprp, 'ipma')];
  if (ipco === null || ipma === null || item === null) return { hasProfile: false };
  const boxes = [...boxesOf(ipco)];
  return coloursOf(propertiesOf(ipma, item).flatMap((index) => boxes[index - 1] ?? []));
};
