import type { ActiveRequest } from '../../requests/request-store.ts';
import { isSmall } from '../../requests/transitions.ts';
import type { SchedulerAction } from './events.ts';
import type { FairQueue, RequestSchedule } from './fair-queue.ts';

/** Small requests whose completion is decided together. */
const BATCH = 32;

/**
 * Requests that seem to have finished. Small ones are decided in batches, one at a time: those that come during a batch
 * make up the next one, so that a thousand requests of one image cost a few dozen reads.
 */
export const createCompletions = (queue: FairQueue) => {
  const waiting = new Set<RequestSchedule>();
  let undecided = 0;

  const nextBatch = (): SchedulerAction[] => {
    if (undecided > 0 || waiting.size === 0) return [];
    const batch = [...waiting].slice(0, BATCH);
    for (const schedule of batch) waiting.delete(schedule);
    undecided = batch.length;
    return [{ type: 'complete', requests: batch.map(({ request }) => request) }];
  };

  return {
    /** Nothing of the request is left, as far as is known here. */
    add(schedule: RequestSchedule): SchedulerAction[] {
      if (schedule.completing) return [];
      schedule.completing = true;
      if (!isSmall(schedule.request)) return [{ type: 'complete', requests: [schedule.request] }];
      waiting.add(schedule);
      return nextBatch();
    },

    decided(request: ActiveRequest, hasFinished: boolean): SchedulerAction[] {
      const schedule = queue.get(request._id);
      if (isSmall(request)) undecided -= 1;
      if (schedule !== undefined) {
        schedule.completing = false;
        // It may have been retried in the meantime: that run continues.
        if (hasFinished && schedule.request.run === request.run) queue.forget(schedule);
        else if (isSmall(request)) queue.hasNotEnded(schedule);
      }
      return nextBatch();
    },
  };
};
