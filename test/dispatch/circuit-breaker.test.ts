import { createStoreGate } from '../../src/dispatch/circuit-breaker.ts';

const gated = () => {
  const world = { now: 0, broken: false };
  const check = async (): Promise<void> => {
    if (world.broken) throw new Error('away');
  };
  return { world, gate: createStoreGate(check, () => world.now) };
};

test('is open until something could not be stored', async () => {
  const { gate } = gated();
  expect(await gate.allowance(12, 5)).toBe(12);
  expect(gate.fault()).toBeNull();
});

test('closes, lets one try after a pause, and opens when that one was stored', async () => {
  const { world, gate } = gated();
  gate.failed('full');
  expect(gate.fault()).toBe('full');
  expect(await gate.allowance(12, 0)).toBe(0);
  world.now = 1_000;
  expect(await gate.allowance(12, 1)).toBe(0);
  expect(await gate.allowance(12, 0)).toBe(1);
  gate.worked();
  expect(gate.fault()).toBeNull();
  expect(await gate.allowance(12, 3)).toBe(12);
});

test('failures that come together count once; each trial that fails doubles the pause, up to 15 seconds', async () => {
  const { world, gate } = gated();
  for (let n = 0; n < 12; n += 1) gate.failed('full');
  const pauses: number[] = [];
  for (let round = 0; round < 6; round += 1) {
    const begun = world.now;
    while ((await gate.allowance(1, 0)) === 0) world.now += 500;
    pauses.push(world.now - begun);
    gate.failed('full');
  }
  expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
});

test('sends no image ahead while the store itself says that it takes nothing', async () => {
  const { world, gate } = gated();
  gate.failed('away');
  world.broken = true;
  world.now = 1_000;
  expect(await gate.allowance(12, 0)).toBe(0);
  world.broken = false;
  expect(await gate.allowance(12, 0)).toBe(0);
  world.now = 3_000;
  expect(await gate.allowance(12, 0)).toBe(1);
});

test('forgets a fault that nothing has confirmed for a minute', () => {
  const { world, gate } = gated();
  gate.failed('full');
  world.now = 60_000;
  expect(gate.fault()).toBeNull();
});
