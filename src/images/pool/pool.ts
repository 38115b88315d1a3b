import { Piscina } from 'piscina';
import { AppError } from '../../errors.ts';
import { type ImageLimits, type ImagePool, type ImageResult, type ImageTask, MAX_ENCODE_SECONDS } from '../task.ts';
import { type Admitted, type Arrived, type Growing, isIntroduction } from './admission.ts';
import { createDownloadRoom } from './download-room.ts';
import { createPixelBudget, type GiveBack } from './pixel-budget.ts';

export interface ImagePoolOptions {
  /** Path of the built worker, `dist/worker.js`. */
  readonly workerFile: string;
  readonly threads: number;
  /** Images in work at the same time in each thread. */
  readonly tasksPerThread: number;
  /** Pixels that all threads together may have decoded at the same time. */
  readonly maxPixelsInFlight: number;
  /** Bytes that decoding and encoding may take at the same time, by their estimates; left out: pixels alone count. */
  readonly maxDecodeBytes?: number;
  /** Bytes of sources in memory at the same time, and of the largest one; left out: no bound. */
  readonly downloads?: { readonly most: number; readonly largest: number };
  /** Handed to every thread as it starts; plain data. */
  readonly workerData: unknown;
  /** Milliseconds after which a task counts as hung; see {@link longestTaskMs}. */
  readonly deadlineMs: number;
  /** Milliseconds for the first thread to answer at start-up. */
  readonly startMs?: number;
}

/** What a worker is sent at start-up; it answers `true`. */
export interface ProbeTask {
  readonly probe: true;
}

/** A task as it goes to a thread, with the number under which the pool knows it. */
export type TicketedTask = ImageTask & { readonly ticket: number };

/** So many times the tasks may be in a thread while some of them only wait for slow servers. */
const WAITING_BESIDE = 2;
const STORE_MS = 30_000;
/** For threads to end once they are told to; one that is inside an encoder ends when that is through. */
const ENDING_MS = 500;

/** Milliseconds that a task takes at the very most when nothing hangs: its download, its turn to encode, its store. */
export const longestTaskMs = (limits: ImageLimits, tasksBefore: number): number =>
  limits.maxDownloadSeconds * 1000 + tasksBefore * MAX_ENCODE_SECONDS * 1000 + STORE_MS;

const crashed = (message: string): ImageResult => ({ ok: false, code: 'worker_crashed', message, retryable: true });

/** Settles with the promise, or with `late()` when that takes longer than `ms`. */
const within = async <Value>(promise: Promise<Value>, ms: number, late: () => Value | never): Promise<Value> => {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, ms, null);
  });
  try {
    const first = await Promise.race([promise.then((value) => ({ value })), deadline]);
    return first ? first.value : late();
  } finally {
    clearTimeout(timer);
  }
};

/** The thread with the least in work. While threads are still loading, those that are ready do not take all there is. */
const leastBusy =
  (threads: number, tasksPerThread: number): PiscinaLoadBalancer =>
  (_task, ready) => {
    const limit = ready.length < threads ? tasksPerThread : tasksPerThread * WAITING_BESIDE;
    const least = ready.reduce<PiscinaWorker | null>(
      (best, worker) => (best === null || worker.currentUsage < best.currentUsage ? worker : best),
      null,
    );
    return least !== null && least.currentUsage < limit ? least : null;
  };

type PiscinaLoadBalancer = NonNullable<NonNullable<ConstructorParameters<typeof Piscina>[0]>['loadBalancer']>;
type PiscinaWorker = Parameters<PiscinaLoadBalancer>[1][number];

/** One generation of threads with the tasks that are in it. */
interface Generation {
  readonly piscina: Piscina<TicketedTask | ProbeTask, ImageResult | true>;
  readonly inWork: Set<Promise<unknown>>;
}

/**
 * Starts the threads and waits until one of them answers.
 *
 * Each task has a deadline of its own here, as a worker that hangs never tells. Its thread cannot be told from the
 * others, so the whole generation is replaced: new tasks go to new threads, the old ones finish theirs and end.
 * @throws AppError `internal_error` when the worker cannot be loaded; its cause says why
 */
