import { createCircuitBreaker } from '../../../src/dispatch/scheduling/circuit-breaker.ts';

const clocked = () => {
  const world = { now: 0, broken: false };
  const breaker = createCircuitBreaker(() => world.now);
  /** How many images may start, after the store was asked where the breaker wants that. */
  const allowance = (room: number, inFlight: number): number => {
    const first = breaker.allowance(room, inFlight);
    if (first !== 'check') return first;
    breaker.recordCheck(!world.broken);
    const second = breaker.allowance(room, inFlight);
    return second === 'check' ? 0 : second;
  };
  return { world, breaker, allowance };
};

test('is closed until something could not be stored', () => {
  const { breaker, allowance } = clocked();
  expect(allowance(12, 5)).toBe(12);
  expect(breaker.failure()).toBeNull();
});

test('opens, lets one try after a pause, and closes when that one was stored', () => {
  const { world, breaker, allowance } = clocked();
  breaker.recordFailure('full');
  expect(breaker.failure()).toBe('full');
  expect(allowance(12, 0)).toBe(0);
  world.now = 1_000;
  expect(allowance(12, 1)).toBe(0);
  expect(allowance(12, 0)).toBe(1);
  breaker.recordSuccess();
  expect(breaker.failure()).toBeNull();
  expect(allowance(12, 3)).toBe(12);
});

test('failures that come together count once; each trial that fails doubles the pause, up to 15 seconds', () => {
  const { world, breaker, allowance } = clocked();
  for (let n = 0; n < 12; n += 1) breaker.recordFailure('full');
  const pauses: number[] = [];
  for (let round = 0; round < 6; round += 1) {
    const begun = world.now;
    while (allowance(1, 0) === 0) world.now += 500;
    pauses.push(world.now - begun);
    breaker.recordFailure('full');
  }
  expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
});

test('tries no image while the store itself says that it takes nothing', () => {
  const { world, breaker, allowance } = clocked();
  breaker.recordFailure('unreachable');
  world.broken = true;
  world.now = 1_000;
  expect(allowance(12, 0)).toBe(0);
  world.broken = false;
  expect(allowance(12, 0)).toBe(0);
  world.now = 3_000;
  expect(allowance(12, 0)).toBe(1);
});

test('forgets a failure that nothing has confirmed for a minute', () => {
  const { world, breaker } = clocked();
  breaker.recordFailure('full');
  world.now = 60_000;
  expect(breaker.failure()).toBeNull();
});
