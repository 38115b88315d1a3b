import { Gauge, type Registry } from 'prom-client';

export interface MeteredPool {
  /** Images that may be in work at the same time. */
  readonly capacity: number;
  /** Images that the pool has taken and no thread has begun. */
  queued(): number;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the pool runs; it is handed on as it comes.
  run(task: any, ...more: any[]): Promise<any>;
}

/** Gauges of the pool: busy ÷ slots is its utilisation. */
export const createPoolGauges = <Pool extends MeteredPool>(registry: Registry, pool: Pool): Pool => {
  const registers = [registry];
  let busy = 0;
  new Gauge({
    name: 'bulk_image_pool_slots',
    help: 'Images that this instance may have in work at the same time; 0 where it works on none.',
    registers,
  }).set(pool.capacity);
  new Gauge({
    name: 'bulk_image_pool_slots_busy',
    help: 'Images that are in the pool now; more than the slots while some only wait for a slow server.',
    registers,
    collect() {
      this.set(busy);
    },
  });
  new Gauge({
    name: 'bulk_image_pool_queued',
    help: 'Images in the pool that wait for a thread; above 0 only while threads are replaced.',
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
