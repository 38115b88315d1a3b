import { jest } from '@jest/globals';
import { NO_COUNTS, type RequestState } from '../../src/requests/types.ts';
import type { ListedRequest } from '../../src/results/listing.ts';
import { createProgressEvents, type Watcher } from '../../src/results/progress-events.ts';

const EVERY_MS = 20;

/** A database with a few requests that records its reads and can stall or fail. */
const fakeDatabase = () => {
  const requests = new Map<string, ListedRequest>();
  const reads: (readonly string[])[] = [];
  const database = {
    reads,
    failure: null as Error | null,
    hold: null as Promise<void> | null,
    put(id: string, state: RequestState, completed = 0) {
      requests.set(id, {
        ...{ _id: id, state, run: 1, createdAt: new Date(0), total: 10, counters: { ...NO_COUNTS, completed } },
        options: { quality: 50, format: 'jpeg' },
      });
    },
    remove: (id: string) => requests.delete(id),
    async read(ids: readonly string[]) {
      reads.push(ids);
      const found = ids.flatMap((id) => requests.get(id) ?? []);
      await database.hold;
      if (database.failure !== null) throw database.failure;
      return found;
    },
  };
  return database;
};

const setup = (options: { everyMs?: number } = { everyMs: EVERY_MS }) => {
  const database = fakeDatabase();
  const warnings: string[] = [];
  const log = { warn: (_facts: object, message: string) => warnings.push(message) };
  return { database, warnings, watch: createProgressEvents({ read: database.read, log, ...options }) };
};

const recorder = () => {
  const events: string[] = [];
  const watcher: Watcher = {
    onState: ({ data }) => {
      const { status, progress } = JSON.parse(data);
      events.push(`${status} ${progress.completed}`);
    },
    onGone: () => events.push('gone'),
    onFailed: () => events.push('failed'),
  };
  return { events, watcher };
};

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** Moves the clock until this holds. */
const until = async (look: () => boolean): Promise<void> => {
  for (let steps = 0; !look(); steps += 1) {
    if (steps === 1_000) throw new Error('this does not come');
    await jest.advanceTimersByTimeAsync(EVERY_MS / 4);
  }
};

test('notifies of the current state, of each change once, and of the end last', async () => {
  const { database, watch } = setup();
  database.put('a', 'processing', 1);
  const { events, watcher } = recorder();
  watch('default', 'a', watcher);
  await until(() => database.reads.length > 4);
  expect(events).toEqual(['processing 1']);
  database.put('a', 'processing', 2);
  await until(() => events.length === 2);
  database.put('a', 'completed', 10);
  await until(() => events.length === 3);
  expect(events).toEqual(['processing 1', 'processing 2', 'completed 10']);
});

test('does not read without watchers', async () => {
  const { database, watch } = setup();
  database.put('a', 'processing');
  expect(database.reads).toEqual([]);
  const unsubscribes = [recorder(), recorder()].map(({ watcher }) => watch('default', 'a', watcher));
  await until(() => database.reads.length > 2);
  for (const unsubscribe of unsubscribes) unsubscribe();
  const { length } = database.reads;
  await jest.advanceTimersByTimeAsync(10 * 60_000);
  expect(database.reads.length).toBeLessThanOrEqual(length + 1);
  // The next watcher starts it again.
  const { events, watcher } = recorder();
  watch('default', 'a', watcher);
  await until(() => events.length === 1);
});

test('a change is reported within a second', async () => {
  const { database, watch } = setup({});
  database.put('a', 'processing', 1);
  const { events, watcher } = recorder();
  watch('default', 'a', watcher);
  await jest.advanceTimersByTimeAsync(0);
  for (const completed of [2, 3, 4]) {
    database.put('a', 'processing', completed);
    await jest.advanceTimersByTimeAsync(999);
    expect(events.at(-1)).toBe(`processing ${completed}`);
  }
});

test('several requests are read together, at most a hundred per query', async () => {
  const { database, watch } = setup();
  const ids = Array.from({ length: 250 }, (_, n) => `r${n}`);
  const recorders = ids.map((id) => {
    database.put(id, 'processing');
    const one = recorder();
    watch('default', id, one.watcher);
    return one;
  });
  await until(() => recorders.every(({ events }) => events.length === 1));
  // One for the first, three for those added during that read, and three for each poll meanwhile.
  expect(database.reads.length).toBeLessThanOrEqual(10);
  expect(Math.max(...database.reads.map(({ length }) => length))).toBe(100);
});

test('a further watcher is notified immediately, without a read', async () => {
  const { database, watch } = setup();
  database.put('a', 'processing', 3);
  const first = recorder();
  watch('default', 'a', first.watcher);
  await until(() => first.events.length === 1);
  const { length } = database.reads;
  const second = recorder();
  watch('default', 'a', second.watcher);
  expect(second.events).toEqual(['processing 3']);
  expect(database.reads.length).toBe(length);
});

test('an end read before a watcher subscribed is not reported to it, since a retry may have followed', async () => {
  const { database, watch } = setup();
  database.put('a', 'completed_with_errors', 9);
  let release = (): void => {};
  database.hold = new Promise((resolve) => {
    release = resolve;
  });
  const early = recorder();
  watch('default', 'a', early.watcher);
  await until(() => database.reads.length === 1);
  database.put('a', 'queued', 9);
  const late = recorder();
  watch('default', 'a', late.watcher);
  database.hold = null;
  release();
  await until(() => late.events.length === 1);
  expect(early.events).toEqual(['completed_with_errors 9']);
  expect(late.events).toEqual(['queued 9']);
});

test('a missing or removed request is reported as gone', async () => {
  const { database, watch } = setup();
  const unknown = recorder();
  watch('default', 'b', unknown.watcher);
  await until(() => unknown.events.length === 1);
  database.put('a', 'processing');
  const removed = recorder();
  watch('default', 'a', removed.watcher);
  await until(() => removed.events.length === 1);
  database.remove('a');
  await until(() => removed.events.length === 2);
  expect([unknown.events, removed.events]).toEqual([['gone'], ['processing 0', 'gone']]);
});

test('a read error ends watchers without a state; the others wait until the database is back', async () => {
  const { database, watch, warnings } = setup();
  database.put('a', 'processing', 1);
  const watching = recorder();
  watch('default', 'a', watching.watcher);
  await until(() => watching.events.length === 1);
  database.failure = new Error('unavailable');
  const { length } = database.reads;
  const late = recorder();
  watch('default', 'b', late.watcher);
  await until(() => late.events.length === 1 && database.reads.length > length + 5);
  expect(late.events).toEqual(['failed']);
  expect(warnings).toHaveLength(1);
  database.put('a', 'processing', 2);
  database.failure = null;
  await until(() => watching.events.length === 2);
  expect(watching.events).toEqual(['processing 1', 'processing 2']);
});
