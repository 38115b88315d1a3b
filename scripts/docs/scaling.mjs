import { loadConfig } from '../../dist/config.js';
import { table } from './table.mjs';

/**
 * What an image costs, for the model of docs/scaling.md. After a new run of the benchmarks: `cpu`, `database` and `mainOfOne` are
 * from "CPU time an image at 0 ms" of section 1 of bench/results.md, `mainOfMany` from section 3. The text above the model
 * names the same figures.
 */
const MS = {
  cpu: 89.8,
  database: 2.69,
  mainOfOne: 4.94,
  mainOfMany: 2.12,
  /** JavaScript of the worker threads, by thread from /proc in 200 photos; not in bench/results.md. */
  worker: 7.8,
};
/** 223 MiB in 240 pictures, section 1. */
const SOURCE_MEGABITS = (223 * 1024 ** 2 * 8) / 240 / 1e6;
/** Pictures of 732 megapixels in 240, at 3 bytes, each written and read in two steps. */
const MOVED_MEGABYTES = (732 / 240) * 3 * 4 + (SOURCE_MEGABITS / 8) * 4;

const CORES = [2, 8, 16, 64];
const MEMORY = 128 * 1024 ** 3;

const modelRow = (cores) => {
  const { workerThreads } = loadConfig({}, MEMORY, cores);
  const ofCores = (cores * 1_000) / MS.cpu;
  const ofThreads = (workerThreads * 1_000) / MS.worker;
  const rate = Math.min(ofCores, ofThreads);
  const mainThread = [MS.mainOfMany, MS.mainOfOne].map((ms) => Math.round((rate * ms) / 10));
  return [
    String(cores),
    ofCores.toFixed(0),
    ofThreads.toFixed(0),
    `${mainThread[0]} to ${mainThread[1]} %`,
    ((rate * MS.database) / 1_000).toFixed(1),
    ((rate * SOURCE_MEGABITS) / 1_000).toFixed(1),
    ((rate * MOVED_MEGABYTES) / 1_000).toFixed(1),
  ];
};

const defaultsRow = (cores) => {
  const { workerThreads, tasksPerThread, encodesPerThread, limits } = loadConfig({}, MEMORY, cores);
  return [
    String(cores),
    String(workerThreads),
    String(encodesPerThread * workerThreads),
    String(cores + 4),
    `${tasksPerThread} (${tasksPerThread * workerThreads})`,
    String(limits.maxPixelsInFlight / 1e6),
  ];
};

export const scalingBlocks = () => ({
  'scaling:model': table(
    [
      ...['cores', 'images a second by the cores', 'by three worker threads', 'main thread at the lower of the two'],
      ...['cores of the database', 'Gbit/s of sources', 'GB/s through memory'],
    ],
    CORES.map(modelRow),
  ),
  'scaling:defaults': table(
    [
      ...['cores', '`WORKER_THREADS`', 'encodes at once', '`UV_THREADPOOL_SIZE`'],
      ...['`TASKS_PER_THREAD` (images in flight)', '`MAX_PIXELS_IN_FLIGHT`, megapixels'],
    ],
    CORES.map(defaultsRow),
  ),
});
