import { REPORTED_FIELDS, type ReportedImage } from '../requests/image-store.ts';
import type { Models } from '../requests/models.ts';
import { PAGE_SIZE } from '../requests/request-store.ts';
import { FINAL_STATES, type RequestRecord, type RequestReport } from '../requests/types.ts';

export type ReportableRequest = Pick<RequestRecord, '_id' | 'run' | 'total'> & { readonly reportDue: Date };
export type RequestReportStore = ReturnType<typeof createRequestReportStore>;

const FIELDS = { run: 1, total: 1, reportDue: 1 } as const;
const REQUESTS_PER_QUERY = 20;
/** Before all due dates. A lower bound keeps requests without a due report, which have no date, out of the range. */
const BEGINNING = new Date(0);

/**
 * Database access for request reports. `reportDue` is the due date and the lease in one: a task leases a report by moving
 * the date into the future, and each write filters by the date that it has set, so only one of two tasks succeeds.
 */
export const createRequestReportStore = ({ requests, images }: Models, now: () => Date) => {
  const leased = ({ _id, run, reportDue }: ReportableRequest) => ({ _id, run, reportDue });

  const lease = async (request: ReportableRequest, forMs: number): Promise<ReportableRequest | null> => {
    const reportDue = new Date(now().getTime() + forMs);
    const written = await requests.updateOne(leased(request), { $set: { reportDue } });
    return written.matchedCount === 1 ? { ...request, reportDue } : null;
  };

  return {
    /** Finished requests whose report is due and not leased. */
    async due(): Promise<ReportableRequest[]> {
      return requests
        .find({ reportDue: { $gt: BEGINNING, $lte: now() } }, FIELDS)
        .limit(REQUESTS_PER_QUERY)
        .lean<ReportableRequest[]>();
    },

    /** Leases the report or renews the lease; null if another task has it or it is no longer due. */
    lease,

    /** Images of one page, in upload order. */
    async page(requestId: string, from: number): Promise<ReportedImage[]> {
      return images
        .find({ requestId, seq: { $gte: from, $lt: from + PAGE_SIZE } }, REPORTED_FIELDS)
        .sort({ seq: 1 })
        .lean<ReportedImage[]>();
    },

    /** False if the report is no longer needed: another task saved it, or the request was retried or removed. */
    async save(request: ReportableRequest, report: RequestReport): Promise<boolean> {
      const written = await requests.updateOne(
        { ...leased(request), state: { $in: [...FINAL_STATES] } },
        { $set: { report }, $unset: { reportDue: '' } },
      );
      return written.modifiedCount === 1;
    },
  };
};
