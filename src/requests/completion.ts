import type { ImageStore } from './image-store.ts';
import { type ActiveRequest, isExact, type RequestStore } from './request-store.ts';
import { finalState } from './transitions.ts';
import type { Counters, RequestRecord } from './types.ts';

/** What the webhook's outbox needs to know; `enqueue` may be called again for the same request and run. */
export type AnnounceCompletion = (request: RequestRecord) => Promise<void>;

export interface Completion {
  /** Ends the request's run if no image is unfinished; true when this call or another has ended it. */
  tryComplete(request: ActiveRequest): Promise<boolean>;
  /** Sees to it that the completion event of a finished request stands in the outbox. */
  settleEvent(request: RequestRecord): Promise<void>;
  /** Creates the outbox documents that a crash between two writes left out. */
  repairEvents(): Promise<void>;
}

/**
 * Decides that a request is finished: when no unfinished image is left, whatever the counters say, and by one
 * compare-and-set, however many instances look at the same moment.
 * @param onFinished told when this call has ended a run and its event stands; must not throw
 */
export const createCompletion = (
  requests: RequestStore,
  images: ImageStore,
  announce: AnnounceCompletion,
  onFinished: (request: RequestRecord) => void = () => {},
): Completion => {
  const settleEvent = async (request: RequestRecord): Promise<void> => {
    if (request.webhook !== undefined) await announce(request);
    await requests.eventStands(request._id, request.run);
  };

  return {
    settleEvent,

    async tryComplete(seen) {
      const { _id: requestId } = seen;
      if (await images.hasUnfinished(seen)) return false;
      const request = await requests.find(requestId);
      if (request === null || request.run !== seen.run || request.finishedAt !== undefined) return true;
      const counters: Counters = isExact(request.counters, request.total)
        ? request.counters
        : await requests.recount(requestId, request.total);
      if (!(await requests.finish(request, finalState(request.state, counters), counters))) return false;
      const finished = await requests.find(requestId);
      if (finished === null) return true;
      await settleEvent(finished);
      onFinished(finished);
      return true;
    },

    async repairEvents() {
      for (const request of await requests.owingEvents()) await settleEvent(request);
    },
  };
};
