import { Gauge, type Registry } from 'prom-client';
import type { Limit, LoadSample, LoadSummary, LoadWindow } from './limits.ts';

const SAMPLE_MS = 1_000;
const REPORT_MS = 60_000;
/** A minute with work in less of its time is no busy one. */
const BUSY_SHARE = 0.5;

export const createLoadGauges = (registry: Registry, window: Pick<LoadWindow, 'summary'>): void => {
  new Gauge({
    name: 'bulk_image_images_per_second',
    help: 'Images that finished here in the last minute, per second.',
    registers: [registry],
    collect() {
      this.set(window.summary().imagesPerSecond);
    },
  });
  new Gauge({
    name: 'bulk_image_limited_by',
    help: 'Share of the last minute in which this limited the rate of images; the rest of 1 was without work.',
    labelNames: ['limit'],
    registers: [registry],
    collect() {
      for (const [limit, share] of Object.entries(window.summary().shares)) this.set({ limit }, share);
    },
  });
};

const LIMITED: Readonly<Record<Exclude<Limit, 'host'>, string>> = {
  cores: 'limited by cores',
  memory: 'limited by memory',
  storage: 'limited by storage',
  database: 'limited by the database',
  nothing: 'limited by nothing: no image had to wait',
};

/** The line of a busy minute; null for another one. */
export const loadLine = ({ imagesPerSecond, shares, limit, host }: LoadSummary): string | null => {
  const busy = Object.values(shares).reduce((sum, share) => sum + share, 0);
  // Sums of fractions: half of a minute may be a rounding error less.
  if (limit === null || busy < BUSY_SHARE - 1e-9) return null;
  const rate = imagesPerSecond < 10 ? imagesPerSecond.toFixed(1) : String(Math.round(imagesPerSecond));
  const why =
    limit !== 'host' ? LIMITED[limit] : `limited by ${host === null ? 'several image hosts' : `the host ${host}`}`;
  return `${rate} images/s in the last minute, ${why}`;
};

export interface LoadReportDeps {
  readonly window: LoadWindow;
  readonly read: () => LoadSample;
  readonly log: { info(facts: object, message: string): void };
}

/** Looks every second, and logs a line for each busy minute. */
export const createLoadReport = ({ window, read, log }: LoadReportDeps) => {
  let sampling: NodeJS.Timeout | undefined;
  let reporting: NodeJS.Timeout | undefined;
  return {
    start(): void {
      sampling = setInterval(() => window.add(read()), SAMPLE_MS);
      reporting = setInterval(() => {
        const summary = window.summary();
        const line = loadLine(summary);
        if (line === null) return;
        const { imagesPerSecond, limit, host } = summary;
        log.info({ imagesPerSecond: Math.round(imagesPerSecond * 10) / 10, limit, host }, line);
      }, REPORT_MS);
      sampling.unref();
      reporting.unref();
    },
    stop(): void {
      clearInterval(sampling);
      clearInterval(reporting);
    },
  };
};
