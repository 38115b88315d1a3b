import { type CompressOptions, compress } from '../../src/images/compress.ts';
import { sniff } from '../../src/images/sniff.ts';

/** Compresses with the defaults of the tests: JPEG of quality 50, at most a million pixels. */
export const run = (bytes: Buffer, options: Partial<CompressOptions> = {}) =>
  compress(bytes, {
    format: 'jpeg',
    quality: 50,
    source: sniff(bytes) as CompressOptions['source'],
    maxPixels: 1_000_000,
    maxSeconds: 60,
    ...options,
  });
