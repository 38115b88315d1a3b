import { createStageWatch, createStageWriter } from '../../../src/images/pool/stage-deadline.ts';

const DEADLINES = { download: 60_000, decode: 30_000, encode: 120_000, store: 60_000 };

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const start = () => {
  const exceeded: string[] = [];
  const watch = createStageWatch(DEADLINES, (ticket, stage) => exceeded.push(`${ticket} ${stage}`));
  return { exceeded, watch, enter: createStageWriter(watch.shared) };
};

test('each stage ends at its own deadline, and the grace, and a new one begins anew', () => {
  const { exceeded, watch, enter } = start();
  for (const ticket of [1, 2, 3]) watch.add(ticket);
  jest.advanceTimersByTime(50_000);
  enter(2, 'decode');
  enter(3, 'waiting');
  jest.advanceTimersByTime(16_000);
  expect(exceeded).toEqual(['1 download']);
  jest.advanceTimersByTime(21_000);
  expect(exceeded).toEqual(['1 download', '2 decode']);
  // Waiting for memory or a turn has no deadline of its own.
  jest.advanceTimersByTime(1_000_000);
  enter(3, 'store');
  jest.advanceTimersByTime(70_000);
  expect(exceeded).toEqual(['1 download', '2 decode', '3 store']);
  watch.stop();
});

test('the time that a task waits for the pool does not count, and one that has ended is not watched', () => {
  const { exceeded, watch } = start();
  watch.add(7);
  watch.add(8);
  watch.remove(8);
  watch.pause(7, true);
  jest.advanceTimersByTime(500_000);
  watch.pause(7, false);
  jest.advanceTimersByTime(60_000);
  expect(exceeded).toEqual([]);
  jest.advanceTimersByTime(10_000);
  expect(exceeded).toEqual(['7 download']);
  watch.stop();
});
