import fc from 'fast-check';
import type { ImageResult } from '../../src/images/task.ts';
import {
  decideOutcome,
  expiredLeases,
  finalState,
  isFinal,
  isGivenUp,
  mustRunAlone,
  percentDone,
  retryDelayMs,
} from '../../src/requests/transitions.ts';
import { NO_COUNTS } from '../../src/requests/types.ts';

const completed: ImageResult = {
  ok: true,
  bytesIn: 10,
  bytesOut: 5,
  crc32: 7,
  width: 1,
  height: 1,
  notes: [],
  timings: { download: 1, encode: 1, store: 1 },
};
const failure = (code: Extract<ImageResult, { ok: false }>['code'], retryable: boolean): ImageResult => ({
  ok: false,
  code,
  message: 'why',
  retryable,
});

describe('decideOutcome', () => {
  test('completes an image that succeeded', () => {
    expect(decideOutcome({ attempts: 1, reports: 0 }, completed, 5, 0)).toEqual({
      kind: 'completed',
      result: completed,
    });
  });

  test('fails at once what cannot succeed later', () => {
    const outcome = decideOutcome({ attempts: 1, reports: 0 }, failure('source_not_found', false), 5, 0);
    expect(outcome).toEqual({ kind: 'failed', error: { code: 'source_not_found', message: 'why' } });
  });

  test('tries a transient failure again, and fails it when its attempts are used', () => {
    expect(decideOutcome({ attempts: 4, reports: 3 }, failure('source_unavailable', true), 5, 0)).toMatchObject({
      kind: 'again',
      counts: true,
      reported: true,
    });
    expect(decideOutcome({ attempts: 5, reports: 4 }, failure('source_unavailable', true), 5, 0)).toMatchObject({
      kind: 'failed',
    });
  });

  test('waits for the store however long it takes: a full disk does not count against the image', () => {
    expect(decideOutcome({ attempts: 5, reports: 4 }, failure('storage_failed', true), 5, 0)).toMatchObject({
      kind: 'again',
      counts: false,
    });
  });

  test('marks an image whose thread died as unreported, so that it runs alone when that happens again', () => {
    expect(decideOutcome({ attempts: 1, reports: 0 }, failure('worker_crashed', true), 5, 0)).toMatchObject({
      kind: 'again',
      reported: false,
    });
  });
});

describe('an image whose process or thread died', () => {
  test('may have been next to the one that did it: once is chance, after that it is quarantined', () => {
    expect([1, 2, 3].map((attempts) => mustRunAlone({ attempts, reports: 0 }))).toEqual([false, false, true]);
    expect(mustRunAlone({ attempts: 4, reports: 3 })).toBe(false);
  });

  test('is given up when its attempts are used, and never before it has died alone', () => {
    expect(isGivenUp({ attempts: 5, reports: 0 }, 5)).toBe(false);
    expect(isGivenUp({ attempts: 6, reports: 0 }, 5)).toBe(true);
    expect([2, 3, 4].map((attempts) => isGivenUp({ attempts, reports: 0 }, 1))).toEqual([false, false, true]);
    expect(isGivenUp({ attempts: 6, reports: 4 }, 5)).toBe(false);
  });

  test('the same holds for a thread that dies: with others in flight it does not count against the image', () => {
    const crash = failure('worker_crashed', true);
    expect(decideOutcome({ attempts: 1, reports: 0 }, crash, 1, 0)).toMatchObject({ kind: 'again' });
    expect(decideOutcome({ attempts: 3, reports: 0 }, crash, 1, 0)).toMatchObject({ kind: 'failed' });
  });
});

describe('retryDelayMs', () => {
  test('doubles, and half of it is random', () => {
    expect([1, 2, 3].map((attempts) => retryDelayMs(attempts, undefined, 0))).toEqual([500, 1000, 2000]);
    expect(retryDelayMs(1, undefined, 0.5)).toBe(750);
  });

  test('waits as long as the server asks, up to a quarter of an hour', () => {
    expect(retryDelayMs(1, 20_000, 0)).toBe(20_000);
    expect(retryDelayMs(1, 86_400_000, 0)).toBe(900_000);
  });

  test('stays within a minute by itself', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (attempts, random) => {
          const delay = retryDelayMs(attempts, undefined, random);
          return delay >= 500 && delay <= 60_000;
        },
      ),
    );
  });
});

test('an expired lease is a claim that ended without a report, the current one excepted', () => {
  expect(expiredLeases({ attempts: 1, reports: 0 })).toBe(0);
  expect(expiredLeases({ attempts: 2, reports: 1 })).toBe(0);
  expect(expiredLeases({ attempts: 3, reports: 1 })).toBe(1);
  expect(expiredLeases({ attempts: 0, reports: 0 })).toBe(0);
});

describe('finalState', () => {
  const counts = (completed: number, failed: number) => ({ ...NO_COUNTS, completed, failed });
  test.each([
    ['processing', 3, 0, 'completed'],
    ['processing', 2, 1, 'completed_with_errors'],
    ['processing', 0, 3, 'failed'],
    ['queued', 0, 1, 'failed'],
    ['cancelling', 2, 0, 'cancelled'],
  ] as const)('%s with %i completed and %i failed ends as %4$s', (state, completed, failed, expected) => {
    expect(finalState(state, counts(completed, failed))).toBe(expected);
    expect(isFinal(expected)).toBe(true);
    expect(isFinal(state)).toBe(false);
  });
});

test('100 percent only when every image is finished', () => {
  expect(percentDone(0, 0)).toBe(0);
  expect(percentDone(999, 1000)).toBe(99);
  expect(percentDone(199_999, 200_000)).toBe(99);
  expect(percentDone(1000, 1000)).toBe(100);
  expect(percentDone(1, 3)).toBe(33);
});
