import { createReturns } from '../../src/dispatch/returns.ts';

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate'] });
});
afterEach(() => {
  jest.useRealTimers();
});

/** Lets every promise that can go on do so. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

const manual = () => {
  const told: (readonly string[])[] = [];
  const errors: unknown[] = [];
  const state = { fails: false };
  const markReturns = async (requestIds: readonly string[]): Promise<void> => {
    if (state.fails) throw new Error('the database is gone');
    told.push(requestIds);
  };
  const returns = createReturns({ markReturns }, (error) => errors.push(error));
  const pass = async (ms: number): Promise<void> => {
    jest.advanceTimersByTime(ms);
    await turn();
  };
  return { told, errors, state, returns, pass };
};

test('tells at once, and then what came meanwhile every half second, each request once', async () => {
  const { told, returns, pass } = manual();
  returns.add(['a']);
  await pass(1);
  expect(told).toEqual([['a']]);
  for (const id of ['b', 'a', 'b']) returns.add([id]);
  await pass(400);
  expect(told).toHaveLength(1);
  await pass(100);
  expect(told).toEqual([['a'], ['b', 'a']]);
  await pass(10_000);
  expect(told).toHaveLength(2);
});

test('what could not be told is told later', async () => {
  const { told, errors, state, returns, pass } = manual();
  state.fails = true;
  returns.add(['a']);
  await pass(1);
  expect(errors).toHaveLength(1);
  returns.add(['b']);
  state.fails = false;
  await pass(500);
  expect(told).toEqual([['a', 'b']]);
});

test('a stop tells what is left at once, and no more', async () => {
  const { told, state, returns, pass } = manual();
  returns.add(['a']);
  await pass(1);
  returns.add(['b']);
  await returns.stop();
  expect(told).toEqual([['a'], ['b']]);
  state.fails = true;
  returns.add(['c']);
  await returns.stop();
  await pass(10_000);
  expect(told).toEqual([['a'], ['b']]);
});
