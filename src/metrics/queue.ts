import { Gauge, type Registry } from 'prom-client';

/** How long an answer stands, a missing one included: the database is asked no more often, however often we are. */
const FRESH_MS = 5_000;
/** A scrape must not wait longer for the database. */
const PATIENCE_MS = 2_000;

export interface QueueGaugeTimes {
  readonly freshMs: number;
  readonly patienceMs: number;
}

/**
 * Images that are unfinished over all instances. While the database is away there is no value: an old one would have an
 * autoscaler act on what is not known, and a 0 would send the workers home.
 */
export const createQueueGauge = (
  registry: Registry,
  ask: () => Promise<number>,
  { freshMs, patienceMs }: QueueGaugeTimes = { freshMs: FRESH_MS, patienceMs: PATIENCE_MS },
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
      // From the answer on: a slow database is not asked again at once.
      askedAt = performance.now();
      asking = null;
    }
  };

  new Gauge({
    name: 'bulk_image_queue_images',
    help: 'Images waiting or in work over all instances; the same on each, absent while the database is away.',
    registers: [registry],
    async collect() {
      if (asking === null && performance.now() - askedAt >= freshMs) asking = refresh();
      // A question that has been open for longer than its patience leaves what was known before out of date.
      const answered = asking === null || (await within(asking, patienceMs));
      if (answered && known !== null) this.set(known);
      else this.remove();
    },
  });
};

/** Whether the work is done within the time. */
const within = async (work: Promise<void>, ms: number): Promise<boolean> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  return Promise.race([work.then(() => true), late]).finally(() => clearTimeout(timer));
};
