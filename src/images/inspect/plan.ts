import type { Metadata } from 'sharp';
import type { SourceFormat } from '../sniff.ts';
import type { ImageNote } from '../task.ts';
import { type ColourPlan, planColours } from './colours.ts';

/** What to decode and how, decided from the file's structure before a pixel is read. */
export interface DecodePlan {
  readonly colours: ColourPlan;
  /** What was done to the picture. */
  readonly notes: readonly ImageNote[];
}

/**
 * @param header as read by sharp
 * @throws AppError `unsupported_image_format` or `corrupt_image` for what would come out wrong
 */
export const planDecode = (bytes: Buffer, source: SourceFormat, header: Metadata): DecodePlan => {
  const colours = planColours(bytes, source, header);
  const notes: ImageNote[] = [];
  if ((header.pages ?? 1) > 1) notes.push('first_frame_only');
  if (colours.isConverted) notes.push('profile_converted');
  if (colours.isUncalibrated) notes.push('uncalibrated_colours');
  return { colours, notes };
};
