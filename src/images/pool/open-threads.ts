/** Part of its time that a thread's event loop may be busy; above, another thread is opened. */
const BUSY = 0.7;
/** Part of their time that the others may be busy when one is closed. */
const CALM = 0.4;
/** The least time between two looks: code that runs for the first time keeps a thread busy for a moment. */
export const LOOK_MS = 1_000;
/** How long all threads stay open after one has crashed. */
const SPREAD_MS = 600_000;

/** How many threads get images. */
export interface OpenThreads {
  count(): number;
  /**
   * Decides anew.
   * @param utilization of the open threads since the last look, 0 to 1, the mean
   * @param mayClose the last one has nothing to do
   * @param now milliseconds of any clock
   */
  look(utilization: number, mayClose: boolean, now: number): void;
  /** One has crashed: each image next to another one that crashes would be tried again with it, so they are spread. */
  spread(now: number): void;
}

/**
 * As few threads as the work needs: encoding runs outside of them, so the JavaScript of many images fits into one, where it
 * is compiled once and shares its connections (docs/decisions/0061-as-few-threads-as-needed.md).
 * @param threads of the pool
 */
export const createOpenThreads = (threads: number): OpenThreads => {
  let open = 1;
  let spreadUntil = Number.NEGATIVE_INFINITY;

  return {
    count: () => open,
    look(utilization, mayClose, now) {
      if (now < spreadUntil) return;
      if (utilization > BUSY) open = Math.min(threads, open + 1);
      else if (mayClose && open > 1 && (utilization * open) / (open - 1) < CALM) open -= 1;
    },
    spread(now) {
      open = threads;
      spreadUntil = now + SPREAD_MS;
    },
  };
};

/** The part at a position when a whole is divided among so many, at least 1: the first get what the division leaves. */
export const partOf = (whole: number, among: number, position: number): number =>
  Math.max(1, Math.floor(whole / among) + (position < whole % among ? 1 : 0));
