import { NO_COUNTS, type RequestState } from '../../src/requests/types.ts';
import type { ListedRequest } from '../../src/results/listing.ts';
import { createWatching, type Watcher } from '../../src/results/progress-events.ts';
import { waitFor } from '../support/service.ts';

const EVERY_MS = 20;

/** A database of a few requests that counts what it is asked, and may be held up or away. */
const fakeDatabase = () => {
  const requests = new Map<string, ListedRequest>();
  const asked: (readonly string[])[] = [];
  const database = {
    asked,
    failure: null as Error | null,
    hold: null as Promise<void> | null,
    put(id: string, state: RequestState, completed = 0) {
      requests.set(id, {
        ...{ _id: id, state, createdAt: new Date(0), total: 10, counters: { ...NO_COUNTS, completed } },
        options: { quality: 50, format: 'jpeg' },
      });
    },
    remove: (id: string) => requests.delete(id),
    async read(ids: readonly string[]) {
      asked.push(ids);
      const found = ids.flatMap((id) => requests.get(id) ?? []);
      await database.hold;
      if (database.failure !== null) throw database.failure;
      return found;
    },
  };
  return database;
};

const setup = () => {
  const database = fakeDatabase();
  const warnings: string[] = [];
  const log = { warn: (_facts: object, message: string) => warnings.push(message) };
  return { database, warnings, watch: createWatching({ read: database.read, log, everyMs: EVERY_MS }) };
};

const recorder = () => {
  const told: string[] = [];
  const watcher: Watcher = {
    onState: ({ data }) => {
      const { status, progress } = JSON.parse(data);
      told.push(`${status} ${progress.completed}`);
    },
    onGone: () => told.push('gone'),
    onFailed: () => told.push('failed'),
  };
  return { told, watcher };
};

const until = (look: () => boolean) => waitFor(async () => look(), 5_000);

test('tells the state as it is, each change once, and the end last', async () => {
  const { database, watch } = setup();
  database.put('a', 'processing', 1);
  const { told, watcher } = recorder();
  watch('default', 'a', watcher);
  await until(() => database.asked.length > 4);
  expect(told).toEqual(['processing 1']);
  database.put('a', 'processing', 2);
  await until(() => told.length === 2);
  database.put('a', 'completed', 10);
  await until(() => told.length === 3);
  expect(told).toEqual(['processing 1', 'processing 2', 'completed 10']);
});

test('reads nothing before the first comes and after the last has left', async () => {
  const { database, watch } = setup();
  database.put('a', 'processing');
  expect(database.asked).toEqual([]);
  const leaves = [recorder(), recorder()].map(({ watcher }) => watch('default', 'a', watcher));
  await until(() => database.asked.length > 2);
  for (const leave of leaves) leave();
  const { length } = database.asked;
  await new Promise((resolve) => setTimeout(resolve, 5 * EVERY_MS));
  expect(database.asked.length).toBeLessThanOrEqual(length + 1);
  // And begins again with the next.
  const { told, watcher } = recorder();
  watch('default', 'a', watcher);
  await until(() => told.length === 1);
});

test('several requests are read together, in queries of at most a hundred', async () => {
  const { database, watch } = setup();
  const ids = Array.from({ length: 250 }, (_, n) => `r${n}`);
  const recorders = ids.map((id) => {
    database.put(id, 'processing');
    const one = recorder();
    watch('default', id, one.watcher);
    return one;
  });
  await until(() => recorders.every(({ told }) => told.length === 1));
  // One for the first, three for those that came while it was read, and three for each poll meanwhile.
  expect(database.asked.length).toBeLessThanOrEqual(10);
  expect(Math.max(...database.asked.map(({ length }) => length))).toBe(100);
});

test('who comes while others watch is told at once, from what is known', async () => {
  const { database, watch } = setup();
  database.put('a', 'processing', 3);
  const first = recorder();
  watch('default', 'a', first.watcher);
  await until(() => first.told.length === 1);
  const { length } = database.asked;
  const second = recorder();
  watch('default', 'a', second.watcher);
  expect(second.told).toEqual(['processing 3']);
  expect(database.asked.length).toBe(length);
});

test('an end that was read before somebody came is not told to them: a retry may lie in between', async () => {
  const { database, watch } = setup();
  database.put('a', 'completed_with_errors', 9);
  let release = (): void => {};
  database.hold = new Promise((resolve) => {
    release = resolve;
  });
  const early = recorder();
  watch('default', 'a', early.watcher);
  await until(() => database.asked.length === 1);
  database.put('a', 'queued', 9);
  const late = recorder();
  watch('default', 'a', late.watcher);
  database.hold = null;
  release();
  await until(() => late.told.length === 1);
  expect(early.told).toEqual(['completed_with_errors 9']);
  expect(late.told).toEqual(['queued 9']);
});

test('a request that is not there, or no longer, is told so', async () => {
  const { database, watch } = setup();
  const unknown = recorder();
  watch('default', 'b', unknown.watcher);
  await until(() => unknown.told.length === 1);
  database.put('a', 'processing');
  const removed = recorder();
  watch('default', 'a', removed.watcher);
  await until(() => removed.told.length === 1);
  database.remove('a');
  await until(() => removed.told.length === 2);
  expect([unknown.told, removed.told]).toEqual([['gone'], ['processing 0', 'gone']]);
});

test('a failure ends those who know nothing yet; the others wait until the database is back', async () => {
  const { database, watch, warnings } = setup();
  database.put('a', 'processing', 1);
  const watching = recorder();
  watch('default', 'a', watching.watcher);
  await until(() => watching.told.length === 1);
  database.failure = new Error('away');
  const { length } = database.asked;
  const late = recorder();
  watch('default', 'b', late.watcher);
  await until(() => late.told.length === 1 && database.asked.length > length + 5);
  expect(late.told).toEqual(['failed']);
  expect(warnings).toHaveLength(1);
  database.put('a', 'processing', 2);
  database.failure = null;
  await until(() => watching.told.length === 2);
  expect(watching.told).toEqual(['processing 1', 'processing 2']);
});
