import type { QueryFilter, UpdateQuery } from 'mongoose';
import { createCounters, PAGE_SIZE } from './counters.ts';
import type { Models } from './models.ts';
import { planOfAll, type RetryPlan } from './retries/retry-plan.ts';
import { ofTenant } from './tenant.ts';
import { isVisible, VISIBLE } from './transitions.ts';
import {
  ACTIVE_STATES,
  type Counters,
  HIDDEN_STATES,
  NO_COUNTS,
  type RequestRecord,
  type RequestReport,
  type RequestState,
  UNANSWERED_STATES,
} from './types.ts';

export { type AddedCounts, isExact, PAGE_SIZE } from './counters.ts';

export type ActiveRequest = Pick<RequestRecord, '_id' | 'tenant' | 'state' | 'run' | 'options' | 'total' | 'counters'> &
  Partial<Pick<RequestRecord, 'heartbeatAt' | 'returns'>>;
const ACTIVE_FIELDS = {
  ...{ tenant: 1, state: 1, run: 1, options: 1, total: 1, counters: 1, heartbeatAt: 1, returns: 1 },
} as const;

/** Of the active requests, where no limit is given. */
const LEAST_BATCH = 1_000;

const ABANDONED_FIELDS = { state: 1, heartbeatAt: 1, total: 1, 'csv.chunks': 1 } as const;
export type AbandonedUpload = Pick<RequestRecord, '_id' | 'state' | 'heartbeatAt' | 'total'> & {
  readonly csv: Pick<RequestRecord['csv'], 'chunks'>;
};

/** A half-open range of ids, which are UUIDs in small letters. */
export interface IdRange {
  readonly from: string;
  readonly to: string;
}

export const ALL_IDS: IdRange = { from: '0', to: 'g' };

/** How many images and chunks of rows of an upload are stored. */
export interface Stored {
  readonly total: number;
  readonly chunks: number;
}

export type RequestStore = ReturnType<typeof createRequestStore>;

