import { PAGE_SIZE } from '../requests/request-store.ts';
import type { Report, RequestRecord } from '../requests/types.ts';
import { createPeriodicTask, type PeriodicTask, type PeriodicTaskLog } from '../timing/periodic-task.ts';
import { createTally } from './report.ts';
import type { ReportableRequest, ReportStore } from './report-store.ts';

/** A maker that has not been heard of for this long is taken to have died. */
const HOLD_MS = 60_000;

export interface ReporterDeps {
  readonly store: ReportStore;
  readonly log: PeriodicTaskLog;
  readonly everyMs: number;
  readonly holdMs?: number;
}

export interface Reporter extends PeriodicTask {
  /** One look for reports that are owed, as every round makes it. */
  look(stopping: AbortSignal): Promise<void>;
  /** Makes the report of a request that has just been finished, after those that were asked for before; not awaited. */
  make(request: RequestRecord): void;
}

/**
 * Makes the reports of finished requests, one at a time and never in the way of their completion. What a crash leaves
 * owed is found by the rounds of any instance.
 */
export const createReporter = ({ store, log, everyMs, holdMs = HOLD_MS }: ReporterDeps): Reporter => {
  const stopped = new AbortController();
  let line: Promise<void> = Promise.resolve();

  /** Null when it lost its hold on the way, or was told to stop. */
  const tally = async (
    begun: ReportableRequest,
    stopping: AbortSignal,
  ): Promise<[ReportableRequest, Report] | null> => {
    let held = begun;
    let heldAt = performance.now();
    const sum = createTally();
    for (let from = 0; from < begun.total; from += PAGE_SIZE) {
      if (stopping.aborted) {
        await store.putOff(held, 0);
        return null;
      }
      if (performance.now() - heldAt > holdMs / 3) {
        heldAt = performance.now();
        const again = await store.putOff(held, holdMs);
        if (again === null) return null;
        held = again;
      }
      for (const image of await store.page(begun._id, from)) sum.add(image);
    }
    return [held, sum.result()];
  };

  const makeNow = async (request: ReportableRequest, stopping: AbortSignal): Promise<void> => {
    if (stopping.aborted) return;
    const held = await store.putOff(request, holdMs);
    const made = held === null ? null : await tally(held, stopping);
    if (made !== null) await store.save(...made);
  };

  const look = async (stopping: AbortSignal): Promise<void> => {
    for (const request of await store.due()) await makeNow(request, stopping);
  };

  const rounds = createPeriodicTask('the reporter', look, everyMs, log);
  return {
    look,
    start: rounds.start,
    make({ _id, run, total, reportDue }) {
      if (reportDue === undefined) return;
      line = line
        .then(() => makeNow({ _id, run, total, reportDue }, stopped.signal))
        .catch((err: unknown) => log.warn({ err, requestId: _id }, 'the report will be made later'));
    },
    async stop(withinMs = 5_000) {
      stopped.abort();
      await rounds.stop(withinMs);
    },
  };
};
