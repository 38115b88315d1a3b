/** Writes colour profiles (ICC.1:2022, the International Color Consortium's specification) for colours that a file only signals. */

/** Chromaticities x and y of red, green, blue and white. */
export interface Primaries {
  readonly red: readonly [number, number];
  readonly green: readonly [number, number];
  readonly blue: readonly [number, number];
  readonly white: readonly [number, number];
}

export const D65 = [0.3127, 0.329] as const;
export const SRGB: Primaries = { red: [0.64, 0.33], green: [0.3, 0.6], blue: [0.15, 0.06], white: D65 };
export const DISPLAY_P3: Primaries = { red: [0.68, 0.32], green: [0.265, 0.69], blue: [0.15, 0.06], white: D65 };
export const BT2020: Primaries = { red: [0.708, 0.292], green: [0.17, 0.797], blue: [0.131, 0.046], white: D65 };
export const ADOBE_RGB: Primaries = { red: [0.64, 0.33], green: [0.21, 0.71], blue: [0.15, 0.06], white: D65 };

/** Light from signal: a power function, or sRGB's curve (IEC 61966-2-1). */
export type Transfer = number | 'srgb';

type Vector = readonly [number, number, number];
type Matrix = readonly [Vector, Vector, Vector];

const D50: Vector = [0.9642, 1, 0.8249];
const BRADFORD: Matrix = [
  [0.8951, 0.2664, -0.1614],
  [-0.7502, 1.7135, 0.0367],
  [0.0389, -0.0685, 1.0296],
];

const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const apply = (m: Matrix, v: Vector): Vector => [dot(m[0], v), dot(m[1], v), dot(m[2], v)];
const column = (m: Matrix, at: 0 | 1 | 2): Vector => [m[0][at], m[1][at], m[2][at]];
const multiply = (a: Matrix, b: Matrix): Matrix => {
  const row = (of: Vector): Vector => [dot(of, column(b, 0)), dot(of, column(b, 1)), dot(of, column(b, 2))];
  return [row(a[0]), row(a[1]), row(a[2])];
};
const cross = (a: Vector, b: Vector): Vector => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
const inverse = (m: Matrix): Matrix => {
  const [a, b, c] = [cross(m[1], m[2]), cross(m[2], m[0]), cross(m[0], m[1])];
  const by = 1 / dot(m[0], a);
  const at = (n: 0 | 1 | 2): Vector => [a[n] * by, b[n] * by, c[n] * by];
  return [at(0), at(1), at(2)];
};
const diagonal = ([x, y, z]: Vector): Matrix => [
  [x, 0, 0],
  [0, y, 0],
  [0, 0, z],
];
const xyz = ([x, y]: readonly [number, number]): Vector => [x / y, 1, (1 - x - y) / y];

/** From linear RGB to XYZ under D50, to which profiles are adapted (ICC.1, annex E). */
const toD50 = ({ red, green, blue, white }: Primaries): Matrix => {
  const [r, g, b] = [xyz(red), xyz(green), xyz(blue)];
  const columns: Matrix = [
    [r[0], g[0], b[0]],
    [r[1], g[1], b[1]],
    [r[2], g[2], b[2]],
  ];
  const scaled = multiply(columns, diagonal(apply(inverse(columns), xyz(white))));
  const [from, to] = [apply(BRADFORD, xyz(white)), apply(BRADFORD, D50)];
  const gains = diagonal([to[0] / from[0], to[1] / from[1], to[2] / from[2]]);
  return multiply(multiply(multiply(inverse(BRADFORD), gains), BRADFORD), scaled);
};

const HEADER_BYTES = 128;
const s15Fixed16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(Math.round(value * 65_536));
  return bytes;
};
const tag = (type: string, ...parts: readonly Buffer[]): Buffer => {
  const bytes = Buffer.concat([Buffer.from(type, 'latin1'), Buffer.alloc(4), ...parts]);
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
};
const xyzTag = (vector: Vector): Buffer => tag('XYZ ', ...vector.map(s15Fixed16));
const textTag = (text: string): Buffer => {
  const head = Buffer.alloc(20);
  head.writeUInt32BE(1, 0);
  head.writeUInt32BE(12, 4);
  head.write('enUS', 8, 'latin1');
  head.writeUInt32BE(2 * text.length, 12);
  head.writeUInt32BE(28, 16);
  return tag('mluc', head, Buffer.from(text, 'utf16le').swap16());
};
const curveTag = (transfer: Transfer): Buffer => {
  const parameters = transfer === 'srgb' ? [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045] : [transfer];
  const kind = Buffer.from([0, transfer === 'srgb' ? 3 : 0, 0, 0]);
  return tag('para', kind, ...parameters.map(s15Fixed16));
};

type Tag = readonly [name: string, data: Buffer];

/** A display profile (ICC version 4) of these primaries and this transfer function; of grey if there are no primaries. */
export const buildProfile = (primaries: Primaries | null, transfer: Transfer): Buffer => {
  const curve = curveTag(transfer);
  const colours = primaries === null ? [['kTRC', curve] as const] : colourTags(primaries, curve);
  return profileOf(primaries === null ? 'GRAY' : 'RGB ', [
    ['desc', textTag('Signalled colours')],
    ['cprt', textTag('No copyright')],
    ['wtpt', xyzTag(D50)],
    ...colours,
  ]);
};

const colourTags = (primaries: Primaries, curve: Buffer): readonly Tag[] => {
  const matrix = toD50(primaries);
  return [
    ['rXYZ', xyzTag(column(matrix, 0))],
    ['gXYZ', xyzTag(column(matrix, 1))],
    ['bXYZ', xyzTag(column(matrix, 2))],
    ...['rTRC', 'gTRC', 'bTRC'].map((name): Tag => [name, curve]),
  ];
};

const profileOf = (space: string, tags: readonly Tag[]): Buffer => {
  const table = Buffer.alloc(4 + 12 * tags.length);
  table.writeUInt32BE(tags.length);
  let at = HEADER_BYTES + table.length;
  for (const [index, [name, data]] of tags.entries()) {
    table.write(name, 4 + 12 * index, 'latin1');
    table.writeUInt32BE(at, 8 + 12 * index);
    table.writeUInt32BE(data.length, 12 + 12 * index);
    at += data.length;
  }
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(at);
  header.writeUInt32BE(0x04300000, 8);
  header.write(`mntr${space}XYZ `, 12, 'latin1');
  header.write('acsp', 36, 'latin1');
  for (const [index, value] of D50.entries()) s15Fixed16(value).copy(header, 68 + 4 * index);
  return Buffer.concat([header, table, ...tags.map(([, data]) => data)]);
};
