import type { Metadata } from 'sharp';
import type { OutputFormat } from '../output-formats.ts';
import type { DecodePlan } from './inspect/plan.ts';
import { attachXmp } from './rights/attach.ts';
import type { SourceFormat } from './sniff.ts';
import { stripAvifMetadata } from './strip/avif.ts';
import { stripJpegMetadata } from './strip/jpeg.ts';
import { stripPngMetadata } from './strip/png.ts';
import { stripWebpMetadata } from './strip/webp.ts';

const STRIP: Partial<Record<SourceFormat, (bytes: Buffer) => Buffer | null>> = {
  jpeg: stripJpegMetadata,
  png: stripPngMetadata,
  webp: stripWebpMetadata,
  avif: stripAvifMetadata,
};

/** RGB and grey of 8 bits: browsers show CMYK differently, and every output has 8 bits, which other programs rely on. */
const SPACES: readonly string[] = ['srgb', 'b-w'];

/** Whether the source shows the picture that was decoded, in sRGB; every other note says that it does not. */
const isUnchanged = ({ colours, notes }: DecodePlan): boolean =>
  !colours.isConverted && notes.every((note) => note === 'uncalibrated_colours');

/** The source with no other metadata than a packet of `rights`, if it can be used as the result: of the output format, upright, and unchanged. */
export const keptOriginal = (
  bytes: Buffer,
  { orientation = 1, space, width, height }: Metadata,
  plan: DecodePlan,
  options: { readonly source: SourceFormat; readonly format: OutputFormat; readonly rights: string | null },
): Buffer | null => {
  const { source, format, rights } = options;
  if (format !== source || orientation !== 1 || !SPACES.includes(space) || !isUnchanged(plan)) return null;
  const stripped = STRIP[source]?.(bytes) ?? null;
  return stripped === null || rights === null ? stripped : attachXmp(stripped, rights, format, { width, height });
};
