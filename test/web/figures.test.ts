import { figuresOf, tabStateOf } from '../../src/web/figures.ts';
import type { Summary } from '../../src/web/types.ts';

const job = (changes: { [Name in keyof Summary]?: Partial<Summary[Name]> | Summary[Name] }): Summary =>
  ({
    ...{ requestId: 'x', status: 'processing', stopping: false, createdAt: '2026-01-01T00:00:00.000Z' },
    ...{ startedAt: '2026-01-01T00:00:00.000Z', finishedAt: null },
    bytes: { in: 0, out: 0, savedPercent: 0 },
    ...changes,
    run: { number: 1, finishedBefore: 0, ...changes.run },
    progress: {
      ...{ total: 2_000, completed: 0, failed: 0, skipped: 0, cancelled: 0, pending: 0, percent: 0 },
      ...changes.progress,
    },
  }) as Summary;
const end = (seconds: number) => ({ finishedAt: new Date(Date.UTC(2026, 0, 1, 0, 0, seconds)).toISOString() });

test('what was skipped at the upload is no part of the progress and has not failed', () => {
  const skipping = job({ progress: { total: 20, failed: 6, skipped: 5, completed: 5, pending: 9 } });
  expect(figuresOf(skipping)).toMatchObject({ total: 15, completed: 5, failed: 1, skipped: 5, percent: 40 });
  const done = job({ status: 'completed_with_errors', progress: { total: 20, failed: 5, skipped: 5, completed: 15 } });
  expect(figuresOf(done)).toMatchObject({ total: 15, failed: 0, percent: 100 });
  expect(tabStateOf(done)).toBe('100%');
});

test('the speed of a run is that of its own images', () => {
  const progress = { completed: 2_000 };
  const again = job({ status: 'completed', progress, run: { number: 2, finishedBefore: 1_071 }, ...end(40) });
  expect(figuresOf(again)).toMatchObject({ ofThisRun: 929, seconds: 40 });
  const { finishedBefore: _, ...run } = again.run;
  expect(figuresOf({ ...again, run: { ...run, number: 3 } }).ofThisRun).toBeNull();
});

test.each([
  ['Queued', job({ status: 'queued', progress: { pending: 2_000 } })],
  ['53%', job({ progress: { completed: 1_060, failed: 11, pending: 929 } })],
  ['99%', job({ progress: { completed: 1_999, pending: 1 } })],
  ['Stopping…', job({ stopping: true, progress: { completed: 1_071, pending: 929 } })],
  ['Stopped at 53%', job({ status: 'cancelled', progress: { completed: 1_071, cancelled: 929, percent: 100 } })],
  ['Failed', job({ status: 'failed', progress: { failed: 2_000, percent: 100 } })],
  ['Completed with errors', job({ status: 'completed_with_errors', progress: { completed: 1_990, failed: 10 } })],
  ['100%', job({ status: 'completed', progress: { completed: 2_000, percent: 100 } })],
])('the tab says %s', (text, summary) => expect(tabStateOf(summary)).toBe(text));
