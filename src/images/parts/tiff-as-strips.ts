import { jpegFrame } from '../inspect/jpeg.ts';
import { TAG } from '../inspect/tiff/tiff.ts';
import type { TiffChunks } from '../inspect/tiff/tiff-chunks.ts';
import type { StoredTiff } from '../inspect/tiff/tiff-plan.ts';

const SHORT = 3;
const LONG = 4;
const LONG8 = 16;

const RGB = 2;
const YCBCR = 6;
const BLACK_IS_ZERO = 1;
const JPEG = 7;

/** The samples of a colour by its model; those without a name here are one sample. */
const COLOURS: Readonly<Record<number, number>> = { [RGB]: 3, 5: 4, [YCBCR]: 3, 8: 3 };

/** A palette and an inversion change nothing about what is stored. */
const modelOf = (photometric: number): number => (COLOURS[photometric] === undefined ? BLACK_IS_ZERO : photometric);

/** Some programs store the last strip of JPEG with as many rows as the others. */
const rowsOfStrips = (bytes: Buffer, { count, down, offsets }: TiffChunks, height: number): number => {
  const rest = height % down;
  const isFull = rest > 0 && (jpegFrame(bytes.subarray(offsets.at(count - 1)))?.rows ?? 0) > rest;
  return isFull ? height - rest + down : height;
};

/** As it is in the JPEG, because libtiff warns where the tag is missing and takes this one; another it rejects anyway. */
const samplingOf = (bytes: Buffer, { offsets }: TiffChunks): readonly [number, number] | null => {
  const sampling = jpegFrame(bytes.subarray(offsets.at(0)))?.sampling;
  return sampling?.every((factor) => [1, 2, 4].includes(factor)) ? sampling : null;
};

/**
 * A copy of a TIFF whose only picture is a stored one with its tiles below each other as strips, and no tags but those
 * that the decoder of the parts needs: libvips reports errors and warnings in strips but not in tiles, and no warning is
 * about anything but the parts. Its colours are not those of the picture.
 */
export const tiffAsStrips = (bytes: Buffer, { tiff, directory }: StoredTiff, chunks: TiffChunks): Buffer => {
  const { isLittleEndian: little, isBigTiff } = tiff;
  const word = isBigTiff ? 8 : 4;
  const { value } = directory;
  const numbers = (count: number, size: number, at: (index: number) => number): Buffer => {
    const out = Buffer.alloc(count * size);
    for (let index = 0; index < count; index += 1) {
      if (size === 8) out[little ? 'writeBigUInt64LE' : 'writeBigUInt64BE'](BigInt(at(index)), index * size);
      else out[little ? 'writeUIntLE' : 'writeUIntBE'](at(index), index * size, size);
    }
    return out;
  };
  const shorts = (count: number, all: number): readonly [number, Buffer] => [SHORT, numbers(count, 2, () => all)];
  const long = (one: number): readonly [number, Buffer] => [LONG, numbers(1, 4, () => one)];
  const words = (at: (index: number) => number): readonly [number, Buffer] => [
    isBigTiff ? LONG8 : LONG,
    numbers(chunks.count, word, at),
  ];

  const { tiled, count, across, down, offsets, sizes } = chunks;
  const compression = value(TAG.compression, 1);
  const model = modelOf(value(TAG.photometric, BLACK_IS_ZERO));
  const samples = value(TAG.samples, 1);
  const extra = samples - (COLOURS[model] ?? 1);
  const isJpeg = compression === JPEG;
  const height = value(TAG.height, 0);
  const stripRows = isJpeg ? rowsOfStrips(bytes, chunks, height) : height;
  const rows = tiled ? down * count : stripRows;
  const sampling = isJpeg && model === YCBCR ? samplingOf(bytes, chunks) : null;
  const offset = (index: number): number => offsets.at(index) ?? 0;
  const fields: [number, readonly [number, Buffer]][] = [
    [TAG.width, long(across)],
    [TAG.height, long(rows)],
    [TAG.bits, shorts(samples, value(TAG.bits, 1))],
    [TAG.compression, shorts(1, compression)],
    [TAG.photometric, shorts(1, model)],
    [TAG.fillOrder, shorts(1, value(TAG.fillOrder, 1))],
    [TAG.stripOffsets, words(offset)],
    [TAG.samples, shorts(1, samples)],
    [TAG.rowsPerStrip, long(down)],
    // A strip without a size ends with the file at the latest.
    [TAG.stripBytes, words((index) => sizes?.at(index) || bytes.length - offset(index))],
    [TAG.planar, shorts(1, value(TAG.planar, 1))],
    [TAG.t4Options, long(value(TAG.t4Options, 0))],
    [TAG.t6Options, long(value(TAG.t6Options, 0))],
    ...(extra > 0 ? [[TAG.extraSamples, shorts(extra, 0)] satisfies [number, readonly [number, Buffer]]] : []),
  ];

  const parts = [bytes];
  let end = bytes.length;
  const put = (part: Buffer): number => {
    // Offsets of a TIFF are even.
    const padding = Buffer.alloc(end % 2);
    const at = end + padding.length;
    parts.push(padding, part);
    end = at + part.length;
    return at;
  };
  const entry = (tag: number, [type, values]: readonly [number, Buffer]): Buffer => {
    const inline = values.length <= word ? Buffer.concat([values], word) : numbers(1, word, () => put(values));
    const items = values.length / (type === SHORT ? 2 : type === LONG ? 4 : 8);
    return Buffer.concat([numbers(1, 2, () => tag), numbers(1, 2, () => type), numbers(1, word, () => items), inline]);
  };
  const entries = fields.map(([tag, values]) => entry(tag, values));
  // Higher tags than the others, so the entries stay in order.
  const tables = directory.entry(TAG.jpegTables);
  if (tables !== undefined) entries.push(Buffer.from(tables));
  if (sampling !== null) entries.push(entry(TAG.subsampling, [SHORT, numbers(2, 2, (index) => sampling[index] ?? 1)]));
  const counted = numbers(1, isBigTiff ? 8 : 2, () => entries.length);
  const start = put(Buffer.concat([counted, ...entries, Buffer.alloc(word)]));
  const copy = Buffer.concat(parts);
  numbers(1, word, () => start).copy(copy, word);
  return copy;
};
