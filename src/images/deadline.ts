import { tookTooLong } from './damaged.ts';

/** The time of an image, which all passes over its pixels and all of its outputs share. */
export interface Deadline {
  readonly maxSeconds: number;
  /**
   * Whole seconds, as libvips takes them; at least one.
   * @throws AppError `processing_timeout` if none are left
   */
  readonly secondsLeft: () => number;
}

/** @param now milliseconds */
export const startDeadline = (maxSeconds: number, now: () => number): Deadline => {
  const end = now() + maxSeconds * 1000;
  return {
    maxSeconds,
    secondsLeft: () => {
      const ms = end - now();
      if (ms <= 0) throw tookTooLong(maxSeconds);
      return Math.ceil(ms / 1000);
    },
  };
};
