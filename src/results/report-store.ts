import { REPORTED_FIELDS, type ReportedImage } from '../requests/image-store.ts';
import type { Models } from '../requests/models.ts';
import { PAGE_SIZE } from '../requests/request-store.ts';
import { FINAL_STATES, type Report, type RequestRecord } from '../requests/types.ts';

export type ReportableRequest = Pick<RequestRecord, '_id' | 'run' | 'total'> & { readonly reportDue: Date };
export type ReportStore = ReturnType<typeof createReportStore>;

const FIELDS = { run: 1, total: 1, reportDue: 1 } as const;
const REQUESTS_A_LOOK = 20;
/** Requests that owe no report have no date; the lower bound keeps them out of the range. */
const BEGINNING = new Date(0);

/**
 * The database's part of making reports. `reportDue` is both "owed since" and "being made until": a maker holds it by
 * putting it off, and each write filters on the date that it has put there, so that of two makers one gives up.
 */
export const createReportStore = ({ requests, images }: Models, now: () => Date) => {
  const holds = ({ _id, run, reportDue }: ReportableRequest) => ({ _id, run, reportDue });

  const putOff = async (request: ReportableRequest, byMs: number): Promise<ReportableRequest | null> => {
    const reportDue = new Date(now().getTime() + byMs);
    const written = await requests.updateOne(holds(request), { $set: { reportDue } });
    return written.matchedCount === 1 ? { ...request, reportDue } : null;
  };

  return {
    /** Finished requests whose report is owed and not being made. */
    async due(): Promise<ReportableRequest[]> {
      return requests
        .find({ reportDue: { $gt: BEGINNING, $lte: now() } }, FIELDS)
        .limit(REQUESTS_A_LOOK)
        .lean<ReportableRequest[]>();
    },

    /** Holds the report for so long, for the first time or again; null when another does, or none is owed any more. */
    putOff,

    /** Images of one page, in the order of the upload. */
    async page(requestId: string, from: number): Promise<ReportedImage[]> {
      return images
        .find({ requestId, seq: { $gte: from, $lt: from + PAGE_SIZE } }, REPORTED_FIELDS)
        .sort({ seq: 1 })
        .lean<ReportedImage[]>();
    },

    /** False when the report is no longer wanted: another has made it, or a retry or the retention has come. */
    async save(request: ReportableRequest, report: Report): Promise<boolean> {
      const written = await requests.updateOne(
        { ...holds(request), state: { $in: [...FINAL_STATES] } },
        { $set: { report }, $unset: { reportDue: '' } },
      );
      return written.modifiedCount === 1;
    },
  };
};
