import { createTimedCalls } from '../../src/timing/timed-calls.ts';

const late = (): Error => new Error('too late');

test('a call in time gives its result, or its own error', async () => {
  const calls = createTimedCalls(10_000, late);
  expect(await calls.inTime(async () => 7)).toBe(7);
  await expect(calls.inTime(() => Promise.reject(new Error('its own')))).rejects.toThrow('its own');
  expect(calls.goesOn()).toBe(false);
  await calls.ended();
});

test('a call that takes too long is given up, and its end can be waited for', async () => {
  const calls = createTimedCalls(1, late);
  let end = (_error: Error): void => undefined;
  const hangs = new Promise<never>((_, reject) => {
    end = reject;
  });
  await expect(calls.inTime(() => hangs)).rejects.toThrow('too late');
  expect(calls.goesOn()).toBe(true);
  const ended = calls.ended();
  end(new Error('closed'));
  await ended;
  expect(calls.goesOn()).toBe(false);
});
