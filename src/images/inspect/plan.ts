import type { Metadata } from 'sharp';
import type { SourceFormat } from '../sniff.ts';
import type { ImageNote } from '../task.ts';

/** What to decode and how, decided from the file's structure before a pixel is read. */
export interface DecodePlan {
  /** What is decoded: the source itself, or a copy of it that says what the source only implies. */
  readonly bytes: Buffer;
  /** What was done to the picture. */
  readonly notes: readonly ImageNote[];
}

/**
 * @param header as read by sharp
 * @throws AppError `unsupported_image_format` or `corrupt_image` for what would come out wrong
 */
export const planDecode = (bytes: Buffer, _source: SourceFormat, header: Metadata): DecodePlan => ({
  bytes,
  notes: (header.pages ?? 1) > 1 ? ['first_frame_only'] : [],
});
