import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { type CallMeter, createCallMeter } from './calls.ts';
import { createImageMeter, type ImageMeter } from './images.ts';
import type { LoadWindow } from './limits.ts';
import { createLoadGauges } from './load.ts';
import { createPartGauges, type PartStates } from './parts.ts';
import { createPoolGauges, type MeteredPool } from './pool.ts';
import { createQueueGauges, type QueueQueries } from './queue.ts';
import { createSchedulerGauges, type SchedulerCounts } from './scheduler.ts';
import { createWebhookMeter, type WebhookMeter } from './webhooks.ts';

/** Cache lifetime, so that concurrent scrapes share one computation. */
const FRESH_MS = 100;
/** Nobody reads them, they are a sixth of the text, and the gauges among them are named as counters. */
const LEFT_OUT = [
  ...['nodejs_active_handles', 'nodejs_active_handles_total', 'nodejs_active_requests', 'nodejs_active_requests_total'],
  ...['nodejs_active_resources', 'nodejs_active_resources_total', 'nodejs_heap_space_size_total_bytes'],
  ...['nodejs_heap_space_size_used_bytes', 'nodejs_heap_space_size_available_bytes'],
];
/** prom-client reports NaN or the largest number if the event loop has not turned since the last scrape. */
const NOT_MEASURED = /^nodejs_eventloop_lag_\w+ (?:Nan|9223372036\.\d+)$/;
const withoutUnmeasured = (all: string): string =>
  all
    .split('\n')
    .filter((line) => !NOT_MEASURED.test(line))
    .join('\n');

export interface Metrics {
  readonly contentType: string;
  /** All metrics in Prometheus text format. */
  text(): Promise<string>;
  readonly images: ImageMeter;
  readonly webhooks: WebhookMeter;
  readonly calls: CallMeter;
  /** Counts the images in the pool. @returns an instrumented pool to use instead */
  watchPool<Pool extends MeteredPool>(pool: Pool): Pool;
  /** @param queries are asked at most every five seconds */
  watchQueue(queries: QueueQueries): void;
  watchParts(parts: PartStates): void;
  watchScheduler(counts: () => SchedulerCounts): void;
  watchLoad(window: Pick<LoadWindow, 'summary'>): void;
}

export interface BuildFacts {
  readonly version: string;
  readonly role: string;
}

/**
 * The metrics of one service, in its own registry, because tests run several services in one process. Labels are codes,
 * routes and states, never user input.
 */
export const createMetrics = ({ version, role }: BuildFacts): Metrics => {
  const registry = new Registry();
  // Under their usual names, process_… and nodejs_…, for common dashboards.
  collectDefaultMetrics({ register: registry });
  for (const name of LEFT_OUT) registry.removeSingleMetric(name);
  new Gauge({
    name: 'bulk_image_build_info',
    help: 'Always 1; labels show the version and role.',
    labelNames: ['version', 'role'],
    registers: [registry],
  }).set({ version, role }, 1);

  let text: Promise<string> | null = null;
  return {
    contentType: registry.contentType,
    text() {
      if (text === null) {
        text = registry.metrics().then(withoutUnmeasured);
        const forget = (): void => {
          setTimeout(() => {
            text = null;
          }, FRESH_MS).unref();
        };
        text.then(forget, forget);
      }
      return text;
    },
    images: createImageMeter(registry),
    webhooks: createWebhookMeter(registry),
    calls: createCallMeter(registry),
    watchPool: (pool) => createPoolGauges(registry, pool),
    watchQueue: (queries) => createQueueGauges(registry, queries),
    watchParts: (parts) => createPartGauges(registry, parts),
    watchScheduler: (counts) => createSchedulerGauges(registry, counts),
    watchLoad: (window) => createLoadGauges(registry, window),
  };
};
