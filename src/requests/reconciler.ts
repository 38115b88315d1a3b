import type { Completion } from './completion.ts';
import type { RequestStore } from './request-store.ts';

/** An upload that has not written for this long was cut off by a crash. */
const ABANDONED_AFTER_MS = 10 * 60_000;

/** Repairs what a crash between two writes left behind. Every step may run on several instances at once. */
export const createReconciler = (
  requests: RequestStore,
  completion: Completion,
  now: () => Date,
  log: { warn(facts: object, message: string): void },
  everyMs: number,
) => {
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> = Promise.resolve();

  const look = async (): Promise<void> => {
    await completion.repairEvents();
    for (const { _id } of await requests.abandoned(new Date(now().getTime() - ABANDONED_AFTER_MS))) {
      log.warn({ requestId: _id }, 'removing an upload that was cut off before it was answered');
      await requests.discard(_id);
    }
  };

  const next = (): void => {
    timer = setTimeout(() => {
      round = look()
        .catch((error: unknown) => log.warn({ err: error }, 'the reconciler will look again'))
        .finally(next);
    }, everyMs);
    timer.unref();
  };

  return {
    look,
    start(): void {
      round = look().catch((error: unknown) => log.warn({ err: error }, 'the reconciler will look again'));
      next();
    },
    async stop(): Promise<void> {
      clearTimeout(timer);
      await round;
      clearTimeout(timer);
    },
  };
};
