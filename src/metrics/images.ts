import { Counter, Histogram, type Registry } from 'prom-client';
import { IMAGE_ERRORS, type ImageErrorCode } from '../errors.ts';

/** From a cached tiny image to a queue of hours, in seconds. */
const STAGE_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200];
const OUTCOMES = ['completed', 'failed', 'cancelled', 'invalid'] as const;
const STAGES = ['queue', 'download', 'encode', 'store'] as const;
const CODES = Object.keys(IMAGE_ERRORS) as ImageErrorCode[];

/** What became of an image after one attempt, as far as it is measured. */
export type MeasuredVerdict =
  | {
      readonly kind: 'completed';
      readonly result: {
        readonly bytesIn: number;
        readonly bytesOut: number;
        /** Milliseconds spent in each step. */
        readonly timings: { readonly download: number; readonly encode: number; readonly store: number };
      };
    }
  | { readonly kind: 'failed'; readonly error: { readonly code: ImageErrorCode } }
  | { readonly kind: 'again'; readonly error: { readonly code: ImageErrorCode } };

export interface ImageMeter {
  /** An upload is stored; `invalid` of its images have failed already, by `onInvalidRow=skip`. */
  uploaded(images: number, invalid: number): void;
  /** Work on an image begins, so many milliseconds after it was due. */
  begun(waitedMs: number): void;
  /** @param stands false: the lease had passed to another instance, and nothing was written */
  settled(verdict: MeasuredVerdict, stands: boolean): void;
  cancelled(images: number): void;
}

export const createImageMeter = (registry: Registry): ImageMeter => {
  const registers = [registry];
  const uploads = new Counter({
    name: 'bulk_image_images_uploaded_total',
    help: 'Images of stored uploads.',
    registers,
  });
  const images = new Counter({
    name: 'bulk_image_images_total',
    help: 'Images that came to their end here: completed, failed, cancelled, or invalid from the beginning.',
    labelNames: ['outcome'],
    registers,
  });
  const failures = new Counter({
    name: 'bulk_image_image_failures_total',
    help: 'Images that failed for good after work on them, by error code.',
    labelNames: ['code'],
    registers,
  });
  const retries = new Counter({
    name: 'bulk_image_image_retries_total',
    help: 'Attempts at images that failed and are made again later, by error code.',
    labelNames: ['code'],
    registers,
  });
  const stale = new Counter({
    name: 'bulk_image_stale_results_total',
    help: 'Results that came after the lease had passed to another instance, and were not written.',
    registers,
  });
  const stages = new Histogram({
    name: 'bulk_image_stage_seconds',
    help: 'Seconds by stage: queue from due to begun; download, encode and store of completed images.',
    labelNames: ['stage'],
    buckets: STAGE_BUCKETS,
    registers,
  });
  const bytesIn = new Counter({
    name: 'bulk_image_source_bytes_total',
    help: 'Bytes of the sources of completed images.',
    registers,
  });
  const bytesOut = new Counter({
    name: 'bulk_image_output_bytes_total',
    help: 'Bytes of the outputs of completed images.',
    registers,
  });
  // From 0: a rate sees the first failure only when there was something before it.
  for (const outcome of OUTCOMES) images.inc({ outcome }, 0);
  for (const code of CODES) {
    failures.inc({ code }, 0);
    retries.inc({ code }, 0);
  }
  for (const stage of STAGES) stages.zero({ stage });

  return {
    uploaded(total, invalid) {
      uploads.inc(total);
      images.inc({ outcome: 'invalid' }, invalid);
    },
    begun: (waitedMs) => stages.observe({ stage: 'queue' }, waitedMs / 1000),
    settled(verdict, stands) {
      if (!stands) return stale.inc();
      if (verdict.kind === 'again') return retries.inc({ code: verdict.error.code });
      images.inc({ outcome: verdict.kind });
      if (verdict.kind === 'failed') return failures.inc({ code: verdict.error.code });
      const { timings } = verdict.result;
      for (const stage of ['download', 'encode', 'store'] as const) {
        stages.observe({ stage }, timings[stage] / 1000);
      }
      bytesIn.inc(verdict.result.bytesIn);
      bytesOut.inc(verdict.result.bytesOut);
    },
    cancelled: (stopped) => images.inc({ outcome: 'cancelled' }, stopped),
  };
};
