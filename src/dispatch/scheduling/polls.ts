/** How often the active requests are read, in milliseconds: within a second, and with jitter so that instances part ways. */
const POLL_MS = { least: 820, most: 900 };
/** Less often when the answer takes long: so many times as long as it took. */
const POLL_PER_ANSWER_MS = 3;
const LONGEST_POLL_MS = 2_000;

/**
 * When the active requests are read.
 * @param now milliseconds that never go back
 * @param random 0 ≤ random() < 1
 */
export const createPolls = (now: () => number, random: () => number) => {
  let nextAt = 0;
  return {
    get nextAt(): number {
      return nextAt;
    },
    /** The question is sent. */
    sent(): void {
      nextAt = now() + POLL_MS.most;
    },
    /** Something changed in the database: ask at once. */
    changed(): void {
      nextAt = 0;
    },
    answered(askedAt: number): void {
      // Unless something changed in the meantime that the answer may not contain.
      if (nextAt === 0) return;
      const usual = POLL_MS.least + (POLL_MS.most - POLL_MS.least) * random();
      nextAt = askedAt + Math.max(usual, Math.min((now() - askedAt) * POLL_PER_ANSWER_MS, LONGEST_POLL_MS));
    },
  };
};
