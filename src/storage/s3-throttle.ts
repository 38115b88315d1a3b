import { setTimeout as pause } from 'node:timers/promises';
import { type Backoff, jitteredBackoffMs } from '../timing/backoff.ts';
import { classifyS3 } from './s3-failure.ts';

/** Next to the SDK's own three attempts, which take about a second. */
const PAUSE: Backoff = { firstMs: 1_000, longestMs: 10_000 };
/** Below the default of `MAX_STORE_SECONDS`; a store that throttles for longer fails the attempt. */
const PATIENCE_MS = 100_000;

export interface ThrottleClock {
  /** Milliseconds that never go back. */
  readonly now: () => number;
  readonly pause: (ms: number) => Promise<unknown>;
  readonly random: () => number;
}

const CLOCK: ThrottleClock = { now: () => performance.now(), pause, random: Math.random };

/**
 * Repeats a call while the store asks for a slower pace (`SlowDown`): the output is at hand, and giving it up would download
 * and encode the image again, for the same store. Meanwhile its slot is taken, so nothing else is sent in its place.
 */
export const untilNotThrottled =
  ({ now, pause: wait, random }: ThrottleClock = CLOCK) =>
  /** @param ends whoever waits for it gives up when one of them is aborted */
  async <T>(call: () => Promise<T>, ends: readonly AbortSignal[] = []): Promise<T> => {
    const end = now() + PATIENCE_MS;
    for (let attempts = 1; ; attempts += 1) {
      try {
        return await call();
      } catch (error) {
        const waitMs = jitteredBackoffMs(attempts, PAUSE, random());
        if (classifyS3(error).kind !== 'throttled' || now() + waitMs > end) throw error;
        await wait(waitMs);
        if (ends.some(({ aborted }) => aborted)) throw error;
      }
    }
  };
