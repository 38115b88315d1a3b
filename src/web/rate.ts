interface Sample {
  readonly at: number;
  readonly finished: number;
}

export interface Pace {
  /** Images per second; null until it can be measured. */
  readonly perSecond: number | null;
  /** Null until it can be estimated. */
  readonly secondsLeft: number | null;
}

/** Long enough to be steady, short enough to follow changes in speed. */
const WINDOW_MS = 15_000;
const SHORTEST_MS = 1_000;

/**
 * Estimates the speed over a sliding window.
 * @param now monotonic milliseconds
 */
export const createPace = (now: () => number) => {
  let samples: Sample[] = [];

  return {
    add: (finished: number, pending: number): Pace => {
      const at = now();
      // A retry requeued images, so the count restarts.
      if (finished < (samples.at(-1)?.finished ?? 0)) samples = [];
      samples.push({ at, finished });
      // Keeps one sample outside the window, so that the window is full.
      while ((samples[1]?.at ?? at) < at - WINDOW_MS) samples.shift();
      const [first] = samples;
      const elapsed = first === undefined ? 0 : at - first.at;
      if (first === undefined || elapsed < SHORTEST_MS) return { perSecond: null, secondsLeft: null };
      const perSecond = (1000 * (finished - first.finished)) / elapsed;
      return { perSecond, secondsLeft: perSecond > 0 ? pending / perSecond : null };
    },
  };
};
