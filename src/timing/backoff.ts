/** A pause that doubles from the first to the longest, in milliseconds. */
export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** @param attempts how many have failed in a row, from 1 */
export const backoffMs = (attempts: number, { firstMs, longestMs }: Backoff): number =>
  Math.min(firstMs * 2 ** (attempts - 1), longestMs);

/**
 * The same, half of it random, so that those that failed together do not come back together.
 * @param random 0 ≤ random < 1
 */
export const jitteredBackoffMs = (attempts: number, backoff: Backoff, random: number): number =>
  (backoffMs(attempts, backoff) / 2) * (1 + random);
