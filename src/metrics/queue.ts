import { Gauge, type Registry } from 'prom-client';
import { settlesWithin } from '../timing/deadline.ts';

/** Cache lifetime of the result, including a failed one, so that frequent scrapes do not load the database. */
const FRESH_MS = 5_000;
/** Longest time that a scrape waits for the database. */
const TIMEOUT_MS = 2_000;

export interface QueueGaugeTimes {
  readonly freshMs: number;
  readonly timeoutMs: number;
}

/**
 * Unfinished images across all instances. Without the database there is no value: a stale one would mislead an
 * autoscaler, and a 0 would scale down the workers.
 */
export const createQueueGauge = (
  registry: Registry,
  ask: () => Promise<number>,
  { freshMs, timeoutMs }: QueueGaugeTimes = { freshMs: FRESH_MS, timeoutMs: TIMEOUT_MS },
): void => {
  let askedAt = Number.NEGATIVE_INFINITY;
  let known: number | null = null;
  let asking: Promise<void> | null = null;

  const refresh = async (): Promise<void> => {
    try {
      known = await ask();
    } catch {
      known = null;
    } finally {
      // Counted from the response, so that a slow database is not queried again immediately.
      askedAt = performance.now();
      asking = null;
    }
  };

  new Gauge({
    name: 'bulk_image_queue_images',
    help: 'Images queued or in flight across all instances; the same on each, absent while the database is unreachable.',
    registers: [registry],
    async collect() {
      if (asking === null && performance.now() - askedAt >= freshMs) asking = refresh();
      // If the query takes too long, the previous value is out of date.
      const answered = asking === null || (await settlesWithin(asking, timeoutMs));
      if (answered && known !== null) this.set(known);
      else this.remove();
    },
  });
};
