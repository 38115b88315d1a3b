import { ADOBE_RGB, BT2020, buildProfile, DISPLAY_P3, type Primaries, SRGB, type Transfer } from './build-profile.ts';

/** Code points for colours without a profile (ITU-T H.273, tables 2 and 3), as in PNG's cICP and in AVIF's nclx. */
export interface CodePoints {
  readonly primaries: number;
  readonly transfer: number;
}

const PRIMARIES: Readonly<Record<number, Primaries>> = { 1: SRGB, 9: BT2020, 12: DISPLAY_P3 };
/** Those of video are shown like sRGB, as browsers do. */
const TRANSFERS: Readonly<Record<number, Transfer>> = {
  ...{ 1: 'srgb', 6: 'srgb', 13: 'srgb', 14: 'srgb', 15: 'srgb' },
  ...{ 4: 2.2, 5: 2.8, 8: 1 },
};
const PQ = 16;
const HLG = 18;

/** High dynamic range has no rendering in sRGB that every viewer agrees on. */
export const isHdr = ({ transfer }: CodePoints): boolean => transfer === PQ || transfer === HLG;

/** Whether the primaries are any that are named here; 2 is "unspecified". */
export const isKnown = ({ primaries }: CodePoints): boolean => primaries in PRIMARIES;

/** The profile of code points; null if they are sRGB's, or unknown, which decoders treat alike. */
export const profileOfCodePoints = ({ primaries, transfer }: CodePoints): Buffer | null => {
  const [where, how] = [PRIMARIES[primaries], TRANSFERS[transfer]];
  if (where === undefined && how === undefined) return null;
  return signalledProfile(where ?? SRGB, how ?? 'srgb');
};

/** Differences that no eye sees. */
const SAME_GAMMA = 0.02;
const SAME_PRIMARIES = 0.003;
/** A power of 2.2 is what writers of PNG call sRGB's curve. */
const USUAL_GAMMA = 2.2;

/** The profile of what a file signals; null if it is sRGB. */
export const signalledProfile = (primaries: Primaries, transfer: Transfer): Buffer | null => {
  const usual = transfer === 'srgb' || Math.abs(transfer - USUAL_GAMMA) < SAME_GAMMA;
  return usual && areSame(primaries, SRGB) ? null : buildProfile(primaries, transfer);
};

/** The profile of a grey picture with this exponent; null if it is the usual one. */
export const greyProfile = (gamma: number): Buffer | null =>
  Math.abs(gamma - USUAL_GAMMA) < SAME_GAMMA ? null : buildProfile(null, gamma);

const areSame = (a: Primaries, b: Primaries): boolean =>
  (['red', 'green', 'blue', 'white'] as const).every((name) =>
    [0, 1].every((axis) => Math.abs((a[name][axis] ?? 0) - (b[name][axis] ?? 0)) < SAME_PRIMARIES),
  );

/** Primaries on a line span no colours. */
const MIN_AREA = 0.01;

/** Whether these chromaticities can be those of a picture's colours. */
export const areReal = (primaries: Primaries): boolean => {
  const { red, green, blue } = primaries;
  const area = Math.abs((green[0] - red[0]) * (blue[1] - red[1]) - (blue[0] - red[0]) * (green[1] - red[1]));
  return area > MIN_AREA && Object.values(primaries).every(([x, y]) => x >= 0 && y > 0 && x + y <= 1);
};

/** Adobe RGB (1998): its exponent is 2 + 51/256. */
export const adobeRgb = (): Buffer => buildProfile(ADOBE_RGB, 2 + 51 / 256);
