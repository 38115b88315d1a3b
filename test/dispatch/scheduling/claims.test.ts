import { claimFor } from '../../../src/dispatch/scheduling/claims.ts';
import type { RequestSchedule } from '../../../src/dispatch/scheduling/fair-queue.ts';
import { NO_COUNTS } from '../../../src/requests/types.ts';

const requestOf = (_id: string, total: number, inFlight: number): RequestSchedule => ({
  request: {
    ...{ _id, state: 'processing', run: 1, options: { quality: 50, format: 'jpeg' }, total, counters: NO_COUNTS },
  },
  ...{ since: 0, inFlight, lastGranted: 1, pausedUntil: 0, rest: { askAt: 0, mayHaveEnded: false } },
  ...{ saturatedHosts: [], unfinished: total, completing: false },
});

const claim = (candidates: readonly RequestSchedule[], wanted: number) => {
  const [first] = candidates;
  if (first === undefined) throw new Error('missing');
  const query = claimFor(candidates, first, wanted);
  if (query.type !== 'claim') throw new Error(query.type);
  return { of: query.requests.map(({ _id }) => _id), wanted: query.wanted };
};
const large = (_id: string, inFlight = 0) => requestOf(_id, 1_000, inFlight);
const small = (_id: string, inFlight = 0) => requestOf(_id, 3, inFlight);

test('large requests share one claim', () => {
  expect(claim([large('a'), large('b'), large('c'), large('d')], 8)).toEqual({ of: ['a', 'b', 'c', 'd'], wanted: 8 });
  expect(claim([large('a'), large('b'), large('c')], 2)).toEqual({ of: ['a', 'b'], wanted: 2 });
});

test('requests that have more in flight than the others would get wait', () => {
  expect(claim([large('new'), large('old', 8)], 4)).toEqual({ of: ['new'], wanted: 4 });
  expect(claim([large('new'), large('old', 3)], 4)).toEqual({ of: ['new', 'old'], wanted: 4 });
  expect(claim([large('a', 20), large('b', 20)], 4)).toEqual({ of: ['a', 'b'], wanted: 4 });
});

test('what large requests leave is for small ones of the same rank', () => {
  expect(claim([large('a'), small('s'), small('t'), large('b')], 8)).toEqual({ of: ['a', 'b'], wanted: 4 });
  expect(claim([large('a'), small('s', 2)], 8)).toEqual({ of: ['a'], wanted: 8 });
});

test('small requests are claimed for together, those of the same rank', () => {
  expect(claim([small('s'), small('t'), large('a'), small('u', 1)], 8)).toEqual({ of: ['s', 't'], wanted: 4 });
});
