import { mongo } from 'mongoose';
import { AppError } from '../../src/errors.ts';
import { createOutage, withoutOutages } from '../../src/service/outage.ts';

/** An outage whose probes are answered by hand. */
const world = () => {
  const lines: string[] = [];
  const note = (level: string) => (_facts: object, message: string) => void lines.push(`${level} ${message}`);
  const log = { debug: () => {}, info: note('info'), warn: note('warn') };
  const state = { now: 0, back: false, probes: 0 };
  const outage = createOutage({
    ...{ down: 'It is away', up: 'It is back', log, everyMs: 1, now: () => state.now },
    async probe() {
      state.probes += 1;
      if (!state.back) throw new Error('still away');
    },
  });
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await new Promise((next) => setTimeout(next, 1));
  };
  return { lines, log, state, outage, until };
};

test('an outage is one warning with its reason and one line at its end, however many notice it', async () => {
  const { lines, state, outage, until } = world();
  outage.failed(new Error('connect ECONNREFUSED'));
  outage.failed(new Error('another'));
  await until(() => state.probes > 2);
  expect(outage.isDown).toBe(true);
  state.back = true;
  await until(() => !outage.isDown);
  expect(lines).toEqual(['warn It is away: Error: connect ECONNREFUSED', 'info It is back']);

  // A call that began before the end fails late.
  const { probes } = state;
  outage.failed(new Error('late'));
  await until(() => state.probes > probes);
  await new Promise((next) => setImmediate(next));
  expect(lines).toHaveLength(2);
  // The next outage is one again.
  state.back = false;
  outage.failed(new AppError('storage_unavailable', 'The disk is full.'));
  await until(() => outage.isDown);
  expect(lines[2]).toBe('warn It is away: The disk is full.');
  outage.stop();
});

test('errors of an unreachable database are left to its outage, all others are logged', () => {
  const { lines, log, outage } = world();
  const quiet = withoutOutages(log, outage);
  quiet.warn({ err: new mongo.MongoNetworkError('connection closed') }, 'the sweeper failed');
  quiet.warn({ err: new TypeError('a bug') }, 'the reconciler failed');
  quiet.warn({}, 'no error');
  expect(lines).toEqual([
    'warn It is away: MongoNetworkError: connection closed',
    'warn the reconciler failed',
    'warn no error',
  ]);
  outage.stop();
});
