import { createOpenThreads, partOf } from '../../../src/images/pool/open-threads.ts';

it('one thread has all images as long as it keeps up', () => {
  const open = createOpenThreads(3);
  for (let second = 0; second < 60; second += 1) open.look(0.6, true, second * 1_000);
  expect(open.count()).toBe(1);
});

it('opens one after the other while those that are open are busy, at most all', () => {
  const open = createOpenThreads(3);
  const counts = [0, 1, 2, 3].map((second) => {
    open.look(0.9, false, second * 1_000);
    return open.count();
  });
  expect(counts).toEqual([2, 3, 3, 3]);
});

it.each([
  ['closes the last one when it has nothing to do and the others have time', 0.1, true, 1],
  ['keeps one that still has images', 0.2, false, 2],
  ['keeps one without which the others would soon be busy', 0.3, true, 2],
])('%s', (_what, utilization, mayClose, expected) => {
  const open = createOpenThreads(2);
  open.look(0.9, false, 0);
  open.look(utilization, mayClose, 1_000);
  expect(open.count()).toBe(expected);
});

it('keeps the only thread of a pool', () => {
  const open = createOpenThreads(1);
  open.look(0, true, 0);
  open.look(1, true, 1_000);
  expect(open.count()).toBe(1);
});

it('after a crash all threads are open for ten minutes', () => {
  const open = createOpenThreads(3);
  open.spread(5_000);
  open.look(0, true, 604_999);
  expect(open.count()).toBe(3);
  open.look(0, true, 605_000);
  expect(open.count()).toBe(2);
});

it.each([
  [32, 3, [11, 11, 10]],
  [3, 1, [3]],
  [2, 3, [1, 1, 1]],
])('%i among %i is divided without a rest', (whole, among, parts) => {
  expect(Array.from({ length: among }, (_, position) => partOf(whole, among, position))).toEqual(parts);
});
