/** First and longest pause before the image store is tried again, in milliseconds. */
const PAUSE_FIRST_MS = 1_000;
const PAUSE_LONGEST_MS = 15_000;
/** A failure that none has followed for this long says nothing any more: the image may have been cancelled. */
const FAULT_STANDS_MS = 60_000;

export interface StoreGate {
  /** Told of each image that could not be stored, with the reason, and of each that was. */
  failed(message: string): void;
  worked(): void;
  /** Why images wait, for the readiness; null when they do not. */
  fault(): string | null;
  /**
   * How many images may be begun: as many as there is room for, none while the image store takes nothing, and one for a
   * trial when it says that it does again.
   * @param running images in work, at the same instance
   */
  allowance(room: number, running: number): Promise<number>;
}

/**
 * Holds images back while the image store takes nothing (full, read-only, away). Without it each waiting image would be
 * downloaded and encoded every few seconds, only to be thrown away. That a store takes the few bytes of a check does not
 * mean that it has room for an image, so one goes ahead before the others follow.
 * @param check resolves when the image store takes writes
 * @param now milliseconds that only ever grow
 */
export const createStoreGate = (check: () => Promise<void>, now: () => number): StoreGate => {
  let pauseMs = 0;
  let closedUntil = 0;
  let last: { message: string; at: number } | null = null;

  const close = (): void => {
    pauseMs = Math.min(Math.max(pauseMs * 2, PAUSE_FIRST_MS), PAUSE_LONGEST_MS);
    closedUntil = now() + pauseMs;
  };

  return {
    failed(message) {
      last = { message, at: now() };
      // Those that were in work together fail together, and count once.
      if (pauseMs === 0 || now() >= closedUntil) close();
    },
    worked() {
      pauseMs = 0;
      last = null;
    },
    fault: () => (last !== null && now() - last.at < FAULT_STANDS_MS ? last.message : null),
    async allowance(room, running) {
      if (pauseMs === 0) return room;
      if (now() < closedUntil || running > 0) return 0;
      try {
        await check();
        return Math.min(room, 1);
      } catch {
        close();
        return 0;
      }
    },
  };
};
