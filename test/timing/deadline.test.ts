import { DeadlineExceeded, settlesWithin, withDeadline } from '../../src/timing/deadline.ts';

const never = new Promise<never>(() => {});

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

test('work that is done in time gives its result, or fails as it does, and leaves no timer', async () => {
  expect(await withDeadline(1_000, async () => 'done')).toBe('done');
  await expect(
    withDeadline(1_000, async () => {
      throw new Error('broken');
    }),
  ).rejects.toThrow('broken');
  expect(jest.getTimerCount()).toBe(0);
});

test('work that takes longer has its signal aborted, and its late failure is no unhandled rejection', async () => {
  let signal: AbortSignal | undefined;
  let fail = (_error: Error): void => {};
  const work = withDeadline(1_000, (own) => {
    signal = own;
    return new Promise<never>((_, reject) => {
      fail = reject;
    });
  });
  const outcome = expect(work).rejects.toBeInstanceOf(DeadlineExceeded);
  jest.advanceTimersByTime(999);
  expect(signal?.aborted).toBe(false);
  jest.advanceTimersByTime(1);
  await outcome;
  expect(signal?.aborted).toBe(true);
  fail(new Error('late'));
  await Promise.resolve();
});

test('waits for work until it settles, at most so long', async () => {
  expect(await settlesWithin(Promise.reject(new Error('settled')), 1_000)).toBe(true);
  const waiting = settlesWithin(never, 1_000);
  jest.advanceTimersByTime(1_000);
  expect(await waiting).toBe(false);
  expect(jest.getTimerCount()).toBe(0);
});
