interface Sample {
  readonly at: number;
  readonly finished: number;
}

export interface Pace {
  /** Images a second; null until it can be told. */
  readonly perSecond: number | null;
  /** Null while nothing can be told. */
  readonly secondsLeft: number | null;
}

/** Long enough to be steady, short enough to follow a change of the image server's pace. */
const WINDOW_MS = 15_000;
const SHORTEST_MS = 1_000;

/**
 * How fast it goes, over the last seconds that were seen.
 * @param now milliseconds of a clock that never goes back
 */
export const createPace = (now: () => number) => {
  let samples: Sample[] = [];

  return {
    add: (finished: number, pending: number): Pace => {
      const at = now();
      // Fewer than before: a retry put some back, and all is counted anew.
      if (finished < (samples.at(-1)?.finished ?? 0)) samples = [];
      samples.push({ at, finished });
      // The one just outside the window stays, so that the window is full.
      while ((samples[1]?.at ?? at) < at - WINDOW_MS) samples.shift();
      const [first] = samples;
      const elapsed = first === undefined ? 0 : at - first.at;
      if (first === undefined || elapsed < SHORTEST_MS) return { perSecond: null, secondsLeft: null };
      const perSecond = (1000 * (finished - first.finished)) / elapsed;
      return { perSecond, secondsLeft: perSecond > 0 ? pending / perSecond : null };
    },
  };
};
