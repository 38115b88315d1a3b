import { createWriteProbe } from '../../src/database/write-probe.ts';

/** A database whose writes end when the test says so, and a clock. */
const setUp = () => {
  let time = 0;
  const pending: { readonly done: () => void; readonly fail: (error: unknown) => void }[] = [];
  let writes = 0;
  const probe = createWriteProbe(
    () =>
      new Promise((done, fail) => {
        writes += 1;
        pending.push({ done, fail });
      }),
    () => time,
  );
  return {
    probe,
    writes: () => writes,
    pass: (ms: number) => {
      time += ms;
    },
    end: async (error?: unknown): Promise<void> => {
      const write = pending.shift();
      if (error === undefined) write?.done();
      else write?.fail(error);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
};

const LOST = Object.assign(new Error('waiting for replication timed out'), {
  code: 64,
  codeName: 'WriteConcernTimeout',
});

test('a write that succeeds is good for five seconds, for any number of callers', async () => {
  const { probe, writes, pass, end } = setUp();
  const checks = [probe.check(), probe.check(), probe.check()];
  await end();
  await Promise.all(checks);
  pass(4_999);
  await probe.check();
  expect(writes()).toBe(1);
  pass(1);
  const next = probe.check();
  await end();
  await next;
  expect(writes()).toBe(2);
});

test('a write that fails is reported with its name, asked again once a second, and over by itself', async () => {
  const { probe, writes, pass, end } = setUp();
  const check = probe.check();
  const failed = expect(check).rejects.toMatchObject({
    code: 'database_unavailable',
    message: expect.stringContaining('accepts no writes at the moment (WriteConcernTimeout)'),
  });
  await end(LOST);
  await failed;
  pass(999);
  await expect(probe.check()).rejects.toThrow('accepts no writes');
  expect(writes()).toBe(1);
  pass(1);
  await expect(probe.check()).rejects.toThrow('accepts no writes');
  await expect(probe.check()).rejects.toThrow('accepts no writes');
  expect(writes()).toBe(2);
  await end();
  await probe.check();
});

test('a write that hangs is a failure, nothing else is written meanwhile, and its end is its recovery', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'performance'] });
  try {
    const { probe, writes, pass, end } = setUp();
    const hangs = expect(probe.check()).rejects.toThrow('accepts no writes');
    await jest.advanceTimersByTimeAsync(3_000);
    await hangs;
    pass(20_000);
    await expect(probe.check()).rejects.toThrow('accepts no writes');
    expect(writes()).toBe(1);
    await end();
    await probe.check();
  } finally {
    jest.useRealTimers();
  }
});

test('after a write that failed elsewhere, the next check writes', async () => {
  const { probe, writes, end } = setUp();
  const first = probe.check();
  await end();
  await first;
  probe.doubt();
  const second = expect(probe.check()).rejects.toThrow('accepts no writes');
  await end(LOST);
  await second;
  expect(writes()).toBe(2);
});
