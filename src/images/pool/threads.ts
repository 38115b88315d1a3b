import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import v8 from 'node:v8';
import type { MessagePort, Worker } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { settlesWithin } from '../../timing/deadline.ts';
import type { ImageResult, ImageTask } from '../task.ts';
import { isIntroduction, type PoolMessage, type Share, type ThreadMessage } from './channel.ts';
import { LOOK_MS, type OpenThreads } from './open-threads.ts';

/** What a worker is sent at start-up; it answers `true`. */
export interface ProbeTask {
  readonly probe: true;
}

/** A task as it goes to a thread, with the number under which the pool knows it. */
export type TicketedTask = ImageTask & { readonly ticket: number };

export interface ThreadsOptions {
  /** Path of the built worker, `dist/worker.js`. */
  readonly workerFile: string;
  readonly threads: number;
  /** Images in flight in each thread. */
  readonly tasksPerThread: number;
  /** Heap of a thread, with its buffers, below which V8 makes no full collection; absent: as V8 decides. */
  readonly heapBytes?: number;
  /** Passed to every thread as it starts; plain data. */
  readonly workerData: unknown;
}

/** Overcommit factor: tasks per thread, counting those blocked on slow hosts, and images claimed ahead. */
export const OVERCOMMIT = 3;

const MIB = 1024 * 1024;
/** About what V8 starts with; a smaller heap would not help. */
const LEAST_HEAP_MB = 16;

/**
 * For threads that start from now on. V8 counts bodies and socket reads as a part of the heap, so with its own first limit
 * of a few MiB every seventh image costs a full collection (docs/decisions/0060-cpu-of-an-image.md).
 */
const setHeap = (bytes: number): void => {
  const mebibytes = Math.floor(bytes / MIB);
  if (mebibytes >= LEAST_HEAP_MB) v8.setFlagsFromString(`--initial-old-space-size=${mebibytes}`);
};

type LoadBalancer = NonNullable<NonNullable<ConstructorParameters<typeof Piscina>[0]>['loadBalancer']>;
type Thread = Parameters<LoadBalancer>[1][number];

export type Threads = ReturnType<typeof startThreads>;

/** Measures how busy event loops are. */
const createUtilization = () => {
  const before = new WeakMap<object, EventLoopUtilization>();
  return {
    /** The part of their time that they have been busy since the last call, 0 to 1; the mean of all. */
    meanOf(threads: readonly Worker[]): number {
      const shares = threads.map((thread) => {
        const since = before.get(thread);
        const now = thread.performance.eventLoopUtilization();
        before.set(thread, now);
        return since === undefined ? 0 : performance.eventLoopUtilization(now, since).utilization;
      });
      return shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length);
    },
  };
};

/**
 * One generation of threads.
 * @param open how many of them get images; outlives a generation
 * @param onMessage called with what a thread sends, and with how to grant what it asks for
 */
export const startThreads = (
  { workerFile, threads, tasksPerThread, heapBytes, workerData }: ThreadsOptions,
  open: OpenThreads,
  onMessage: (message: ThreadMessage, grant: () => void) => void,
) => {
  if (heapBytes !== undefined) setHeap(heapBytes);
  const most = threads * tasksPerThread * OVERCOMMIT;
  const channels = new Map<number, MessagePort>();
  const measured = createUtilization();
  const looked = createUtilization();
  let lookedAt = performance.now();
  let ending = false;

  /** The open threads: those that have been there longest. */
  const opened = (): number[] => [...channels.keys()].sort((a, b) => a - b).slice(0, open.count());

  const divide = (): void => {
    const ids = opened();
    for (const [id, channel] of channels) {
      const position = ids.indexOf(id);
      const share: Share = { among: open.count(), position: position === -1 ? null : position };
      channel.postMessage({ type: 'share', share } satisfies PoolMessage);
    }
  };

  const look = (ids: readonly number[], last: Thread | undefined): void => {
    const now = performance.now();
    if (now - lookedAt < LOOK_MS) return;
    lookedAt = now;
    const before = open.count();
    const utilization = looked.meanOf(piscina.threads.filter(({ threadId }) => ids.includes(threadId)));
    open.look(utilization, last?.currentUsage === 0, now);
    if (open.count() !== before) divide();
  };

  /** The open thread with the fewest tasks. */
  const balance: LoadBalancer = (_task, ready) => {
    const ids = opened();
    const known = ids.map((id) => ready.find((thread) => thread.id === id)).filter((thread) => thread !== undefined);
    look(ids, known.at(-1));
    // Before the first of them has introduced itself, any.
    const least = (known.length > 0 ? known : ready).reduce<Thread | null>(
      (best, thread) => (best === null || thread.currentUsage < best.currentUsage ? thread : best),
      null,
    );
    return least !== null && least.currentUsage < Math.ceil(most / open.count()) ? least : null;
  };

  const piscina = new Piscina<TicketedTask | ProbeTask, ImageResult | true>({
    filename: workerFile,
    workerData,
    minThreads: threads,
    maxThreads: threads,
    concurrentTasksPerWorker: most,
    loadBalancer: balance,
    // Waiting on Atomics would freeze a thread between tasks, and with it the connections that it keeps open.
    atomics: 'disabled',
    recordTiming: false,
  });
  // A crash rejects the worker's tasks; it is reported there.
  piscina.on('error', () => {});
  piscina.on('message', (message: unknown) => {
    if (!isIntroduction(message)) return;
    const { thread, channel } = message;
    channels.set(thread, channel);
    channel.on('close', () => {
      channels.delete(thread);
      if (ending) return;
      open.spread(performance.now());
      divide();
    });
    channel.on('message', (sent: ThreadMessage) => {
      const { ticket } = sent;
      onMessage(sent, () => channel.postMessage({ ticket, type: 'granted' } satisfies PoolMessage));
    });
    channel.unref();
    divide();
  });
  const pending = new Set<Promise<unknown>>();

  return {
    probe: (): Promise<unknown> => piscina.run({ probe: true }),
    run: (task: TicketedTask): Promise<ImageResult> => piscina.run(task) as Promise<ImageResult>,
    /** Which thread has the task is not known before it asks for something, so all of them get the message. */
    cancel(ticket: number): void {
      for (const channel of channels.values()) channel.postMessage({ ticket, type: 'cancelled' } satisfies PoolMessage);
    },
    queued: (): number => piscina.queueSize,
    /** The share of its time that a thread's event loop has been busy since the last call, 0 to 1; the mean of all threads. */
    utilization: (): number => measured.meanOf(piscina.threads),
    /** Keeps the threads until this has settled. */
    keepFor(work: Promise<unknown>): void {
      const settled = work.then(
        () => {},
        () => {},
      );
      pending.add(settled);
      void settled.then(() => pending.delete(settled));
    },
    /** Waits for what is in flight, at most `graceMs`, and ends the threads; Piscina's own close() would reject it. */
    async end(graceMs: number): Promise<void> {
      await settlesWithin(Promise.all(pending), graceMs);
      ending = true;
      await piscina.destroy();
    },
  };
};
