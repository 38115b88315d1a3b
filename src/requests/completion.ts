import type { ImageStore, ReportedImage } from './image-store.ts';
import { type ActiveRequest, isExact, type RequestStore } from './request-store.ts';
import { addImage, finalState, finishedImages } from './transitions.ts';
import { type Counters, NO_COUNTS, type RequestRecord, type RequestReport } from './types.ts';

/** What the webhook's outbox needs to know; `enqueue` may be called again for the same request and run. */
export type AnnounceCompletion = (request: RequestRecord) => Promise<void>;

export interface Completion {
  /** Ends the request's run if no image is unfinished; true when this call or another has ended it. */
  tryComplete(request: ActiveRequest): Promise<boolean>;
  /**
   * The same for small requests together: what is read is read once for all of them, and each report is written with
   * the end of its request.
   * @returns the ids of those that this call or another has ended
   */
  tryCompleteAll(requests: readonly ActiveRequest[]): Promise<ReadonlySet<string>>;
  /** Makes sure that the completion event of a finished request is in the outbox. */
  settleEvent(request: RequestRecord): Promise<void>;
  /** Creates the outbox documents that a crash between two writes left out. */
  repairEvents(): Promise<void>;
}

/** Requests that are ended at the same time: more would delay uploads at the database. */
const ENDED_AT_ONCE = 3;

/**
 * Decides that a request is finished: when no unfinished image is left, whatever the counters say, and by one
 * compare-and-set, so that of several instances exactly one ends it.
 * @param reportOf makes the report of a small request, which is written with its end
 * @param onFinished called when this call has ended a run and its event is stored; must not throw
 */
export const createCompletion = (
  requests: RequestStore,
  images: ImageStore,
  announce: AnnounceCompletion,
  reportOf: (images: readonly ReportedImage[]) => RequestReport,
  onFinished: (request: RequestRecord) => void = () => {},
): Completion => {
  const settleEvent = async (request: RequestRecord): Promise<void> => {
    if (request.webhook === undefined && request.eventPending !== true) return;
    if (request.webhook !== undefined) await announce(request);
    await requests.markEventStored(request._id, request.run);
  };

  const end = async (request: RequestRecord, counters: Counters, report?: RequestReport): Promise<boolean> => {
    const finished = await requests.finish(request, finalState(request.state, counters), counters, report);
    if (finished === null) return false;
    await settleEvent(finished);
    onFinished(finished);
    return true;
  };

  const hasEnded = (record: RequestRecord | undefined, { run }: ActiveRequest): boolean =>
    record === undefined || record.run !== run || record.finishedAt !== undefined;

  return {
    settleEvent,

    async tryComplete(seen) {
      if (await images.hasUnfinished(seen)) return false;
      const request = await requests.find(seen._id);
      if (request === null || hasEnded(request, seen)) return true;
      const counters: Counters = isExact(request.counters, request.total)
        ? request.counters
        : await requests.recount(request._id, request.total);
      return end(request, counters);
    },

    async tryCompleteAll(seen) {
      const ids = seen.map(({ _id }) => _id);
      const records = new Map((await requests.findAll(ids)).map((record) => [record._id, record]));
      const imagesOf = await images.ofRequests(ids);
      const ended = new Set<string>();
      const left = [...seen];
      const worker = async (): Promise<void> => {
        for (let one = left.pop(); one !== undefined; one = left.pop()) {
          const record = records.get(one._id);
          const own = imagesOf.get(one._id) ?? [];
          const counters = own.reduce(addImage, NO_COUNTS);
          if (record === undefined || hasEnded(record, one)) ended.add(one._id);
          else if (finishedImages(counters) === record.total && (await end(record, counters, reportOf(own)))) {
            ended.add(one._id);
          }
        }
      };
      await Promise.all(Array.from({ length: ENDED_AT_ONCE }, worker));
      return ended;
    },

    async repairEvents() {
      for (const request of await requests.owingEvents()) await settleEvent(request);
    },
  };
};
