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

const TIMES: QueueGaugeTimes = { freshMs: FRESH_MS, timeoutMs: TIMEOUT_MS };

/** What the database knows of the work of all instances. */
export interface QueueQueries {
  /** Unfinished images. */
  readonly images: () => Promise<number>;
  /** Seconds for which the oldest of them has been waiting; 0 when there is none. */
  readonly oldestSeconds: () => Promise<number>;
  /** Webhooks that are not delivered yet. */
  readonly webhooks: () => Promise<number>;
}

export const createQueueGauges = (registry: Registry, { images, oldestSeconds, webhooks }: QueueQueries): void => {
  createQueueGauge(registry, images);
  createQueueGauge(registry, oldestSeconds, TIMES, {
    name: 'bulk_image_oldest_waiting_image_seconds',
    help: 'Seconds since the upload or retry of the oldest image that is not finished, across all instances; 0: none.',
  });
  createQueueGauge(registry, webhooks, TIMES, {
    name: 'bulk_image_webhooks_pending',
    help: 'Webhooks that are due or will be retried, across all instances.',
  });
};

const QUEUE = {
  name: 'bulk_image_queue_images',
  help: 'Images queued or in flight across all instances; the same on each, absent while the database is unreachable.',
};

/**
 * A number that the database has, the same on every instance. Without the database there is no value: a stale one would
 * mislead an autoscaler, and a 0 would scale down the workers.
 */
export const createQueueGauge = (
  registry: Registry,
  ask: () => Promise<number>,
  { freshMs, timeoutMs }: QueueGaugeTimes = TIMES,
  { name, help }: { readonly name: string; readonly help: string } = QUEUE,
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
    name,
    help,
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
