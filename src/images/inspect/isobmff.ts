import type { CodePoints } from './signalled.ts';

/**
 * The colours of a picture in an ISO base media file (ISO/IEC 14496-12; HEIF, ISO/IEC 23008-12), as AVIF and HEIC are.
 * Only boxes of the first levels are walked, each once, and their number is bounded.
 */
export interface HeifColours {
  readonly hasProfile: boolean;
  /** `nclx` of the primary item. */
  readonly codePoints?: CodePoints;
}

interface Box {
  readonly type: string;
  /** Its content, after size and type. */
  readonly data: Buffer;
}

const MAX_BOXES = 10_000;

function* boxesOf(bytes: Buffer): Generator<Box> {
  for (let at = 0, count = 0; at + 8 <= bytes.length && count < MAX_BOXES; count += 1) {
    const size = bytes.readUInt32BE(at);
    const isLong = size === 1 && at + 16 <= bytes.length;
    const length = isLong ? Number(bytes.readBigUInt64BE(at + 8)) : size === 0 ? bytes.length - at : size;
    const head = isLong ? 16 : 8;
    if (length < head || at + length > bytes.length) return;
    yield { type: bytes.toString('latin1', at + 4, at + 8), data: bytes.subarray(at + head, at + length) };
    at += length;
  }
}

const find = (bytes: Buffer, type: string): Buffer | null => {
  for (const box of boxesOf(bytes)) if (box.type === type) return box.data;
  return null;
};

/** Version and flags of a full box. */
const FULL = 4;

/** Item of `pitm`; null if it is not stated. */
const primaryItem = (meta: Buffer): number | null => {
  const data = find(meta, 'pitm');
  if (data === null || data.length < FULL + 2) return null;
  if (data[0] === 0) return data.readUInt16BE(FULL);
  return data.length >= FULL + 4 ? data.readUInt32BE(FULL) : null;
};

/** Positions (from 1) in `ipco` of the properties of an item, by `ipma`. */
const propertiesOf = (ipma: Buffer, item: number): readonly number[] => {
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

export const readHeifColours = (bytes: Buffer): HeifColours => {
  const meta = find(bytes, 'meta')?.subarray(FULL) ?? null;
  const iprp = meta === null ? null : find(meta, 'iprp');
  const item = meta === null ? null : primaryItem(meta);
  const [ipco, ipma] = iprp === null ? [null, null] : [find(iprp, 'ipco'), find(iprp, 'ipma')];
  if (ipco === null || ipma === null || item === null) return { hasProfile: false };
  const boxes = [...boxesOf(ipco)];
  const colours = propertiesOf(ipma, item).flatMap((index) => {
    const box = boxes[index - 1];
    return box?.type === 'colr' && box.data.length >= 4 ? [box.data] : [];
  });
  const kindOf = (data: Buffer): string => data.toString('latin1', 0, 4);
  const hasProfile = colours.some((data) => ['prof', 'rICC'].includes(kindOf(data)));
  const nclx = colours.find((data) => kindOf(data) === 'nclx' && data.length >= 8);
  if (nclx === undefined) return { hasProfile };
  return { hasProfile, codePoints: { primaries: nclx.readUInt16BE(4), transfer: nclx.readUInt16BE(6) } };
};
