import { Counter, Histogram, type Registry } from 'prom-client';
import { IMAGE_ERRORS, type ImageErrorCode } from '../errors.ts';

/** In seconds, from a tiny cached image to hours in the queue. */
const STAGE_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200];
const OUTCOMES = ['completed', 'failed', 'cancelled', 'invalid'] as const;
const STAGES = ['queue', 'download', 'encode', 'store'] as const;
const CODES = Object.keys(IMAGE_ERRORS) as ImageErrorCode[];

/** Outcome of one attempt at an image. */
export type MeasuredOutcome =
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
  /** An upload is stored; `invalid` of its images were skipped by `onInvalidRow=skip`. */
  uploaded(images: number, invalid: number): void;
  /** An image starts, `waitedMs` after it was due. */
  begun(waitedMs: number): void;
  /** @param applied false if another instance had taken over the lease, so that nothing was written */
  settled(outcome: MeasuredOutcome, applied: boolean): void;
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
    help: 'Images that finished here: completed, failed, cancelled, or invalid on upload.',
    labelNames: ['outcome'],
    registers,
  });
  const failures = new Counter({
    name: 'bulk_image_image_failures_total',
    help: 'Images that failed permanently after processing, by error code.',
    labelNames: ['code'],
    registers,
  });
  const retries = new Counter({
    name: 'bulk_image_image_retries_total',
    help: 'Failed attempts that will be retried, by error code.',
    labelNames: ['code'],
    registers,
  });
  const stale = new Counter({
    name: 'bulk_image_stale_results_total',
    help: 'Results dropped because another instance had taken over the lease.',
    registers,
  });
  const stages = new Histogram({
    name: 'bulk_image_stage_seconds',
    help: 'Seconds by stage: queue from due to started; download, encode and store of completed images.',
    labelNames: ['stage'],
    buckets: STAGE_BUCKETS,
    registers,
  });
  const bytesIn = new Counter({
    name: 'bulk_image_source_bytes_total',
    help: 'Source bytes of completed images.',
    registers,
  });
  const bytesOut = new Counter({
    name: 'bulk_image_output_bytes_total',
    help: 'Output bytes of completed images.',
    registers,
  });
  // Start at 0, so that rates include the first increment.
  for (const outcome of OUTCOMES) images.inc({ outcome }, 0);
  for (const code of CODES) {
    failures.inc({ code }, 0);
    if (IMAGE_ERRORS[code].retryable) retries.inc({ code }, 0);
  }
  for (const stage of STAGES) stages.zero({ stage });

  return {
    uploaded(total, invalid) {
      uploads.inc(total);
      images.inc({ outcome: 'invalid' }, invalid);
    },
    begun: (waitedMs) => stages.observe({ stage: 'queue' }, waitedMs / 1000),
    settled(outcome, applied) {
      if (!applied) return stale.inc();
      if (outcome.kind === 'again') return retries.inc({ code: outcome.error.code });
      images.inc({ outcome: outcome.kind });
      if (outcome.kind === 'failed') return failures.inc({ code: outcome.error.code });
      const { timings } = outcome.result;
      for (const stage of ['download', 'encode', 'store'] as const) {
        stages.observe({ stage }, timings[stage] / 1000);
      }
      bytesIn.inc(outcome.result.bytesIn);
      bytesOut.inc(outcome.result.bytesOut);
    },
    cancelled: (stopped) => images.inc({ outcome: 'cancelled' }, stopped),
  };
};
