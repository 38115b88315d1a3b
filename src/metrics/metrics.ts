import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { type CallMeter, createCallMeter } from './calls.ts';
import { createImageMeter, type ImageMeter } from './images.ts';
import { createPoolGauges, type MeteredPool } from './pool.ts';
import { createQueueGauge } from './queue.ts';
import { createWebhookMeter, type WebhookMeter } from './webhooks.ts';

/** For how long a text stands: what is computed for one scrape serves all that come with it. */
const FRESH_MS = 100;
/** What prom-client says of an event loop that has not turned since it was last asked: no number, or the largest. */
const NOT_MEASURED = /^nodejs_eventloop_lag_\w+ (?:Nan|9223372036\.\d+)$/;
const withoutUnmeasured = (all: string): string =>
  all
    .split('\n')
    .filter((line) => !NOT_MEASURED.test(line))
    .join('\n');

export interface Metrics {
  readonly contentType: string;
  /** Everything there is to tell, in Prometheus' text format. */
  text(): Promise<string>;
  readonly images: ImageMeter;
  readonly webhooks: WebhookMeter;
  readonly calls: CallMeter;
  /** Counts what is in the pool. @returns the same pool, to be used instead of the given one */
  watchPool<Pool extends MeteredPool>(pool: Pool): Pool;
  /** @param ask how many images are unfinished over all instances */
  watchQueue(ask: () => Promise<number>): void;
}

export interface BuildFacts {
  readonly version: string;
  readonly role: string;
}

/**
 * The measuring instruments of one service, in a registry of their own: several services in one process share nothing
 * but the process. No label ever holds what a user has sent: labels are codes, routes, states.
 */
export const createMetrics = ({ version, role }: BuildFacts): Metrics => {
  const registry = new Registry();
  // Under their usual names, which the dashboards of others know: process_… and nodejs_….
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'bulk_image_build_info',
    help: 'Always 1; the labels say what is running.',
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
    watchQueue: (ask) => createQueueGauge(registry, ask),
  };
};
