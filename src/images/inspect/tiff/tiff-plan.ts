import { AppError } from '../../../errors.ts';
import type { ImageNote } from '../../task.ts';
import { cameraRaw } from './camera-raw.ts';
import { readTiff, TAG, type Tiff, type TiffDirectory } from './tiff.ts';
import { requireWholeChunks } from './tiff-chunks.ts';
import { requireReadableKind } from './tiff-kinds.ts';

export interface TiffPlan {
  /** Which picture of the file sharp reads. */
  readonly input: { readonly page?: number; readonly subifd?: number };
  /** The channels to keep of the picture in sRGB, if it has others: colours, then the alpha. */
  readonly keep?: readonly number[];
  /** Where that picture is described; absent in a file without any. */
  readonly stored?: StoredTiff;
  readonly notes: readonly ImageNote[];
}

/** A picture of a TIFF as it is stored. */
export interface StoredTiff {
  readonly tiff: Tiff;
  readonly directory: TiffDirectory;
}

/** The samples of a colour; what follows them is alpha or something else. */
const COLOURS: Readonly<Record<number, number>> = { 2: 3, 5: 4, 6: 3, 8: 3 };

/** Bits of NewSubfileType: a smaller version of another picture, or its transparency mask. */
const REDUCED = 1;
const MASK = 4;

const isPicture = (directory: TiffDirectory): boolean =>
  (directory.value(TAG.newSubfileType, 0) & (REDUCED | MASK)) === 0 && directory.value(TAG.subfileType, 1) !== 2;

interface Chosen {
  readonly directory: TiffDirectory;
  readonly input: TiffPlan['input'];
}

/** The first picture in full size; a file may have its thumbnail first. */
const choose = ({ pages, below }: Tiff): Chosen | null => {
  const [first] = pages;
  if (first === undefined) return null;
  const page = pages.findIndex(isPicture);
  const directory = pages[page];
  if (directory !== undefined) return { directory, input: page === 0 ? {} : { page } };
  const inner = below(first);
  const subifd = inner.findIndex(isPicture);
  const picture = inner[subifd];
  // A thumbnail of nothing is the picture.
  return picture === undefined ? { directory: first, input: {} } : { directory: picture, input: { subifd } };
};

/**
 * The alpha is the first extra sample that says so. Without ExtraSamples, which the specification asks for, one extra
 * sample is taken for alpha, as libtiff and Pillow take it.
 */
const channelsToKeep = (directory: TiffDirectory): readonly number[] | null => {
  const extra = directory.value(TAG.samples, 1) - (COLOURS[directory.value(TAG.photometric, 1)] ?? 1);
  if (extra <= 0) return null;
  const kinds = directory.has(TAG.extraSamples) ? directory.values(TAG.extraSamples) : [2];
  const alpha = kinds.slice(0, extra).findIndex((kind) => kind === 1 || kind === 2);
  if (extra === 1 && alpha === 0) return null;
  return [0, 1, 2, ...(alpha === -1 ? [] : [3 + alpha])];
};

/**
 * Decides which picture of a TIFF is read and what of it is kept.
 * @param mayLackParts missing parts are no error yet
 * @throws AppError `unsupported_image_format` naming what cannot be read right, `corrupt_image` if parts are missing
 */
export const planTiff = (bytes: Buffer, { mayLackParts = false } = {}): TiffPlan => {
  const tiff = readTiff(bytes);
  const raw = cameraRaw(bytes, tiff);
  if (raw !== null) {
    throw new AppError(
      'unsupported_image_format',
      `The image is a camera's raw file (${raw}), which is not supported. Export it as JPEG or TIFF.`,
    );
  }
  const chosen = choose(tiff);
  // The decoder rejects a file without any directory.
  if (chosen === null) return { input: {}, notes: [] };
  const { directory, input } = chosen;
  requireReadableKind(directory);
  if (!mayLackParts) requireWholeChunks(directory, bytes.length);
  const keep = channelsToKeep(directory);
  const notes: ImageNote[] = [];
  if (Object.keys(input).length > 0) notes.push('thumbnail_skipped');
  if (tiff.pages.filter(isPicture).length > 1) notes.push('first_frame_only');
  if (keep) notes.push('extra_channels_dropped');
  return { input, stored: { tiff, directory }, notes, ...(keep && { keep }) };
};
