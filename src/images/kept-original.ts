import type { Metadata } from 'sharp';
import type { OutputFormat } from '../output-formats.ts';
import type { DecodePlan } from './inspect/plan.ts';
import type { SourceFormat } from './sniff.ts';
import { stripJpegMetadata } from './strip-metadata.ts';

/** The source without its metadata, if it can be used as the result: an upright RGB or grey JPEG. */
export const keptOriginal = (
  bytes: Buffer,
  metadata: Metadata,
  plan: DecodePlan,
  options: { readonly source: SourceFormat; readonly format: OutputFormat },
): Buffer | null => {
  if (options.format !== 'jpeg' || options.source !== 'jpeg') return null;
  // Its colours would be those of another profile.
  if (plan.colours.isConverted) return null;
  if ((metadata.orientation ?? 1) !== 1 || (metadata.space !== 'srgb' && metadata.space !== 'b-w')) return null;
  return stripJpegMetadata(bytes);
};
