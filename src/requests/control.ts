import { AppError } from '../errors.ts';
import type { Completion } from './completion.ts';
import type { ImageStore } from './image-store.ts';
import type { RemovalStore } from './removal-store.ts';
import { PAGE_SIZE, type RequestStore } from './request-store.ts';
import type { Correction } from './retries/correction.ts';
import { planOfAll, planOfCorrections, type RetryPlan } from './retries/retry-plan.ts';
import { isFinal } from './transitions.ts';
import type { RequestRecord } from './types.ts';

export interface ControlDeps {
  readonly requests: RequestStore;
  readonly images: ImageStore;
  readonly completion: Pick<Completion, 'settleEvent'>;
  readonly removal: Pick<RemovalStore, 'markDeleted' | 'removeUploadKey'>;
  readonly forgetDeliveries: (requestId: string) => Promise<void>;
  /** Buckets that corrected URLs may name. */
  readonly sourceBuckets: readonly string[];
  /** Lets what removes requests look at once. */
  readonly removeSoon: () => void;
  /** Notifies the dispatcher that there is something to do. */
  readonly wake: () => void;
}

const ONLY_SKIPPED =
  'Only skipped images are left, whose URLs are invalid. Send their correct URLs as corrections, or upload those rows again.';

export type Control = ReturnType<typeof createControl>;

/**
 * Cancelling and retrying. Each is one compare-and-set, and the response waits for nothing else; the images follow. After
 * a crash on the way the dispatchers complete a cancellation, and the reconciler completes a retry.
 */
export const createControl = (deps: ControlDeps) => {
  const { requests, images, completion, removal, wake } = deps;
  /** Requeues the images of a retry, from wherever an earlier call got to, and lets the work begin. */
  const resumeRetry = async ({
    _id,
    run,
    total,
    corrections,
  }: Pick<RequestRecord, '_id' | 'run' | 'total' | 'corrections'>): Promise<void> => {
    if (corrections !== undefined) {
      if (!(await requests.touchRetry(_id, run))) return;
      await images.correct(_id, run, corrections);
    } else {
      for (let from = 0; from < total; from += PAGE_SIZE) {
        if (!(await requests.touchRetry(_id, run))) return;
        await images.requeue(_id, run, from, from + PAGE_SIZE);
      }
    }
    if (await requests.endRetry(_id, run)) wake();
  };

  const planOf = async (request: RequestRecord, corrections: readonly Correction[]): Promise<RetryPlan> => {
    if (corrections.length > 0) {
      const found = await images.named(
        request._id,
        corrections.map(({ imageId }) => imageId),
      );
      // Only a retry changes what was read, and it begins another run.
      if ((await requests.find(request._id))?.run !== request.run) throw new AppError('not_finished');
      return planOfCorrections(request, corrections, found, deps.sourceBuckets);
    }
    const { counters, skipped = 0 } = request;
    if (counters.failed + counters.cancelled > skipped) return planOfAll(request);
    throw new AppError('nothing_to_retry', skipped === 0 ? undefined : ONLY_SKIPPED);
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
     * stay failed: their URLs would be as invalid as before. With corrections, the run is of the corrected images alone.
     * @param client whose quota its images count against
     * @returns `begun` settles when the images are requeued; the new run is stored before that
     * @throws AppError `not_finished`, `nothing_to_retry`, `image_not_found`, `invalid_field`
     */
    async retry(
      request: RequestRecord,
      client: string,
      corrections: readonly Correction[] = [],
    ): Promise<{ readonly begun: Promise<void> }> {
      if (!isFinal(request.state)) throw new AppError('not_finished');
      const plan = await planOf(request, corrections);
      if (request.eventPending === true) await completion.settleEvent(request);
      if (!(await requests.beginRetry(request, client, plan))) throw new AppError('not_finished');
      const { _id, run, total } = request;
      return { begun: resumeRetry({ _id, run: run + 1, total, ...plan }) };
    },
  };
};
