import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import v8 from 'node:v8';
import type { MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { settlesWithin } from '../../timing/deadline.ts';
import type { ImageResult, ImageTask } from '../task.ts';
import { isIntroduction, type PoolMessage, type ThreadMessage } from './channel.ts';

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

/** The thread with the fewest tasks. While threads are still loading, those that are ready do not take everything. */
const leastBusy =
  (threads: number, tasksPerThread: number): LoadBalancer =>
  (_task, ready) => {
    const limit = ready.length < threads ? tasksPerThread : tasksPerThread * OVERCOMMIT;
    const least = ready.reduce<Thread | null>(
      (best, thread) => (best === null || thread.currentUsage < best.currentUsage ? thread : best),
      null,
    );
    return least !== null && least.currentUsage < limit ? least : null;
  };

export type Threads = ReturnType<typeof startThreads>;

/**
 * One generation of threads.
 * @param onMessage called with what a thread sends, and with how to grant what it asks for
 */
export const startThreads = (
  { workerFile, threads, tasksPerThread, heapBytes, workerData }: ThreadsOptions,
  onMessage: (message: ThreadMessage, grant: () => void) => void,
) => {
  if (heapBytes !== undefined) setHeap(heapBytes);
  const piscina = new Piscina<TicketedTask | ProbeTask, ImageResult | true>({
    filename: workerFile,
    workerData,
    minThreads: threads,
    maxThreads: threads,
    concurrentTasksPerWorker: tasksPerThread * OVERCOMMIT,
    loadBalancer: leastBusy(threads, tasksPerThread),
    // Waiting on Atomics would freeze a thread between tasks, and with it the connections that it keeps open.
    atomics: 'disabled',
    recordTiming: false,
  });
  const channels = new Set<MessagePort>();
  // A crash rejects the worker's tasks; it is reported there.
  piscina.on('error', () => {});
  piscina.on('message', (message: unknown) => {
    if (!isIntroduction(message)) return;
    const { channel } = message;
    channels.add(channel);
    channel.on('close', () => channels.delete(channel));
    channel.on('message', (sent: ThreadMessage) => {
      const { ticket } = sent;
      onMessage(sent, () => channel.postMessage({ ticket, type: 'granted' } satisfies PoolMessage));
    });
    channel.unref();
  });
  const pending = new Set<Promise<unknown>>();
  const measured = new WeakMap<object, EventLoopUtilization>();

  return {
    probe: (): Promise<unknown> => piscina.run({ probe: true }),
    run: (task: TicketedTask): Promise<ImageResult> => piscina.run(task) as Promise<ImageResult>,
    /** Which thread has the task is not known before it asks for something, so all of them get the message. */
    cancel(ticket: number): void {
      for (const channel of channels) channel.postMessage({ ticket, type: 'cancelled' } satisfies PoolMessage);
    },
    queued: (): number => piscina.queueSize,
    /** The share of its time that a thread's event loop has been busy since the last call, 0 to 1; the mean of all threads. */
    utilization(): number {
      const shares = piscina.threads.map((thread) => {
        const since = measured.get(thread);
        const now = thread.performance.eventLoopUtilization();
        measured.set(thread, now);
        return since === undefined ? 0 : performance.eventLoopUtilization(now, since).utilization;
      });
      return shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length);
    },
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
      await piscina.destroy();
    },
  };
};
