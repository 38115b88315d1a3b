export interface LosslessJpeg {
  readonly width: number;
  readonly height: number;
  readonly precision: number;
  /** Grey level of every pixel. */
  readonly level: number;
  /** In YCbCr, with every part at the level; by default grey. */
  readonly isYcbcr?: boolean;
}

const segment = (marker: number, body: readonly number[]): number[] => [
  ...[0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 0xff],
  ...body,
];

/** Difference categories 0 to 14, each with a code of 4 bits that equals it. */
const CATEGORIES = Array.from({ length: 15 }, (_, category) => category);

/** A lossless JPEG of one colour, predicted from the left neighbour (ITU-T T.81, annex H). */
export const losslessJpeg = ({ width, height, precision, level, isYcbcr = false }: LosslessJpeg): Buffer => {
  const first = level - 2 ** (precision - 1);
  const category = 32 - Math.clz32(Math.abs(first));
  const value = first < 0 ? first + 2 ** category - 1 : first;
  const parts = isYcbcr ? [1, 2, 3] : [1];
  const start = category.toString(2).padStart(4, '0') + value.toString(2).padStart(category, '0');
  const bits = start.repeat(parts.length) + '0000'.repeat((width * height - 1) * parts.length);
  const padded = bits.padEnd(Math.ceil(bits.length / 8) * 8, '1');
  const data = (padded.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
  return Buffer.from([
    ...[0xff, 0xd8],
    ...segment(0xe0, [...Buffer.from('JFIF\0'), 1, 1, 0, 0, 1, 0, 1, 0, 0]),
    ...segment(0xc3, [
      ...[precision, height >> 8, height & 0xff, width >> 8, width & 0xff, parts.length],
      ...parts.flatMap((part) => [part, 0x11, 0]),
    ]),
    ...segment(0xc4, [0, 0, 0, 0, CATEGORIES.length, ...Array<number>(12).fill(0), ...CATEGORIES]),
    ...segment(0xda, [parts.length, ...parts.flatMap((part) => [part, 0]), 1, 0, 0]),
    ...data.flatMap((byte) => (byte === 0xff ? [0xff, 0] : [byte])),
    ...[0xff, 0xd9],
  ]);
};
