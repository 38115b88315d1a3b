/** What an embedded colour profile is (ICC.1:2022, 7.2 and 9.2). */
export interface ProfileKind {
  /** Its colour space as in the header: `RGB`, `GRAY`, `CMYK`, `Lab` … */
  readonly space: string;
  readonly isSrgb: boolean;
}

const HEADER_BYTES = 128;
const MAX_TAGS = 100;
const TOLERANCE = 0.003;
const SRGB_COLUMNS: Readonly<Record<string, readonly number[]>> = {
  rXYZ: [0.43607, 0.22249, 0.01392],
  gXYZ: [0.38515, 0.71687, 0.09708],
  bXYZ: [0.14307, 0.06061, 0.7141],
};
const MATRIX_TAGS = ['rXYZ', 'gXYZ', 'bXYZ', 'rTRC', 'gTRC', 'bTRC'];
/** sRGB's curve at a half, which a gamma of 2.2 misses by 0.004. */
const SRGB_HALF = 0.21404;

/** Null if it is not a profile that a decoder can use. */
export const readProfile = (profile: Buffer): ProfileKind | null => {
  if (profile.length < HEADER_BYTES + 4 || profile.toString('latin1', 36, 40) !== 'acsp') return null;
  const space = profile.toString('latin1', 16, 20).trim();
  const tags = readTags(profile);
  if (tags.size === 0) return null;
  if (!isUsable(space, tags)) return { space, isSrgb: true };
  return { space, isSrgb: space === 'RGB' && (isNamedSrgb(tags) || isShapedLikeSrgb(tags)) };
};

/** LittleCMS ignores a profile without a table or the curves (and colours) of its space, and takes the picture as sRGB. */
const isUsable = (space: string, tags: ReadonlyMap<string, Buffer>): boolean => {
  if (tags.has('A2B0')) return true;
  if (space === 'RGB') return MATRIX_TAGS.every((name) => tags.has(name));
  return space === 'GRAY' ? tags.has('kTRC') : tags.size > 0;
};

const readTags = (profile: Buffer): Map<string, Buffer> => {
  const tags = new Map<string, Buffer>();
  const count = Math.min(profile.readUInt32BE(HEADER_BYTES), MAX_TAGS);
  for (let index = 0; index < count; index += 1) {
    const at = HEADER_BYTES + 4 + 12 * index;
    if (at + 12 > profile.length) break;
    const [from, length] = [profile.readUInt32BE(at + 4), profile.readUInt32BE(at + 8)];
    if (length < 8 || from + length > profile.length) continue;
    tags.set(profile.toString('latin1', at, at + 4), profile.subarray(from, from + length));
  }
  return tags;
};

/** Profiles by tables (`A2B0`), such as the ICC's own of sRGB, are known by their names only. */
const isNamedSrgb = (tags: ReadonlyMap<string, Buffer>): boolean => {
  if (!tags.has('A2B0')) return false;
  const text = tags.get('desc')?.toString('latin1').replaceAll('\0', '') ?? '';
  return /sRGB/.test(text);
};

const isShapedLikeSrgb = (tags: ReadonlyMap<string, Buffer>): boolean =>
  Object.entries(SRGB_COLUMNS).every(([name, wanted]) => {
    const data = tags.get(name);
    if (data === undefined || data.length < 20) return false;
    return wanted.every((value, at) => Math.abs(data.readInt32BE(8 + 4 * at) / 65_536 - value) < TOLERANCE);
  }) && ['rTRC', 'gTRC', 'bTRC'].every((name) => Math.abs(halfOf(tags.get(name)) - SRGB_HALF) < TOLERANCE);

/** A curve's value at a half. */
const halfOf = (curve: Buffer | undefined): number => {
  if (curve === undefined || curve.length < 12) return Number.NaN;
  if (curve.toString('latin1', 0, 4) === 'para') return parametricHalf(curve);
  const count = curve.readUInt32BE(8);
  if (count === 0) return 0.5;
  if (12 + 2 * count > curve.length) return Number.NaN;
  if (count === 1) return 0.5 ** (curve.readUInt16BE(12) / 256);
  const at = (count - 1) / 2;
  const value = (index: number): number => curve.readUInt16BE(12 + 2 * index) / 65_535;
  return (value(Math.floor(at)) + value(Math.ceil(at))) / 2;
};

/** The segments of a parametric curve above its linear part (ICC.1, table 68), where a half always is. */
const parametricHalf = (curve: Buffer): number => {
  const kind = curve.readUInt16BE(8);
  const at = (index: number): number =>
    16 + 4 * index <= curve.length ? curve.readInt32BE(12 + 4 * index) / 65_536 : Number.NaN;
  if (kind === 0) return 0.5 ** at(0);
  const offset = kind === 2 ? at(3) : kind === 4 ? at(5) : 0;
  return (at(1) * 0.5 + at(2)) ** at(0) + offset;
};