/** Everything that is written to a request. Changes of state are compare-and-set on the state and the run they leave. */
export const createRequestStore = (models: Models, now: () => Date) => {
  const { requests, images, rows } = models;
  const updated = async (filter: QueryFilter<RequestRecord>, change: UpdateQuery<RequestRecord>): Promise<boolean> =>
    (await requests.updateOne(filter, change)).matchedCount === 1;

  return {
    ...createCounters(models),

    async insert(record: RequestRecord): Promise<void> {
      await requests.create(record);
    },

    /** The request, unless it is still being uploaded or already being removed. */
    async find(requestId: string): Promise<RequestRecord | null> {
      return shown(await requests.findOne({ _id: requestId }).lean<RequestRecord>());
    },

    /** The same for clients: another tenant's request is not found, by the same query as one that does not exist. */
    async findFor(tenant: string, requestId: string): Promise<RequestRecord | null> {
      const found = await requests.findOne({ _id: requestId, ...ofTenant(tenant) }).lean<RequestRecord>();
      return found !== null && isVisible(found) ? found : null;
    },

    /** The requests of these ids as they are now, except those that are hidden or gone. */
    async findAll(requestIds: readonly string[]): Promise<RequestRecord[]> {
      const found = await requests.find({ _id: { $in: [...requestIds] } }).lean<RequestRecord[]>();
      return found.filter(isShown);
    },

    /**
     * Requests that are worked on, at most `limit`.
     * @param range `from ≤ _id < to`
     */
    async active(range: IdRange = ALL_IDS, limit = 0): Promise<ActiveRequest[]> {
      return (
        requests
          .find({ state: { $in: [...ACTIVE_STATES] }, _id: { $gte: range.from, $lt: range.to } }, ACTIVE_FIELDS)
          .limit(limit)
          // All of them at once: drivers ask for 101 at first, and again for the others.
          .batchSize(Math.max(limit, LEAST_BATCH))
          .lean<ActiveRequest[]>()
      );
    },

    /** A heartbeat of an upload, with how much of it is stored. False when it was removed meanwhile. */
    async touch(requestId: string, stored: Stored): Promise<boolean> {
      const written = await requests.updateOne(
        { _id: requestId, state: 'ingesting' },
        { $set: { heartbeatAt: now(), 'csv.chunks': stored.chunks } },
      );
      return written.matchedCount === 1;
    },

    /** The upload is complete: from here on it is shown and processed. False when it was removed meanwhile. */
    async activate(requestId: string, facts: { total: number; chunks: number; failed: number }): Promise<boolean> {
      const written = await requests.updateOne(
        { _id: requestId, state: 'ingesting' },
        {
          $set: {
            state: 'queued',
            heartbeatAt: now(),
            total: facts.total,
            'csv.chunks': facts.chunks,
            counters: { ...NO_COUNTS, failed: facts.failed },
            ...(facts.failed === 0 ? {} : { skipped: facts.failed }),
          },
        },
      );
      return written.matchedCount === 1;
    },

    /** Lets all instances know that images of these requests may be due sooner than their leases would have ended. */
    async markReturns(requestIds: readonly string[]): Promise<void> {
      await requests.updateMany(
        { _id: { $in: [...requestIds] }, state: { $in: [...ACTIVE_STATES] } },
        { $inc: { returns: 1 } },
      );
    },

    async markStarted(requestIds: readonly string[]): Promise<void> {
      await requests.updateMany(
        { _id: { $in: [...requestIds] }, state: 'queued' },
        { $set: { state: 'processing', startedAt: now() } },
      );
    },

    /**
     * The one compare-and-set that ends a run. With it the event and the report, where there is none yet, are marked as
     * owed, so that a crash before they are stored is repaired by the next periodic task.
     * @returns the request as it is now, or null when another has ended the run
     */
    async finish(
      request: RequestRecord,
      state: RequestState,
      counters: Counters,
      report?: RequestReport,
    ): Promise<RequestRecord | null> {
      const finishedAt = now();
      const end = {
        ...{ state, counters, finishedAt },
        ...(request.webhook === undefined ? {} : { eventPending: true }),
        ...(report === undefined ? { reportDue: finishedAt } : { report }),
      };
      const written = await requests.updateOne(
        { _id: request._id, state: request.state, run: request.run },
        { $set: end, $unset: { client: '' } },
      );
      return written.modifiedCount === 1 ? { ...request, ...end } : null;
    },

    /** Finished requests whose completion event may not have reached the outbox. */
    async owingEvents(): Promise<RequestRecord[]> {
      return requests.find({ eventPending: true }).limit(100).lean<RequestRecord[]>();
    },

    async markEventStored(requestId: string, run: number): Promise<void> {
      await requests.updateOne({ _id: requestId, run }, { $unset: { eventPending: '' } });
    },

    /** Gives a request another name. Null when it is hidden or gone. */
    async rename(requestId: string, name: string): Promise<RequestRecord | null> {
      return (await updated({ _id: requestId, ...VISIBLE }, { $set: { name } })) ? this.find(requestId) : null;
    },

    /** From here on only what runs is finished. False when the run had ended, or was being cancelled already. */
    async beginCancel({ _id, run }: Pick<ActiveRequest, '_id' | 'run'>): Promise<boolean> {
      const written = await requests.updateOne(
        { _id, run, state: { $in: ['queued', 'processing'] } },
        { $set: { state: 'cancelling' } },
      );
      return written.modifiedCount === 1;
    },

    /**
     * Begins the next run of a finished request. False when somebody else has, or when its event is still owed.
     * @param client whose quota its images count against from now on
     */
    async beginRetry(request: RequestRecord, client: string, plan: RetryPlan = planOfAll(request)): Promise<boolean> {
      const { _id, state, run, counters } = request;
      const { failed, cancelled, skipped, corrections } = plan;
      const written = await requests.updateOne(
        { _id, state, run, eventPending: { $ne: true } },
        {
          $set: {
            ...{ state: 'retrying', heartbeatAt: now(), client },
            counters: { ...counters, failed, cancelled },
            finishedBefore: counters.completed + failed + cancelled,
            ...(skipped > 0 && { skipped }),
            ...(corrections !== undefined && { corrections: [...corrections] }),
          },
          $inc: { run: 1 },
          $unset: {
            ...{ startedAt: '', finishedAt: '', report: '', reportDue: '' },
            ...(skipped === 0 && { skipped: '' }),
            ...(corrections === undefined && { corrections: '' }),
          },
        },
      );
      return written.modifiedCount === 1;
    },

    /** A heartbeat of a retry whose images are being requeued. False when that is over. */
    async touchRetry(requestId: string, run: number): Promise<boolean> {
      return updated({ _id: requestId, run, state: 'retrying' }, { $set: { heartbeatAt: now() } });
    },

    /** All images of the retry are back: from here on they are worked on. */
    async endRetry(requestId: string, run: number): Promise<boolean> {
      const written = await requests.updateOne(
        { _id: requestId, run, state: 'retrying' },
        { $set: { state: 'queued', heartbeatAt: now() }, $unset: { corrections: '' } },
      );
      return written.modifiedCount === 1;
    },

    /** Retries that stopped putting images back before `before`. */
    async interruptedRetries(
      before: Date,
    ): Promise<(ActiveRequest & Pick<RequestRecord, 'heartbeatAt' | 'corrections'>)[]> {
      return requests
        .find({ state: 'retrying', heartbeatAt: { $lt: before } }, { ...ACTIVE_FIELDS, corrections: 1 })
        .limit(100)
        .lean();
    },

    /** The state as it is, hidden ones included; null when there is no such request. */
    async stateOf(requestId: string): Promise<RequestState | null> {
      const found = await requests.findOne({ _id: requestId }, { state: 1 }).lean<Pick<RequestRecord, 'state'>>();
      return found?.state ?? null;
    },

    /** Sees to it that an upload never becomes active; the reconciler removes it. False when it is not on its way. */
    async condemn(requestId: string): Promise<boolean> {
      return updated({ _id: requestId, state: 'ingesting' }, { $set: { state: 'discarding' } });
    },

    /** Uploads that stopped writing before `before`: their sender never got a requestId. */
    async abandoned(before: Date): Promise<AbandonedUpload[]> {
      return requests
        .find({ state: { $in: [...UNANSWERED_STATES] }, heartbeatAt: { $lt: before } }, ABANDONED_FIELDS)
        .limit(100)
        .lean<AbandonedUpload[]>();
    },

    /** Gives what was found without a sign of life a new one: of several instances only one gets true, and repairs it. */
    async adopt({ _id, state, heartbeatAt }: Pick<RequestRecord, '_id' | 'state' | 'heartbeatAt'>): Promise<boolean> {
      return updated({ _id, state, heartbeatAt }, { $set: { heartbeatAt: now() } });
    },

    /**
     * Removes an upload that was never answered: images first, the request last, so that it can be begun again. One that
     * became active meanwhile is left alone: its activation may have been done and reported as failed.
     * @param stored what it may have written at most; empty pages do not end the walk, as an earlier one may have
     *   emptied them
     * @returns false when it is active
     */
    async discard(requestId: string, stored: Stored): Promise<boolean> {
      const unanswered = { _id: requestId, state: { $in: [...UNANSWERED_STATES] } };
      const begun = await requests.updateOne(unanswered, { $set: { state: 'discarding' } });
      // Where it is gone altogether, its last batch may have been written since.
      if (begun.matchedCount === 0 && (await requests.exists({ _id: requestId })) !== null) return false;
      for (let from = 0; from < stored.total; from += PAGE_SIZE) {
        await images.deleteMany({ requestId, seq: { $gte: from, $lt: from + PAGE_SIZE } });
      }
      for (let chunk = 0; chunk < stored.chunks; chunk += 1) await rows.deleteOne({ _id: `${requestId}:${chunk}` });
      await requests.deleteOne({ _id: requestId, state: 'discarding' });
      return true;
    },

    /** The uploaded rows of one chunk. */
    async rowChunk(
      requestId: string,
      chunk: number,
    ): Promise<{ firstRow: number; rows: readonly (readonly string[])[] } | null> {
      return rows.findOne({ _id: `${requestId}:${chunk}` }).lean();
    },
  };
};

const isShown = ({ state }: RequestRecord): boolean => !HIDDEN_STATES.includes(state);

const shown = (record: RequestRecord | null): RequestRecord | null =>
  record !== null && isShown(record) ? record : null;
