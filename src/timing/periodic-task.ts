import { settlesWithin } from './deadline.ts';

export interface PeriodicTaskLog {
  warn(facts: object, message: string): void;
}

export interface PeriodicTask {
  /** Runs at once, and again and again. */
  start(): void;
  /** Asks a run under way to end early, and waits for it at most `withinMs`. */
  stop(withinMs?: number): Promise<void>;
}

export interface PeriodicTaskOnDemand extends PeriodicTask {
  /** Runs at once, or right after the run under way; without effect before `start` and after `stop`. */
  soon(): void;
}

/**
 * Runs something periodically, one run at a time with a pause after each. A run that fails is logged, and the next one
 * comes all the same.
 * @param run gets a signal that is aborted when it should end early; what it leaves is for the next run
 */
export const createPeriodicTask = (
  name: string,
  run: (stopping: AbortSignal) => Promise<void>,
  everyMs: number,
  log: PeriodicTaskLog,
): PeriodicTaskOnDemand => {
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let current: Promise<void> = Promise.resolve();
  let running = false;
  let again = false;

  const next = (): void => {
    running = true;
    again = false;
    current = run(stopping.signal)
      .catch((error: unknown) => log.warn({ err: error }, `${name} failed and will run again`))
      .finally(() => {
        running = false;
        if (stopping.signal.aborted) return;
        timer = setTimeout(next, again ? 0 : everyMs);
        timer.unref();
      });
  };

  return {
    start: next,
    soon() {
      if (running) again = true;
      else if (timer !== undefined && !stopping.signal.aborted) {
        clearTimeout(timer);
        next();
      }
    },
    async stop(withinMs = 5_000) {
      stopping.abort();
      clearTimeout(timer);
      // A database that does not answer must not hold up the stop: every run may be cut off anywhere.
      await settlesWithin(current, withinMs);
    },
  };
};
