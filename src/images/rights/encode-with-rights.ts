import type { OutputInfo, Sharp } from 'sharp';
import { type EncodeOptions, encode } from '../encode.ts';
import { attachXmp } from './attach.ts';

/**
 * Encodes a picture with this packet of XMP, or without any.
 * @throws AppError `corrupt_image`, `processing_timeout`
 */
export const encodeWithRights = async (
  picture: Sharp,
  rights: string | null,
  options: EncodeOptions,
): Promise<{ readonly data: Buffer; readonly info: OutputInfo }> => {
  if (rights === null) return encode(picture, options);
  if (options.format !== 'png') return encode(picture.withXmp(rights), options);
  // libvips compresses it (zTXt), which XMP does not allow in a PNG (XMP specification, part 3, 1.1.5).
  const { data, info } = await encode(picture, options);
  return { data: attachXmp(data, rights, 'png', info) ?? data, info };
};
