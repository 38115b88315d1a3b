import { resolve } from 'node:path';
import { createPixelBudget } from '../../../src/images/pool/pixel-budget.ts';
import { createImagePool } from '../../../src/images/pool/pool.ts';
import type { ImageTask } from '../../../src/images/task.ts';

describe('the budget', () => {
  const start = (max: number) => {
    const budget = createPixelBudget(max);
    const order: string[] = [];
    const ask = (name: string, pixels: number) => budget.ask(pixels, () => order.push(name));
    return { order, ask };
  };

  it('lets in what fits, and the others in their order as room comes back', () => {
    const { order, ask } = start(100);
    const first = ask('a', 60);
    const second = ask('b', 40);
    ask('c', 50);
    ask('d', 10);
    expect(order).toEqual(['a', 'b']);
    // There is room for d, but a large image must not be overtaken for ever.
    second();
    expect(order).toEqual(['a', 'b']);
    first();
    expect(order).toEqual(['a', 'b', 'c', 'd']);
  });

  it('lets an image that is larger than the whole run alone', () => {
    const { order, ask } = start(100);
    const small = ask('small', 1);
    const large = ask('large', 500);
    ask('next', 1);
    expect(order).toEqual(['small']);
    small();
    expect(order).toEqual(['small', 'large']);
    large();
    expect(order).toEqual(['small', 'large', 'next']);
  });

  it('takes back once what was given, and forgets what waits no more', () => {
    const { order, ask } = start(100);
    const first = ask('a', 100);
    const gone = ask('gone', 100);
    ask('b', 100);
    ask('c', 1);
    gone();
    first();
    first();
    expect(order).toEqual(['a', 'b']);
  });
});

describe('over the threads of a pool', () => {
  const start = async (maxPixelsInFlight: number) => {
    const sums = new Int32Array(new SharedArrayBuffer(8));
    const pool = await createImagePool({
      workerFile: resolve('test/support/workers/admission-worker.mjs'),
      threads: 3,
      tasksPerThread: 4,
      maxPixelsInFlight,
      workerData: { sums },
      deadlines: { download: 20_000, decode: 20_000, encode: 20_000, store: 20_000 },
    });
    const task = (url: string): ImageTask => ({ id: 'id', url, quality: 50, format: 'jpeg' });
    return { pool, run: (url: string) => pool.run(task(url)), most: () => sums[1] };
  };

  it('never more pixels are in flight than allowed, and as many as fit', async () => {
    const { pool, run, most } = await start(100);
    const sizes = [30, 30, 30, 50, 10, 100, 7, 60, 40, 30, 30, 30];
    const results = await Promise.all([...sizes, ...sizes].map((pixels) => run(`${pixels}`)));
    await pool.close();
    expect(results.every((result) => result.ok)).toBe(true);
    expect(most()).toBeLessThanOrEqual(100);
    expect(most()).toBeGreaterThan(80);
  });

  it('a larger image runs too, and alone', async () => {
    const { pool, run, most } = await start(100);
    const results = await Promise.all(['20', '300', '20', '20'].map(run));
    await pool.close();
    expect(results.every((result) => result.ok)).toBe(true);
    expect(most()).toBe(300);
  });

  it('gives back what a thread had that died', async () => {
    const { pool, run } = await start(100);
    expect(await run('100 exit')).toMatchObject({ ok: false, code: 'worker_crashed' });
    expect(await run('100')).toMatchObject({ ok: true });
    await pool.close();
  });
});
