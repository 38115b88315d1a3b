import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import type { Dispatcher } from '../dispatch/dispatcher.ts';
import type { ImagePool } from '../images/task.ts';
import type { LoadSample } from '../metrics/limits.ts';

/** Looks at what images wait for now, and at how busy the process was since the last look. */
export const createLoadReader = (
  dispatcher: Pick<Dispatcher, 'load'>,
  pool: Pick<ImagePool, 'load'>,
  cores = availableParallelism(),
): (() => LoadSample) => {
  let at = performance.now();
  let cpu = process.cpuUsage();
  let loop = performance.eventLoopUtilization();
  return () => {
    const [atNow, cpuNow, loopNow] = [performance.now(), process.cpuUsage(), performance.eventLoopUtilization()];
    const usedMs = (cpuNow.user + cpuNow.system - cpu.user - cpu.system) / 1_000;
    const ofCores = usedMs / (Math.max(1, atNow - at) * cores);
    const mainThread = performance.eventLoopUtilization(loopNow, loop).utilization;
    [at, cpu, loop] = [atNow, cpuNow, loopNow];
    const { threadUtilization, ...images } = pool.load();
    return { ...dispatcher.load(), ...images, cpu: Math.max(ofCores, mainThread, threadUtilization) };
  };
};
