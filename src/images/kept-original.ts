import type { Metadata } from 'sharp';
import type { OutputFormat } from '../output-formats.ts';
import type { SourceFormat } from './sniff.ts';
import { stripJpegMetadata } from './strip-metadata.ts';

/** The source without its metadata, if it can be used as the result: an upright RGB or grey JPEG. */
export const keptOriginal = (
  bytes: Buffer,
  metadata: Metadata,
  options: { readonly source: SourceFormat; readonly format: OutputFormat },
): Buffer | null => {
  if (options.format !== 'jpeg' || options.source !== 'jpeg') return null;
  if ((metadata.orientation ?? 1) !== 1 || (metadata.space !== 'srgb' && metadata.space !== 'b-w')) return null;
  return stripJpegMetadata(bytes);
};
