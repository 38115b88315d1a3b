import { Gauge, type Registry } from 'prom-client';

export interface MeteredPool {
  /** Images that may be in flight at the same time. */
  readonly capacity: number;
  /** Images in the pool that no thread has started. */
  queued(): number;
  // biome-ignore lint/suspicious/noExplicitAny: arguments and result are passed through.
  run(task: any, ...more: any[]): Promise<any>;
}

/** Gauges of the pool; busy ÷ slots is its utilization. */
export const createPoolGauges = <Pool extends MeteredPool>(registry: Registry, pool: Pool): Pool => {
  const registers = [registry];
  let busy = 0;
  new Gauge({
    name: 'bulk_image_pool_slots',
    help: 'Images that this instance may have in flight; 0 without workers.',
    registers,
  }).set(pool.capacity);
  new Gauge({
    name: 'bulk_image_pool_slots_busy',
    help: 'Images in the pool; more than the slots while some are waiting for slow servers.',
    registers,
    collect() {
      this.set(busy);
    },
  });
  new Gauge({
    name: 'bulk_image_pool_queued',
    help: 'Images in the pool waiting for a thread; above 0 only while threads are replaced.',
    registers,
    collect() {
      this.set(pool.queued());
    },
  });
  const run: Pool['run'] = async (task, ...more) => {
    busy += 1;
    try {
      return await pool.run(task, ...more);
    } finally {
      busy -= 1;
    }
  };
  return { ...pool, run };
};
