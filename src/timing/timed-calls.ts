import { DeadlineExceeded, withDeadline } from './deadline.ts';

/** Calls that a caller waits for one after the other, each with the same deadline. */
export interface TimedCalls {
  /** Throws what `late` makes when the call takes too long; the call itself goes on. */
  inTime<T>(call: () => Promise<T>): Promise<T>;
  /** Whether the last call goes on after its deadline. */
  goesOn(): boolean;
  /** Resolves when the last call has ended, one way or the other. */
  ended(): Promise<void>;
}

/** @param withinMs for each call */
export const createTimedCalls = (withinMs: number, late: () => Error): TimedCalls => {
  let last: Promise<unknown> = Promise.resolve();
  let calling = 0;
  return {
    async inTime(call) {
      calling += 1;
      const made = call().finally(() => {
        calling -= 1;
      });
      last = made;
      try {
        return await withDeadline(withinMs, () => made);
      } catch (error) {
        throw error instanceof DeadlineExceeded ? late() : error;
      }
    },
    goesOn: () => calling > 0,
    async ended() {
      await last.catch(() => undefined);
    },
  };
};
