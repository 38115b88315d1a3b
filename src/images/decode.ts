import sharp, { type Sharp } from 'sharp';
import type { DecodePlan } from './inspect/plan.ts';

export interface DecodeOptions {
  /** Width × height, checked again while decoding. */
  readonly maxPixels: number;
  /** Seconds after which libvips aborts. */
  readonly maxSeconds: number;
}

/** The picture upright and in sRGB. Nothing is decoded before it is encoded. */
export const decode = ({ bytes }: DecodePlan, { maxPixels, maxSeconds }: DecodeOptions): Sharp =>
  // 'error' rejects truncated and corrupt images; 'warning' would also reject valid ones from some cameras.
  sharp(bytes, { limitInputPixels: maxPixels, failOn: 'error', sequentialRead: true })
    .autoOrient()
    .toColourspace('srgb')
    .timeout({ seconds: maxSeconds });
