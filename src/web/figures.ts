import { isFinal, type Summary } from './types.ts';

export interface Figures {
  /** Images to be compressed: all but those skipped at the upload, which are in none of these numbers. */
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
  readonly stopped: number;
  readonly pending: number;
  readonly skipped: number;
  /** Whole percent: of the images that were tried while it runs, of those that were compressed once it has ended. */
  readonly percent: number;
  /** Images tried in this run; null if unknown, as an earlier version of the service began it. */
  readonly ofThisRun: number | null;
  /** Seconds that the last run took; null until it has ended, and if it ended before its first image. */
  readonly seconds: number | null;
}

/** The numbers of a job as they are shown. */
export const figuresOf = (
  summary: Pick<Summary, 'status' | 'progress' | 'run' | 'startedAt' | 'finishedAt'>,
): Figures => {
  const { progress, run, startedAt, finishedAt } = summary;
  const { completed, skipped, cancelled: stopped, pending } = progress;
  const total = progress.total - skipped;
  const failed = progress.failed - skipped;
  const tried = completed + failed;
  const done = isFinal(summary) ? completed : tried;
  return {
    ...{ total, completed, failed, stopped, pending, skipped },
    percent: total === 0 ? 0 : Math.floor((100 * done) / total),
    ofThisRun: run.finishedBefore === undefined ? null : Math.max(0, tried + skipped - run.finishedBefore),
    seconds:
      startedAt === null || finishedAt === null
        ? null
        : Math.max(0, (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000),
  };
};

/** State and progress for the tab: a job that was stopped or has failed is not done. */
export const tabStateOf = (summary: Summary): string => {
  const { percent, completed } = figuresOf(summary);
  if (summary.stopping) return 'Stopping…';
  if (!isFinal(summary)) return summary.status === 'queued' ? 'Queued' : `${percent}%`;
  if (summary.status === 'cancelled') return `Stopped at ${percent}%`;
  if (summary.status === 'failed' || completed === 0) return 'Failed';
  return summary.progress.failed > summary.progress.skipped ? 'Completed with errors' : '100%';
};
