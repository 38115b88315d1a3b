import { crc32, deflateSync } from 'node:zlib';
import { buildProfile, type Primaries, SRGB } from './build-profile.ts';
import {
  areReal,
  type CodePoints,
  greyProfile,
  isHdr,
  isKnown,
  profileOfCodePoints,
  signalledProfile,
} from './signalled.ts';

/** How a PNG signals its colours (PNG, third edition, 11.3.2). */
export interface PngColours {
  readonly codePoints?: CodePoints;
  readonly hasProfile: boolean;
  readonly isSrgb: boolean;
  /** Exponent from signal to light. */
  readonly gamma?: number;
  readonly primaries?: Primaries;
  readonly isGrey: boolean;
}

interface Chunk {
  readonly type: string;
  readonly from: number;
  readonly to: number;
  readonly data: Buffer;
}

const SIGNATURE_BYTES = 8;
const COLOUR_CHUNKS = ['cICP', 'iCCP', 'sRGB', 'gAMA', 'cHRM'];

/** The chunks before the pixels. */
function* chunksBefore(bytes: Buffer): Generator<Chunk> {
  for (let from = SIGNATURE_BYTES; from + 12 <= bytes.length; ) {
    const length = bytes.readUInt32BE(from);
    const type = bytes.toString('latin1', from + 4, from + 8);
    const to = from + 12 + length;
    if (type === 'IDAT' || to > bytes.length) return;
    yield { type, from, to, data: bytes.subarray(from + 8, to - 4) };
    from = to;
  }
}

export const readPngColours = (bytes: Buffer): PngColours => {
  let found: PngColours = { hasProfile: false, isSrgb: false, isGrey: false };
  for (const { type, data } of chunksBefore(bytes)) {
    if (type === 'IHDR' && data.length >= 10) found = { ...found, isGrey: data[9] === 0 || data[9] === 4 };
    else if (type === 'iCCP') found = { ...found, hasProfile: true };
    else if (type === 'sRGB') found = { ...found, isSrgb: true };
    else if (type === 'cICP' && data.length >= 4)
      found = { ...found, codePoints: { primaries: data[0] ?? 0, transfer: data[1] ?? 0 } };
    else if (type === 'gAMA' && data.length === 4 && data.readUInt32BE() > 0)
      found = { ...found, gamma: 100_000 / data.readUInt32BE() };
    else if (type === 'cHRM' && data.length === 32) found = { ...found, ...primariesOf(data) };
  }
  return found;
};

const primariesOf = (data: Buffer): { readonly primaries?: Primaries } => {
  const point = (at: number): readonly [number, number] => [
    data.readUInt32BE(8 * at) / 100_000,
    data.readUInt32BE(8 * at + 4) / 100_000,
  ];
  const primaries = { white: point(0), red: point(1), green: point(2), blue: point(3) };
  return areReal(primaries) ? { primaries } : {};
};

/** Exponents that a picture for people may have. */
const isLikely = (gamma: number): boolean => gamma >= 0.9 && gamma <= 4;

/**
 * What a PNG signals, by the first of its chunks in the order of precedence.
 * @returns a profile to be applied, `known` for an embedded one and for sRGB, null if it says nothing that is known
 */
export const signalledByPng = (colours: PngColours): Buffer | 'hdr' | 'known' | null => {
  const { codePoints, hasProfile, isSrgb, isGrey, gamma, primaries } = colours;
  if (codePoints !== undefined) {
    if (isHdr(codePoints)) return 'hdr';
    const profile = isGrey ? null : profileOfCodePoints(codePoints);
    if (profile !== null || !isKnown(codePoints)) return profile;
    // The code points of sRGB come before a profile of other colours.
    return hasProfile && !isGrey ? buildProfile(SRGB, 'srgb') : 'known';
  }
  if (hasProfile || isSrgb) return 'known';
  const exponent = gamma !== undefined && isLikely(gamma) ? gamma : undefined;
  if (exponent === undefined && primaries === undefined) return null;
  const profile = isGrey ? exponent && greyProfile(exponent) : signalledProfile(primaries ?? SRGB, exponent ?? 'srgb');
  return profile || 'known';
};

const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
};

/** A copy with this profile in place of all other colour chunks. */
export const withPngProfile = (bytes: Buffer, profile: Buffer): Buffer => {
  const chunks = [...chunksBefore(bytes)];
  const end = chunks.at(-1)?.to ?? SIGNATURE_BYTES;
  const kept = chunks
    .filter(({ type }) => !COLOUR_CHUNKS.includes(type))
    .map(({ from, to }) => bytes.subarray(from, to));
  const [header = Buffer.alloc(0), ...others] = kept;
  const embedded = chunk('iCCP', Buffer.concat([Buffer.from('signalled\0\0', 'latin1'), deflateSync(profile)]));
  return Buffer.concat([bytes.subarray(0, SIGNATURE_BYTES), header, embedded, ...others, bytes.subarray(end)]);
};
