import { createWakeUp } from './wake-up.ts';

export interface WorkerLoopOptions {
  /** Does what there is to do now. Returns how long to sleep before the next call, in milliseconds; 0: not at all. */
  readonly step: () => Promise<number>;
  /** Called when a step fails; returns how long to sleep. */
  readonly onError: (error: unknown) => number;
}

export interface WorkerLoop {
  start(): void;
  /** Ends the sleep under way, or the next one at once. */
  wake(): void;
  /** Takes no further step. Resolves when the one under way has ended. */
  stop(): Promise<void>;
}

/** Takes one step after the other until it is stopped. */
export const createWorkerLoop = ({ step, onError }: WorkerLoopOptions): WorkerLoop => {
  const { wake, sleep } = createWakeUp();
  let stopping = false;
  let running: Promise<void> = Promise.resolve();

  const run = async (): Promise<void> => {
    while (!stopping) {
      const pauseMs = await step().catch(onError);
      if (pauseMs > 0 && !stopping) await sleep(pauseMs);
    }
  };

  return {
    start() {
      running = run();
    },
    wake,
    async stop() {
      stopping = true;
      wake();
      await running;
    },
  };
};
