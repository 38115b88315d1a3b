import { MIB } from './values.ts';

/** Defaults that follow the cores, so that a larger machine needs no settings. */
export interface CoreDefaults {
  /** Images that each thread encodes at once. */
  readonly encodesPerThread: number;
  /** Images in flight per thread. */
  readonly tasksPerThread: number;
  readonly maxPixelsInFlight: number;
}

/**
 * For each core, one image is encoded and six are downloaded meanwhile: at 20 images a second and core, that covers answers that
 * take 300 ms (docs/scaling.md).
 */
const TASKS_PER_CORE = 7;
/** More connections than that may need more files than a process may open; TASKS_PER_THREAD can be set higher. */
const MOST_TASKS_PER_THREAD = 64;
/** A photo of a current phone; their memory has a bound of its own. */
const PIXELS_PER_CORE = 12_500_000;
const LEAST_PIXELS = 100_000_000;
/** For each image in flight there should be as much memory. */
const BYTES_PER_TASK = 40 * MIB;

/**
 * @param cores that the process may use
 * @param leastTasks images in flight per thread for this memory, whatever the cores
 */
export const coreDefaults = (
  cores: number,
  threads: number,
  { memoryBytes, leastTasks }: { readonly memoryBytes: number; readonly leastTasks: number },
): CoreDefaults => {
  const most = Math.min(MOST_TASKS_PER_THREAD, Math.floor(memoryBytes / BYTES_PER_TASK / threads));
  return {
    encodesPerThread: Math.max(1, Math.round(cores / threads)),
    tasksPerThread: Math.max(leastTasks, Math.min(most, Math.ceil((TASKS_PER_CORE * cores) / threads))),
    maxPixelsInFlight: Math.max(LEAST_PIXELS, PIXELS_PER_CORE * cores),
  };
};
