import { PAGE_SIZE } from '../requests/request-store.ts';
import type { RequestRecord, RequestReport } from '../requests/types.ts';
import { renewalMs } from '../timing/lease.ts';
import { createPeriodicTask, type PeriodicTask, type PeriodicTaskLog } from '../timing/periodic-task.ts';
import { createReportTally } from './request-report.ts';
import type { ReportableRequest, RequestReportStore } from './request-report-store.ts';

/** A lease is renewed after a third of this; a task that died loses it. */
const LEASE_MS = 60_000;

export interface RequestReportTaskDeps {
  readonly store: RequestReportStore;
  readonly log: PeriodicTaskLog;
  readonly everyMs: number;
  readonly leaseMs?: number;
}

export interface RequestReportTask extends PeriodicTask {
  /** Creates all due reports once. */
  runOnce(stopping: AbortSignal): Promise<void>;
  /** Queues the report of a request that has just finished; not awaited. */
  enqueue(request: RequestRecord): void;
}

/**
 * Creates the reports of finished requests one at a time, without delaying their completion. Reports left over by a crash
 * are found by the periodic run of any instance.
 */
export const createRequestReportTask = ({
  store,
  log,
  everyMs,
  leaseMs = LEASE_MS,
}: RequestReportTaskDeps): RequestReportTask => {
  const stopped = new AbortController();
  let queue: Promise<void> = Promise.resolve();

  /** Null if the lease was lost or the task is stopping. */
  const tally = async (
    started: ReportableRequest,
    stopping: AbortSignal,
  ): Promise<[ReportableRequest, RequestReport] | null> => {
    let leased = started;
    let leasedAt = performance.now();
    const sum = createReportTally();
    for (let from = 0; from < started.total; from += PAGE_SIZE) {
      if (stopping.aborted) {
        await store.lease(leased, 0);
        return null;
      }
      if (performance.now() - leasedAt > renewalMs(leaseMs)) {
        leasedAt = performance.now();
        const renewed = await store.lease(leased, leaseMs);
        if (renewed === null) return null;
        leased = renewed;
      }
      for (const image of await store.page(started._id, from)) sum.add(image);
    }
    return [leased, sum.result()];
  };

  const create = async (request: ReportableRequest, stopping: AbortSignal): Promise<void> => {
    if (stopping.aborted) return;
    const leased = await store.lease(request, leaseMs);
    const created = leased === null ? null : await tally(leased, stopping);
    if (created !== null) await store.save(...created);
  };

  const runOnce = async (stopping: AbortSignal): Promise<void> => {
    for (const request of await store.due()) await create(request, stopping);
  };

  const periodic = createPeriodicTask('the request report task', runOnce, everyMs, log);
  return {
    runOnce,
    start: periodic.start,
    enqueue({ _id, run, total, reportDue }) {
      if (reportDue === undefined) return;
      queue = queue
        .then(() => create({ _id, run, total, reportDue }, stopped.signal))
        .catch((err: unknown) => log.warn({ err, requestId: _id }, 'the request report failed; it will be retried'));
    },
    async stop(withinMs = 5_000) {
      stopped.abort();
      await periodic.stop(withinMs);
    },
  };
};
