/** The sleep of a loop that something may end early. */
export interface Alarm {
  /** Ends the sleep under way, or the next one at once. */
  wake(): void;
  /** Resolves after `ms`, or as soon as it was woken. One sleeper at a time. */
  sleep(ms: number): Promise<void>;
}

export const createAlarm = (): Alarm => {
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
        const timer = setTimeout(resolve, ms);
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