export const createImagePool = async (options: ImagePoolOptions): Promise<ImagePool> => {
  const { threads, tasksPerThread, deadlineMs } = options;
  const { maxPixelsInFlight, maxDecodeBytes = Number.POSITIVE_INFINITY } = options;
  // Pixels and bytes in one: where the larger of the two shares fits, both do.
  const budget = createPixelBudget(1);
  const shareOf = ({ pixels, bytes }: Arrived): number => Math.max(pixels / maxPixelsInFlight, bytes / maxDecodeBytes);
  const { most, largest } = options.downloads ?? { most: Number.POSITIVE_INFINITY, largest: 0 };
  const room = createDownloadRoom(most, largest);
  const tickets = new Map<number, { readonly arrived: () => void; giveBack?: GiveBack }>();
  let lastTicket = 0;
  let closing = false;

  const begin = (): Generation => {
    const piscina = new Piscina<TicketedTask | ProbeTask, ImageResult | true>({
      filename: options.workerFile,
      workerData: options.workerData,
      minThreads: threads,
      maxThreads: threads,
      concurrentTasksPerWorker: tasksPerThread * WAITING_BESIDE,
      loadBalancer: leastBusy(threads, tasksPerThread),
      // Waiting on Atomics would freeze a thread between tasks, and with it the connections that it keeps open.
      atomics: 'disabled',
      recordTiming: false,
    });
    // A crash also rejects the tasks it took along, which is where it is told.
    piscina.on('error', () => {});
    piscina.on('message', (message: unknown) => {
      if (!isIntroduction(message)) return;
      const { admission } = message;
      admission.on('message', (question: Arrived | Growing) => {
        const { ticket } = question;
        const known = tickets.get(ticket);
        if (known === undefined) return;
        const go = (): void => admission.postMessage({ ticket } satisfies Admitted);
        if ('hold' in question) {
          room.grow(ticket, question.hold, go);
          return;
        }
        known.arrived();
        known.giveBack = budget.ask(shareOf(question), go);
      });
      admission.unref();
    });
    return { piscina, inWork: new Set() };
  };

  const submit = <Value>(generation: Generation, task: TicketedTask | ProbeTask): Promise<Value> => {
    const running = generation.piscina.run(task) as Promise<Value>;
    const settled = running.then(
      () => {},
      () => {},
    );
    generation.inWork.add(settled);
    void settled.then(() => generation.inWork.delete(settled));
    return running;
  };

  /** Lets what is in work finish, for one deadline at most; Piscina's own close() would reject it. */
  const end = async ({ piscina, inWork }: Generation, graceMs: number): Promise<void> => {
    await within(
      Promise.all(inWork).then(() => {}),
      graceMs,
      () => {},
    );
    await piscina.destroy();
  };

  let current = begin();
  const retired = new Set<Promise<void>>();

  const retire = (generation: Generation): void => {
    if (generation !== current || closing) return;
    current = begin();
    const ended = end(generation, deadlineMs).catch(() => {});
    retired.add(ended);
    void ended.then(() => retired.delete(ended));
  };

  const startMs = options.startMs ?? 30_000;
  try {
    await within(submit<true>(current, { probe: true }), startMs, () => {
      throw new Error(`no answer within ${startMs} ms`);
    });
  } catch (cause) {
    await current.piscina.destroy();
    throw new AppError('internal_error', `The image worker ${options.workerFile} did not start.`, { cause });
  }

  return {
    capacity: threads * tasksPerThread,
    most: threads * tasksPerThread * WAITING_BESIDE,
    queued: () => current.piscina.queueSize,
    run: async (task, arrived = () => {}) => {
      if (closing) return crashed('The server is stopping; the image is tried again later.');
      const generation = current;
      lastTicket += 1;
      const ticket = lastTicket;
      tickets.set(ticket, { arrived });
      const running = submit<ImageResult>(generation, { ...task, ticket });
      // Whatever ends it, a thread that dies included. One that hangs keeps its pixels until its threads are ended.
      const ended = (): void => {
        tickets.get(ticket)?.giveBack?.();
        room.release(ticket);
        tickets.delete(ticket);
      };
      void running.then(ended, ended);
      try {
        return await within(running, deadlineMs, () => {
          retire(generation);
          return crashed(`The image kept its worker busy for more than ${Math.round(deadlineMs / 1000)} seconds.`);
        });
      } catch {
        return crashed('A worker stopped while this image was in it.');
      }
    },
    close: async (graceMs = deadlineMs) => {
      closing = true;
      await within(
        Promise.all([end(current, graceMs), ...retired]).then(() => {}),
        graceMs + ENDING_MS,
        () => {},
      );
    },
  };
};
