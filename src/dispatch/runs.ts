import type { ImageResult, ImageTask } from '../images/task.ts';
import type { ClaimedImage } from '../requests/image-store.ts';
import type { ActiveRequest } from '../requests/request-store.ts';
import { tenantOfRequest } from '../requests/tenant.ts';
import { decideOutcome, isGivenUp, type Outcome } from '../requests/transitions.ts';
import type { ResultWriter } from './result-writer.ts';
import type { createRunImage } from './run-image.ts';
import type { SchedulerEvent } from './scheduling/events.ts';

export interface RunsDeps {
  readonly runImage: ReturnType<typeof createRunImage>;
  readonly writer: Pick<ResultWriter, 'write'>;
  readonly requeue: (images: readonly ClaimedImage[]) => Promise<void>;
  /** Called when images of these requests are due sooner than their leases end. */
  readonly returned: (requestIds: readonly string[]) => void;
  readonly handle: (event: SchedulerEvent) => void;
  /** An image in flight with the lease that it has now: one whose lease ended may have been claimed again here. */
  readonly latest: (image: ClaimedImage) => ClaimedImage;
  readonly maxAttempts: number;
  /** How long an image may wait for a permit of its host before it is requeued, in milliseconds. */
  readonly maxQueueMs: number;
  /** 0 ≤ random() < 1 */
  readonly random: () => number;
  /** Called when work on an image begins, for metrics. */
  readonly onBegin?: (image: ClaimedImage) => void;
  /** Called with each outcome, for metrics and logs. `applied` is false if another instance had taken over the lease. */
  readonly onOutcome?: (request: ActiveRequest, image: ClaimedImage, outcome: Outcome, applied: boolean) => void;
  readonly onError: (error: unknown) => void;
}

const ATTEMPTS_EXHAUSTED: ImageResult = {
  ok: false,
  code: 'attempts_exhausted',
  message: 'The image crashed its worker on every attempt.',
  retryable: false,
};

/** The images that run here, from their claim until their result is written or they are requeued. */
export const createRuns = (deps: RunsDeps) => {
  const { runImage, writer, requeue, handle, latest, maxAttempts, maxQueueMs, random } = deps;
  const waiting = new Map<string, (granted: boolean) => void>();
  const processing = new Map<string, AbortController>();

  const permit = (imageId: string, question: SchedulerEvent = { type: 'permit needed', imageId }): Promise<boolean> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => handle({ type: 'permit overdue', imageId }), maxQueueMs);
      waiting.set(imageId, (granted) => {
        clearTimeout(timer);
        waiting.delete(imageId);
        resolve(granted);
      });
      handle(question);
    });

  const process = async (image: ClaimedImage, request: ActiveRequest, since: number): Promise<ImageResult | null> => {
    if (isGivenUp(image, maxAttempts)) return ATTEMPTS_EXHAUSTED;
    const task: ImageTask = { id: image._id, url: image.inputUrl, ...request.options };
    const abort = new AbortController();
    processing.set(image._id, abort);
    try {
      const result = await runImage(task, {
        ...{ tenant: tenantOfRequest(request), since, signal: abort.signal },
        report: (type) => handle({ type, imageId: image._id }),
        onDownloaded: (roundTripMs) => handle({ type: 'downloaded', imageId: image._id, roundTripMs }),
        permit: () => permit(image._id),
      });
      return abort.signal.aborted ? null : result;
    } finally {
      processing.delete(image._id);
    }
  };

  /** Writes the result. Returns in how many milliseconds the image is due again; null when it is finished. */
  const finish = async (claimed: ClaimedImage, request: ActiveRequest, result: ImageResult): Promise<number | null> => {
    handle({ type: 'processed', imageId: claimed._id, result });
    const image = latest(claimed);
    const outcome = decideOutcome(image, result, maxAttempts, random());
    const applied = await writer.write({ request, image, outcome });
    deps.onOutcome?.(request, image, outcome, applied);
    if (!applied) {
      // It was claimed again while its result was written under the lease before.
      if (latest(image) !== image) await requeue([latest(image)]);
      return 0;
    }
    if (outcome.kind !== 'again') return null;
    deps.returned([request._id]);
    return outcome.delayMs;
  };

  return {
    /** Asks for a permit. @param question as an image in flight by default */
    permit,
    /** @param started resolves once the request is marked as started, which its end must not overtake */
    async start(image: ClaimedImage, request: ActiveRequest, since: number, started: Promise<unknown>): Promise<void> {
      let dueInMs: number | null = 0;
      try {
        deps.onBegin?.(image);
        const result = await process(image, request, since);
        if (result === null) await requeue([latest(image)]);
        else dueInMs = await finish(image, request, result);
        await started;
      } catch (error) {
        deps.onError(error);
      } finally {
        handle({ type: 'ended', imageId: image._id, dueInMs });
      }
    },
    /** Answers the question for a permit. */
    answer(imageId: string, granted: boolean): void {
      waiting.get(imageId)?.(granted);
    },
    /** Stops work whose results would be thrown away. */
    abort(images: readonly Pick<ClaimedImage, '_id'>[]): void {
      for (const { _id } of images) {
        processing.get(_id)?.abort();
        waiting.get(_id)?.(false);
      }
    },
  };
};
