import type { RequestStore } from '../requests/request-store.ts';

/** Other instances are told at most so often: a retry is due half a second later at the earliest. */
const TELL_EVERY_MS = 500;

export type Returns = ReturnType<typeof createReturns>;

/**
 * Tells other instances that images were given back, or put off until another attempt: they know only when leases end.
 * Told after that is written, so that whoever is told finds it. A crash in between is noticed when the leases would have ended.
 * @param onError called when that failed; it is told again later
 */
export const createReturns = (requests: Pick<RequestStore, 'markReturns'>, onError: (error: unknown) => void) => {
  const untold = new Set<string>();
  let toldAt = Number.NEGATIVE_INFINITY;
  let telling: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;

  const tell = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    if (untold.size === 0) return;
    const requestIds = [...untold];
    untold.clear();
    toldAt = performance.now();
    try {
      await requests.markReturns(requestIds);
    } catch (error) {
      for (const id of requestIds) untold.add(id);
      plan();
      onError(error);
    }
  };

  const begin = (): Promise<void> => {
    telling ??= tell().finally(() => {
      telling = null;
    });
    return telling;
  };

  const plan = (): void => {
    timer ??= setTimeout(begin, Math.max(0, toldAt + TELL_EVERY_MS - performance.now()));
  };

  return {
    add(requestIds: readonly string[]): void {
      for (const id of requestIds) untold.add(id);
      if (untold.size > 0) plan();
    },
    /** Tells what is left, and no more after that. */
    async stop(): Promise<void> {
      await telling;
      await begin();
      clearTimeout(timer);
    },
  };
};
