import { createProbes } from '../../../src/dispatch/scheduling/probes.ts';

const REQUESTS = 200_000;

test('the next question is known next to any number of requests at rest', () => {
  const probes = createProbes(
    () => 0,
    () => 0,
  );
  const resting = Array.from({ length: REQUESTS }, (_, n) => ({
    request: { total: 1 },
    rest: { askAt: REQUESTS - n, mayHaveEnded: false },
  }));
  expect(probes.nextAt(resting)).toBe(1);
  expect(probes.nextAt([])).toBe(Number.POSITIVE_INFINITY);
});
