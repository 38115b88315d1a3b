import type { Metadata } from 'sharp';
import type { OutputSpec } from '../output-formats.ts';
import {
  type Compressed,
  type CompressOptions,
  compress,
  finishOutput,
  openPicture,
  readHeader,
  requireSides,
} from './compress.ts';
import { estimateBytes } from './cost.ts';
import { startDeadline } from './deadline.ts';
import { holdPixels, openPixels } from './decode.ts';
import { areaOf, fitInside, resize, resizeTo, type Size } from './size.ts';
import type { SourceFormat } from './sniff.ts';

/*
 * Several outputs of one picture: its pixels are decoded once, in the size of the largest output, and held for all of them.
 * docs/performance.md compares that with a decode for each.
 */

/** Options of an image with one or several outputs. */
export interface OutputsOptions extends CompressOptions {
  readonly outputs?: readonly OutputSpec[];
}

type Wanted = Pick<OutputsOptions, 'format' | 'quality' | 'maxWidth' | 'maxHeight' | 'outputs'>;

/** The options of each output. `maxWidth` and `maxHeight` hold for all of them. */
const eachOf = <Options extends Wanted>(options: Options): readonly Options[] => {
  const { outputs, maxWidth, maxHeight } = options;
  return (
    outputs?.map(({ maxSide, ...output }) => ({
      ...options,
      ...output,
      ...(maxSide === undefined
        ? {}
        : { maxWidth: Math.min(maxWidth ?? maxSide, maxSide), maxHeight: Math.min(maxHeight ?? maxSide, maxSide) }),
    })) ?? [options]
  );
};

/** All outputs have the shape of the picture, so the one with the largest area has the longest sides too. */
const largestOf = <Options extends Wanted>(upright: Size, each: readonly Options[]): Options =>
  each.reduce((a, b) => (areaOf(fitInside(upright, b)) > areaOf(fitInside(upright, a)) ? b : a));

/**
 * Reads the header without decoding.
 * @throws AppError as `readHeader` does, `too_many_pixels` also for a further output
 */
export const readHeaderFor = async (
  bytes: Buffer,
  options: Wanted & Pick<OutputsOptions, 'maxPixels' | 'source'>,
): Promise<Metadata> => {
  const [first = options, ...further] = eachOf(options);
  const header = await readHeader(bytes, first);
  for (const output of further) requireSides(header, output);
  return header;
};

/** `estimateBytes` of an image with one or several outputs. */
export const estimateFor = (bytes: Buffer, header: Metadata, source: SourceFormat, options: Wanted): number =>
  estimateBytes(bytes, header, source, eachOf(options));

/** The results of an image; those after the first are absent if it has one output. */
export interface CompressedOutputs extends Compressed {
  readonly further?: readonly Compressed[];
}

/**
 * Re-encodes an image as `compress` does, to each of its outputs.
 * @throws AppError as `compress` does; none of the outputs is there then
 */
export const compressOutputs = async (
  bytes: Buffer,
  options: OutputsOptions,
  header?: Metadata,
  now = () => performance.now(),
): Promise<CompressedOutputs> => {
  const [first = options, ...further] = eachOf(options);
  if (further.length === 0) return compress(bytes, first, header, now);
  const deadline = startDeadline(options.maxSeconds, now);
  const { picture, ...source } = await openPicture(bytes, { ...options, deadline }, header);
  const upright = source.metadata.autoOrient;
  const held = await holdPixels(resize(picture, upright, largestOf(upright, [first, ...further])), deadline);
  const finish = (output: OutputsOptions): Promise<Compressed> => {
    const sized = resizeTo(openPixels(held, deadline), held, fitInside(upright, output));
    return finishOutput(source, sized, output);
  };
  const result = await finish(first);
  const others: Compressed[] = [];
  for (const output of further) others.push(await finish(output));
  return { ...result, further: others };
};
