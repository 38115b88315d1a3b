import { SRGB } from '../../inspect/build-profile.ts';
import { readProfile } from '../../inspect/read-profile.ts';
import { areReal, signalledProfile } from '../../inspect/signalled.ts';

export interface BmpColours {
  /** Embedded, or made of the header's primaries; absent: sRGB. */
  readonly profile?: Buffer;
  /** The colours are others than sRGB's, but not known here. */
  readonly isUncalibrated: boolean;
}

/** bV5CSType; sRGB and Windows' default need no profile. */
const [CALIBRATED, LINKED, EMBEDDED] = [0, 0x4c494e4b, 0x4d424544];
const V5_HEADER = 124;
const SAME_GAMMA = 0.02;

/** Some programs write the exponent from light to signal, which is its inverse. */
const exponentOf = (gamma: number): number => (gamma < 0.9 ? 1 / gamma : gamma);

/**
 * Of the headers of version 4 and 5 (BITMAPV5HEADER, bV5CSType and what follows it). A linked profile is a file on the
 * computer of its author, and its name is not even read.
 * @param at where the header starts
 */
export const readBmpColours = (bytes: Buffer, at: number, size: number): BmpColours => {
  const kind = bytes.readUInt32LE(at + 56);
  if (kind === CALIBRATED) return calibrated(bytes, at);
  if (kind === LINKED) return { isUncalibrated: true };
  if (kind !== EMBEDDED || size < V5_HEADER) return { isUncalibrated: false };
  const from = at + bytes.readUInt32LE(at + 112);
  const profile = bytes.subarray(from, from + bytes.readUInt32LE(at + 116));
  const isUsable = readProfile(profile)?.space === 'RGB';
  return isUsable ? { profile, isUncalibrated: false } : { isUncalibrated: true };
};

/** The chromaticities are fixed point numbers of 2.30, the exponents of 16.16; most programs leave them zero. */
const calibrated = (bytes: Buffer, at: number): BmpColours => {
  const point = (index: number): readonly [number, number] => {
    const [x = 0, y = 0, z = 0] = [0, 4, 8].map((axis) => bytes.readUInt32LE(at + 60 + 12 * index + axis));
    const sum = x + y + z;
    return sum === 0 ? [0, 0] : [x / sum, y / sum];
  };
  const primaries = { red: point(0), green: point(1), blue: point(2), white: SRGB.white };
  const gammas = [96, 100, 104].map((field) => bytes.readUInt32LE(at + field) / 65_536);
  const [gamma = 0] = gammas;
  if (gammas.some((other) => Math.abs(other - gamma) > SAME_GAMMA)) return { isUncalibrated: true };
  const exponent = gamma >= 0.25 && gamma <= 4 ? exponentOf(gamma) : 'srgb';
  const profile = signalledProfile(areReal(primaries) ? primaries : SRGB, exponent);
  return profile === null ? { isUncalibrated: false } : { profile, isUncalibrated: false };
};
