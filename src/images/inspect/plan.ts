import type { Metadata } from 'sharp';
import { AppError } from '../../errors.ts';
import { planGif } from '../gif-frame.ts';
import type { SourceFormat } from '../sniff.ts';
import type { ImageNote } from '../task.ts';
import { planAvif } from './animated-avif.ts';
import { planPng } from './apng.ts';
import { type ColourPlan, planColours } from './colours.ts';
import { readHeifColours } from './isobmff.ts';
import { requireReadableJpeg } from './jpeg.ts';
import { planTiff, type StoredTiff } from './tiff/tiff-plan.ts';

/** Which picture of the file is read, and what of it. */
export interface PicturePlan {
  /** Read in place of the source. */
  readonly bytes?: Buffer;
  /** By default the first. */
  readonly input?: { readonly page?: number; readonly subifd?: number };
  /** The channels to keep of the picture in sRGB, if it has others. */
  readonly keep?: readonly number[];
  /** How the picture is stored in a TIFF. */
  readonly stored?: StoredTiff;
  /** What was done to the picture. */
  readonly notes: readonly ImageNote[];
}

/** What to decode and how, decided from the file's structure before a pixel is read. */
export interface DecodePlan extends PicturePlan {
  readonly colours: ColourPlan;
  /** Factor and summand for the levels of a grey AVIF of limited range, which libheif does not stretch. */
  readonly stretch?: readonly [number, number];
}

/**
 * Which picture of the file is read, before its header is.
 * @param mayLackParts missing parts are no error yet: a picture of too many pixels is called so first
 * @throws AppError `unsupported_image_format` or `corrupt_image` for what would come out wrong
 */
export const pictureOf = (bytes: Buffer, source: SourceFormat, { mayLackParts = false } = {}): PicturePlan => {
  if (source === 'tiff') return planTiff(bytes, { mayLackParts });
  if (source === 'png') return planPng(bytes);
  if (source === 'avif') return planAvif(bytes);
  if (source === 'gif') return planGif(bytes);
  if (source === 'jpeg') requireReadableJpeg(bytes);
  return { notes: [] };
};

/**
 * @param header as read by sharp
 * @param before what was done to the picture until here
 * @throws AppError `unsupported_image_format` or `corrupt_image` for what would come out wrong
 */
export const planDecode = (
  bytes: Buffer,
  source: SourceFormat,
  header: Metadata,
  before: readonly ImageNote[] = [],
): DecodePlan => {
  const picture = pictureOf(bytes, source);
  const colours = planColours(picture.bytes ?? bytes, source, header);
  if (picture.keep?.length === 4 && colours.firstPass !== null) {
    // The first pass is a PNG, which has no place for a channel beside the alpha.
    throw new AppError(
      'unsupported_image_format',
      'The image is a TIFF with an alpha, further channels and a profile, which is not supported. Remove the channels.',
    );
  }
  const notes: ImageNote[] = [...before, ...picture.notes];
  if (source !== 'tiff' && source !== 'gif' && (header.pages ?? 1) > 1) notes.push('first_frame_only');
  const isLimited = source === 'avif' && readHeifColours(bytes).isLimitedGrey === true;
  if (colours.isConverted || isLimited) notes.push('profile_converted');
  if (colours.isUncalibrated) notes.push('uncalibrated_colours');
  const black = header.space === 'rgb16' ? 16 * 256 : 16;
  return { ...picture, colours, notes, ...(isLimited && { stretch: [255 / 219, (-black * 255) / 219] }) };
};
