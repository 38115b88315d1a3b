interface Sample {
  readonly at: number;
  readonly finished: number;
}

export interface Pace {
  /** Images per second; null until it can be measured. */
  readonly perSecond: number | null;
  /** Null until enough images have finished, over long enough, that an estimate means something. */
  readonly secondsLeft: number | null;
}

/** Long enough to be steady, short enough to follow changes in speed; longer where images are slow. */
const WINDOW_MS = 15_000;
const LONGEST_MS = 120_000;
const SHORTEST_MS = 2_000;
const ESTIMATED_AFTER_MS = 4_000;
const ESTIMATED_FROM_IMAGES = 5;

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
      for (let second = samples[1]; second !== undefined; second = samples[1]) {
        const age = at - second.at;
        const isEnough = finished - second.finished >= ESTIMATED_FROM_IMAGES;
        if (age <= WINDOW_MS || (!isEnough && age <= LONGEST_MS)) break;
        samples.shift();
      }
      const { at: since, finished: before } = samples[0] as Sample;
      const elapsed = at - since;
      const images = finished - before;
      if (elapsed < SHORTEST_MS || images === 0) return { perSecond: null, secondsLeft: null };
      const perSecond = (1000 * images) / elapsed;
      const isSteady = elapsed >= ESTIMATED_AFTER_MS && images >= ESTIMATED_FROM_IMAGES;
      return { perSecond, secondsLeft: isSteady ? pending / perSecond : null };
    },
  };
};
