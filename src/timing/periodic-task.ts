export interface RoundsLog {
  warn(facts: object, message: string): void;
}

export interface Rounds {
  /** Looks at once, and again and again. */
  start(): void;
  /** Asks a round that is under way to end early, and waits for it at most `withinMs`. */
  stop(withinMs?: number): Promise<void>;
}

/**
 * Looks at something in rounds, one at a time with a pause after each. A round that fails is told to the log, and the
 * next one comes all the same.
 * @param look gets a signal that is aborted when it should end early; what it leaves is for the next round
 */
export const createRounds = (
  who: string,
  look: (stopping: AbortSignal) => Promise<void>,
  everyMs: number,
  log: RoundsLog,
): Rounds => {
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> = Promise.resolve();

  const next = (): void => {
    round = look(stopping.signal)
      .catch((error: unknown) => log.warn({ err: error }, `${who} will look again`))
      .finally(() => {
        if (stopping.signal.aborted) return;
        timer = setTimeout(next, everyMs);
        timer.unref();
      });
  };

  return {
    start: next,
    async stop(withinMs = 5_000) {
      stopping.abort();
      clearTimeout(timer);
      let late: NodeJS.Timeout | undefined;
      // A database that does not answer must not hold up the stop: every round may be cut off anywhere.
      await Promise.race([
        round,
        new Promise((resolve) => {
          late = setTimeout(resolve, withinMs);
        }),
      ]);
      clearTimeout(late);
    },
  };
};
