import { createPeriodicTask, type PeriodicTaskLog } from '../timing/periodic-task.ts';
import type { Completion } from './completion.ts';
import type { Control } from './control.ts';
import { IMAGES_PER_INSERT } from './ingest.ts';
import type { RequestStore } from './request-store.ts';

/** An upload that has not written for this long was cut off by a crash. */
const ABANDONED_AFTER_MS = 10 * 60_000;
/** A retry whose images have not been requeued any further for this long was cut off by a crash. */
const INTERRUPTED_AFTER_MS = 60_000;

/**
 * Repairs what a crash between two writes left behind. Each step may run on several instances at once: one of them adopts
 * what it found by renewing its sign of life, and if it dies as well, another does when that is old again.
 */
export const createReconciler = (
  requests: RequestStore,
  completion: Pick<Completion, 'repairEvents'>,
  control: Pick<Control, 'resumeRetry'>,
  now: () => Date,
  log: PeriodicTaskLog,
  everyMs: number,
) => {
  const look = async (): Promise<void> => {
    await completion.repairEvents();
    for (const request of await requests.interruptedRetries(new Date(now().getTime() - INTERRUPTED_AFTER_MS))) {
      if (!(await requests.adopt(request))) continue;
      log.warn({ requestId: request._id }, 'resuming a retry that was cut off');
      await control.resumeRetry(request);
    }
    for (const upload of await requests.abandoned(new Date(now().getTime() - ABANDONED_AFTER_MS))) {
      if (!(await requests.adopt(upload))) continue;
      const { _id, total, csv } = upload;
      log.warn({ requestId: _id }, 'removing an upload that was cut off before it was answered');
      // The batch that was on its way when it was cut off is not counted yet.
      await requests.discard(_id, { total: total + IMAGES_PER_INSERT, chunks: csv.chunks + 1 });
    }
  };

  return { look, ...createPeriodicTask('the reconciler', look, everyMs, log) };
};
