import fc from 'fast-check';
import { DEFAULT_SCHEDULE, LONGEST_PAUSE_MS, nextStep } from '../../src/webhooks/schedule.ts';

const middle = 0.5;
const minutes = (count: number): number => count * 60_000;

describe('nextStep', () => {
  it.each([200, 201, 202, 204, 299])('counts %i as delivered', (status) => {
    expect(nextStep({ status, tries: 1 }, DEFAULT_SCHEDULE, middle)).toEqual({ kind: 'end', state: 'delivered' });
  });

  it('ends at 410, regardless of the remaining attempts', () => {
    expect(nextStep({ status: 410, tries: 1 }, DEFAULT_SCHEDULE, middle)).toEqual({ kind: 'end', state: 'gone' });
  });

  it.each([null, 301, 302, 308, 400, 404, 429, 500, 503])('retries after %s', (status) => {
    expect(nextStep({ status, tries: 1 }, DEFAULT_SCHEDULE, middle)).toEqual({ kind: 'again', delayMs: 5_000 });
  });

  it('follows the documented pauses and then fails', () => {
    const steps = Array.from({ length: 10 }, (_, i) =>
      nextStep({ status: 500, tries: i + 1 }, DEFAULT_SCHEDULE, middle),
    );
    const hours = [2, 5, 10, 14, 20, 24].map((count) => minutes(count * 60));
    expect(steps).toEqual([
      ...[5_000, minutes(5), minutes(30), ...hours].map((delayMs) => ({ kind: 'again', delayMs })),
      { kind: 'end', state: 'failed' },
    ]);
  });

  it('varies every pause by at most 20% either way', () => {
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(random, fc.integer({ min: 1, max: 9 }), (at, tries) => {
        const step = nextStep({ status: null, tries }, DEFAULT_SCHEDULE, at);
        const pause = DEFAULT_SCHEDULE[tries - 1] ?? 0;
        if (step.kind !== 'again') throw new Error('ended early');
        expect(step.delayMs).toBeGreaterThanOrEqual(pause * 0.8 - 1);
        expect(step.delayMs).toBeLessThanOrEqual(pause * 1.2 + 1);
      }),
    );
    expect(nextStep({ status: 500, tries: 1 }, DEFAULT_SCHEDULE, 0)).toEqual({ kind: 'again', delayMs: 4_000 });
  });

  it.each([429, 503])('waits for Retry-After of a %i, at most a day', (status) => {
    const delay = (retryAfterMs: number) => nextStep({ status, retryAfterMs, tries: 1 }, DEFAULT_SCHEDULE, middle);
    expect(delay(60_000)).toEqual({ kind: 'again', delayMs: 60_000 });
    expect(delay(LONGEST_PAUSE_MS * 30)).toEqual({ kind: 'again', delayMs: LONGEST_PAUSE_MS });
    expect(delay(1_000)).toEqual({ kind: 'again', delayMs: 5_000 });
  });

  it('ignores Retry-After of other statuses', () => {
    const step = nextStep({ status: 500, retryAfterMs: minutes(60), tries: 1 }, DEFAULT_SCHEDULE, middle);
    expect(step).toEqual({ kind: 'again', delayMs: 5_000 });
  });
});
