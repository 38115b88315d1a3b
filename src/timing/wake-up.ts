/** The sleep of a loop that something may end early. */
export interface WakeUp {
  /** Ends the sleep under way, or the next one at once. */
  wake(): void;
  /** Resolves after `ms` (at most 2³¹ - 1), or as soon as it is woken. One sleeper at a time. */
  sleep(ms: number): Promise<void>;
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const createWakeUp = (): WakeUp => {
  let woken = false;
  let ring: (() => void) | null = null;
  return {
    wake() {
      woken = true;
      ring?.();
    },
    async sleep(ms) {
      await new Promise<void>((resolve) => {
        if (woken) return resolve();
        const timer = setTimeout(resolve, Math.min(Math.max(ms, 0), LONGEST_TIMER_MS));
        ring = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      ring = null;
      woken = false;
    },
  };
};
