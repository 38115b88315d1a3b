import { AppError } from '../errors.ts';
import type { Completion } from './completion.ts';
import type { ImageStore } from './image-store.ts';
import type { RemovalStore } from './removal-store.ts';
import { type ActiveRequest, PAGE_SIZE, type RequestStore } from './request-store.ts';
import { isFinal } from './transitions.ts';
import type { RequestRecord } from './types.ts';

export interface ControlDeps {
  readonly requests: RequestStore;
  readonly images: ImageStore;
  readonly completion: Pick<Completion, 'settleEvent'>;
  readonly removal: Pick<RemovalStore, 'markDeleted' | 'removeUploadKey'>;
  readonly forgetDeliveries: (requestId: string) => Promise<void>;
  /** Lets what removes requests look at once. */
  readonly removeSoon: () => void;
  /** Notifies the dispatcher that there is something to do. */
  readonly wake: () => void;
}

const ONLY_SKIPPED =
  'Only skipped images are left, whose URLs are invalid. Correct the URLs and upload those rows again.';

export type Control = ReturnType<typeof createControl>;

/**
 * Cancelling and retrying. Each is one compare-and-set, and the response waits for nothing else; the images follow. After
 * a crash on the way the dispatchers complete a cancellation, and the reconciler completes a retry.
 */
export const createControl = (deps: ControlDeps) => {
  const { requests, images, completion, removal, wake } = deps;
  /** Requeues the images of a retry, from wherever an earlier call got to, and lets the work begin. */
  const resumeRetry = async ({ _id, run, total }: Pick<ActiveRequest, '_id' | 'run' | 'total'>): Promise<void> => {
    for (let from = 0; from < total; from += PAGE_SIZE) {
      if (!(await requests.touchRetry(_id, run))) return;
      await images.requeue(_id, run, from, from + PAGE_SIZE);
    }
    if (await requests.endRetry(_id, run)) wake();
  };

  return {
    resumeRetry,

    /**
     * Stops what has not started. Cancelling again changes nothing.
     * @throws AppError `already_finished`; `not_finished` while a retry is being prepared
     */
    async cancel(request: RequestRecord): Promise<void> {
      if (request.state === 'cancelling' || request.state === 'cancelled') return;
      if (request.state === 'retrying') {
        throw new AppError('not_finished', 'The images are being requeued for their retry. Cancel in a moment.');
      }
      if (await requests.beginCancel(request)) return wake();
      const now = await requests.find(request._id);
      if (now?.state !== 'cancelling' && now?.state !== 'cancelled') throw new AppError('already_finished');
    },

    /**
     * Hides the request from people for good, and stops it. What belongs to it is removed once nothing of it is in flight;
     * after a crash the retention goes on.
     * @throws AppError `request_not_found` when it was deleted meanwhile
     */
    async remove({ _id, run, uploadKey }: RequestRecord): Promise<void> {
      if (!(await removal.markDeleted(_id))) throw new AppError('request_not_found');
      await deps.forgetDeliveries(_id);
      if (uploadKey !== undefined) await removal.removeUploadKey(_id, uploadKey);
      if (await requests.beginCancel({ _id, run })) wake();
      deps.removeSoon();
    },

    /**
     * Begins a new run of the images that failed or were cancelled, with a completion event of its own. Skipped images
     * stay failed: their URLs would be as invalid as before.
     * @param client whose quota its images count against
     * @returns `begun` settles when the images are requeued; the new run is stored before that
     * @throws AppError `not_finished`, `nothing_to_retry`
     */
    async retry(request: RequestRecord, client: string): Promise<{ readonly begun: Promise<void> }> {
      if (!isFinal(request.state)) throw new AppError('not_finished');
      const { counters, skipped = 0 } = request;
      if (counters.failed + counters.cancelled <= skipped) {
        throw new AppError('nothing_to_retry', skipped === 0 ? undefined : ONLY_SKIPPED);
      }
      if (request.eventPending === true) await completion.settleEvent(request);
      if (!(await requests.beginRetry(request, client))) throw new AppError('not_finished');
      return { begun: resumeRetry({ ...request, run: request.run + 1 }) };
    },
  };
};
