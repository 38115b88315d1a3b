import { type Backoff, backoffMs } from '../../timing/backoff.ts';

/** The pause before the image store is tried again. */
const PAUSE: Backoff = { firstMs: 1_000, longestMs: 15_000 };
/** A failure that none has followed for this long is no longer reported: its image may have been cancelled. */
const FAILURE_EXPIRES_MS = 60_000;

export type CircuitBreaker = ReturnType<typeof createCircuitBreaker>;

/**
 * Holds images back while the image store takes nothing (full, read-only, unreachable). Without it each waiting image
 * would be downloaded and encoded every few seconds, only to be thrown away. A store that takes the few bytes of a check
 * may still lack space for an image, so a single image is tried before the others follow.
 * @param now milliseconds that never go back
 */
export const createCircuitBreaker = (now: () => number) => {
  let failures = 0;
  let openUntil = 0;
  let mayTry = false;
  let last: { message: string; at: number } | null = null;

  const open = (): void => {
    failures += 1;
    openUntil = now() + backoffMs(failures, PAUSE);
    mayTry = false;
  };

  return {
    /** An image could not be stored, for the reason given. */
    recordFailure(message: string): void {
      last = { message, at: now() };
      // Images that were in flight at the same time fail together, and count once.
      if (failures === 0 || now() >= openUntil) open();
    },
    recordSuccess(): void {
      failures = 0;
      mayTry = false;
      last = null;
    },
    /** The answer of the store to the check that `allowance` asked for. */
    recordCheck(ok: boolean): void {
      if (ok) mayTry = true;
      else open();
    },
    /** Why images are held back, for the readiness check; null when they are not. */
    failure: (): string | null => (last !== null && now() - last.at < FAILURE_EXPIRES_MS ? last.message : null),
    /**
     * How many images may start: as many as there is room for; none while the circuit is open; `check` when the store
     * should be asked; one after it answered well.
     * @param inFlight images that have started here and not ended
     */
    allowance(room: number, inFlight: number): number | 'check' {
      if (failures === 0) return room;
      if (now() < openUntil || inFlight > 0) return 0;
      if (!mayTry) return 'check';
      return Math.min(room, 1);
    },
    /** When the pause ends; infinite when there is none. */
    get retryAt(): number {
      return failures === 0 || openUntil <= now() ? Number.POSITIVE_INFINITY : openUntil;
    },
  };
};
