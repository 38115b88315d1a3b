import { Counter, Histogram, type Registry } from 'prom-client';

/** In seconds, up to the time-out of an attempt. */
const BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20];

/** Outcome of an attempt; `interrupted` by a shutdown. */
export type AttemptOutcome = 'delivered' | 'retried' | 'failed' | 'gone' | 'interrupted';
const OUTCOMES: readonly AttemptOutcome[] = ['delivered', 'retried', 'failed', 'gone', 'interrupted'];

export interface WebhookMeter {
  attempted(outcome: AttemptOutcome, durationMs: number): void;
}

export const createWebhookMeter = (registry: Registry): WebhookMeter => {
  const attempts = new Counter({
    name: 'bulk_image_webhook_attempts_total',
    help: 'Attempts to deliver a webhook: delivered, retried later, failed permanently, gone (410), interrupted by a shutdown.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'bulk_image_webhook_attempt_seconds',
    help: 'Duration of webhook delivery attempts in seconds.',
    buckets: BUCKETS,
    registers: [registry],
  });
  for (const outcome of OUTCOMES) attempts.inc({ outcome }, 0);

  return {
    attempted(outcome, durationMs) {
      attempts.inc({ outcome });
      seconds.observe(durationMs / 1000);
    },
  };
};
