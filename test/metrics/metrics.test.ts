import { createMetrics, type Metrics } from '../../src/metrics/metrics.ts';
import { readScrape } from '../support/exposition.ts';

const start = (): Metrics => createMetrics({ version: '1.2.3', role: 'worker' });
const read = async (metrics: Metrics) => readScrape(await metrics.text());
const completed = {
  kind: 'completed',
  result: { bytesIn: 10, bytesOut: 4, timings: { download: 1_000, encode: 60, store: 5 } },
} as const;

test('times are in seconds, and bucket bounds are inclusive', async () => {
  const metrics = start();
  metrics.images.settled(completed, true);
  metrics.images.begun(7_200_001);
  metrics.webhooks.attempted('delivered', 20_000);
  metrics.calls({ method: 'GET', route: '/api/requests', status: 200, seconds: 0.25 });
  const { value } = await read(metrics);
  const bucket = (stage: string, le: string) => value('bulk_image_stage_seconds_bucket', { stage, le });
  expect([bucket('download', '0.5'), bucket('download', '1')]).toEqual([0, 1]);
  expect([bucket('encode', '0.05'), bucket('encode', '0.1')]).toEqual([0, 1]);
  expect([bucket('queue', '7200'), bucket('queue', '+Inf')]).toEqual([0, 1]);
  expect(value('bulk_image_stage_seconds_sum', { stage: 'download' })).toBe(1);
  expect(value('bulk_image_webhook_attempt_seconds_bucket', { le: '20' })).toBe(1);
  expect(value('bulk_image_http_request_seconds_bucket', { le: '0.1' })).toBe(0);
  expect(value('bulk_image_http_request_seconds_bucket', { le: '0.25' })).toBe(1);
});

test('a result that came too late counts as nothing but late', async () => {
  const metrics = start();
  metrics.images.settled(completed, false);
  metrics.images.settled({ kind: 'failed', error: { code: 'corrupt_image' } }, false);
  const { value } = await read(metrics);
  expect(value('bulk_image_stale_results_total')).toBe(2);
  expect(value('bulk_image_images_total', { outcome: 'completed' })).toBe(0);
  expect(value('bulk_image_image_failures_total', { code: 'corrupt_image' })).toBe(0);
  expect(value('bulk_image_source_bytes_total')).toBe(0);
});

test('a client that disconnects early counts as neither success nor failure', async () => {
  const metrics = start();
  metrics.calls({ method: 'GET', route: '/api/archive/:requestId', status: null, seconds: 1 });
  const { value } = await read(metrics);
  expect(value('bulk_image_http_requests_total', { status: 'aborted' })).toBe(1);
});

test('the pool gauges count calls, including those that reject', async () => {
  const metrics = start();
  const ends: ((reason?: Error) => void)[] = [];
  const pool = metrics.watchPool({
    capacity: 4,
    queued: () => 2,
    run: (_task: string) =>
      new Promise<string>((resolve, reject) => {
        ends.push((reason) => (reason === undefined ? resolve('done') : reject(reason)));
      }),
    close: async () => 'closed',
  });
  const runs = [pool.run('a'), pool.run('b').catch(() => 'failed')];
  const busy = await metrics.text();
  expect(readScrape(busy).value('bulk_image_pool_slots_busy')).toBe(2);
  expect(readScrape(busy).value('bulk_image_pool_slots')).toBe(4);
  expect(readScrape(busy).value('bulk_image_pool_queued')).toBe(2);
  ends[0]?.();
  ends[1]?.(new Error('crashed'));
  expect(await Promise.all(runs)).toEqual(['done', 'failed']);
  expect(await pool.close()).toBe('closed');
  // The first text is cached for a moment.
  while ((await metrics.text()) === busy) await new Promise((next) => setTimeout(next, 20));
  expect((await read(metrics)).value('bulk_image_pool_slots_busy')).toBe(0);
});

test('omits event loop lag before the event loop has turned', async () => {
  const { value, families } = await read(start());
  expect(families.has('nodejs_eventloop_lag_mean_seconds')).toBe(true);
  expect(value('nodejs_eventloop_lag_mean_seconds')).toBeUndefined();
  expect(value('nodejs_eventloop_lag_min_seconds')).toBeUndefined();
});

test('the scheduler gauges show what is in flight and what holds images back', async () => {
  const metrics = start();
  const limitingHosts = Array.from({ length: 7 }, (_, n) => ({ connections: 12 - n, waiting: 70 - n }));
  metrics.watchScheduler(() => ({
    ...{ inFlight: { downloading: 3, queued: 2 }, pausedHosts: 1, isStorageDown: true },
    limitingHosts,
  }));
  const scrape = await read(metrics);
  expect(scrape.value('bulk_image_in_flight_images', { state: 'downloading' })).toBe(3);
  expect(scrape.value('bulk_image_in_flight_images', { state: 'queued' })).toBe(2);
  expect(scrape.value('bulk_image_paused_hosts')).toBe(1);
  expect(scrape.value('bulk_image_storage_circuit_open')).toBe(1);
  expect(scrape.value('bulk_image_limiting_hosts')).toBe(7);
  expect(scrape.value('bulk_image_limiting_host_connections', { rank: '1' })).toBe(12);
  expect(scrape.value('bulk_image_limiting_host_waiting', { rank: '5' })).toBe(66);
  expect(scrape.value('bulk_image_limiting_host_waiting', { rank: '6' })).toBeUndefined();
});
