import { loadConfig } from '../../src/config.ts';

const GIB = 1024 ** 3;
const defaults = (cores: number, memory = 64 * GIB, env: Record<string, string> = {}) => {
  const { workerThreads, tasksPerThread, encodesPerThread, limits } = loadConfig(env, memory, cores);
  return { workerThreads, tasksPerThread, encodesPerThread, megapixels: limits.maxPixelsInFlight / 1e6 };
};

test.each([
  [2, 8, 1, 100],
  [8, 19, 3, 100],
  [16, 38, 5, 200],
  [64, 64, 21, 800],
])(
  'on %i cores three threads get %i tasks and %i encodes each',
  (cores, tasksPerThread, encodesPerThread, megapixels) => {
    expect(defaults(cores)).toEqual({ workerThreads: 3, tasksPerThread, encodesPerThread, megapixels });
    // Downloads overlap with as many encodes as there are cores.
    expect(3 * tasksPerThread).toBeGreaterThanOrEqual(2 * cores);
  },
);

test('little memory allows fewer images in flight, whatever the cores', () => {
  expect(defaults(64, GIB / 2).tasksPerThread).toBe(4);
  expect(defaults(64, GIB).tasksPerThread).toBe(8);
  expect(defaults(64, 4 * GIB).tasksPerThread).toBe(34);
});

test('settings come before the cores', () => {
  const env = { WORKER_THREADS: '8', TASKS_PER_THREAD: '100', MAX_PIXELS_IN_FLIGHT: '5000000' };
  expect(defaults(64, 64 * GIB, env)).toEqual({
    ...{ workerThreads: 8, tasksPerThread: 100, encodesPerThread: 8, megapixels: 5 },
  });
});
