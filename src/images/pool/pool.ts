import { AppError } from '../../errors.ts';
import { settlesWithin, withDeadline } from '../../timing/deadline.ts';
import type { ImagePool, ImageResult } from '../task.ts';
import type { DecodeRequest, ThreadMessage } from './channel.ts';
import { createDownloadRoom } from './download-room.ts';
import { loadOf } from './load.ts';
import { createOpenThreads } from './open-threads.ts';
import { createPixelBudget, type GiveBack } from './pixel-budget.ts';
import { createStageWatch, type StageDeadlines } from './stage-deadline.ts';
import { OVERCOMMIT, startThreads, type Threads, type ThreadsOptions } from './threads.ts';

export interface ImagePoolOptions extends ThreadsOptions {
  /** Pixels that all threads together may have decoded at the same time. */
  readonly maxPixelsInFlight: number;
  /** Bytes that decoding and encoding may take at the same time, by their estimates; absent: only pixels count. */
  readonly maxDecodeBytes?: number;
  /** Bytes of sources in memory at the same time, and of the largest one; absent: no bound. */
  readonly downloads?: { readonly most: number; readonly largest: number };
  readonly deadlines: StageDeadlines;
  /** How much later than its deadline a stage counts as hung, in milliseconds. */
  readonly graceMs?: number;
  /** Milliseconds for the first thread to answer at start-up. */
  readonly startMs?: number;
}

/** For threads to end after they are terminated; one inside an encoder ends when the encoder returns. */
const ENDING_MS = 500;

const crashed = (message: string): ImageResult => ({ ok: false, code: 'worker_crashed', message, retryable: true });

interface Ticket {
  /** Its stage has taken too long. */
  readonly onHung: (stage: string) => void;
  readonly onDownloaded: (roundTripMs?: number) => void;
  giveBack?: GiveBack;
  waitsForMemory: boolean;
}

/**
 * Starts the threads and waits until one of them answers.
 *
 * Each stage of an image has its deadline here as well, as a thread that hangs reports nothing. Which thread that is
 * cannot be known, so all of them are replaced: new images go to new threads, the old ones finish theirs and end.
 * @throws AppError `internal_error` when the worker cannot be loaded; its cause says why
 */
export const createImagePool = async (options: ImagePoolOptions): Promise<ImagePool> => {
  const { threads, tasksPerThread, deadlines, graceMs } = options;
  /** What a task takes at the most, unless it waits for memory or for its turn to encode. */
  const longestMs = Object.values(deadlines).reduce((sum, ms) => sum + ms, 0);
  const { maxPixelsInFlight, maxDecodeBytes = Number.POSITIVE_INFINITY } = options;
  // Pixels and bytes in one: where the larger of the two shares fits, both do.
  const budget = createPixelBudget(1);
  const shareOf = ({ pixels, bytes }: DecodeRequest): number =>
    Math.max(pixels / maxPixelsInFlight, bytes / maxDecodeBytes);
  const { most, largest } = options.downloads ?? { most: Number.POSITIVE_INFINITY, largest: 0 };
  const room = createDownloadRoom(most, largest);
  const tickets = new Map<number, Ticket>();
  let lastTicket = 0;
  let closing = false;

  const onMessage = (message: ThreadMessage, answer: () => void): void => {
    const ticket = tickets.get(message.ticket);
    if (ticket === undefined) return;
    if ('downloaded' in message) {
      ticket.onDownloaded(message.downloaded.roundTripMs);
      return;
    }
    ticket.waitsForMemory = true;
    const grant = (): void => {
      ticket.waitsForMemory = false;
      answer();
    };
    if ('hold' in message) {
      // Until then the thread waits for this process, and not the other way round.
      watch.pause(message.ticket, true);
      room.grow(message.ticket, message.hold, () => {
        watch.pause(message.ticket, false);
        grant();
      });
      return;
    }
    ticket.onDownloaded(message.roundTripMs);
    ticket.giveBack = budget.ask(shareOf(message), grant);
  };

  const watch = createStageWatch(deadlines, (number, stage) => tickets.get(number)?.onHung(stage), graceMs);
  const threadsOptions: ThreadsOptions = {
    ...options,
    workerData: { ...(options.workerData as object), stages: watch.shared },
  };
  const open = createOpenThreads(threads);
  let current = startThreads(threadsOptions, open, onMessage);
  const retired = new Set<Promise<void>>();

  const retire = (generation: Threads): void => {
    if (generation !== current || closing) return;
    open.spread(performance.now());
    current = startThreads(threadsOptions, open, onMessage);
    const ended = generation.end(longestMs).catch(() => {});
    retired.add(ended);
    void ended.then(() => retired.delete(ended));
  };

  const { startMs = 30_000 } = options;
  await withDeadline(startMs, () => current.probe()).catch(async (cause: unknown) => {
    watch.stop();
    await current.end(0);
    throw new AppError('internal_error', `The image worker ${options.workerFile} did not start.`, { cause });
  });

  const run: ImagePool['run'] = async (task, { onDownloaded = () => {}, signal } = {}) => {
    if (closing) return crashed('The server is stopping; the image will be retried.');
    const generation = current;
    lastTicket += 1;
    const number = lastTicket;
    let giveUp = (_result: ImageResult): void => {};
    const hung = new Promise<ImageResult>((resolve) => {
      giveUp = resolve;
    });
    const ticket: Ticket = {
      waitsForMemory: false,
      onDownloaded,
      onHung(stage) {
        retire(generation);
        giveUp(crashed(`The image kept its worker busy for too long (${stage}).`));
      },
    };
    tickets.set(number, ticket);
    watch.add(number);
    const running = generation.run({ ...task, ticket: number });
    // Whatever ends it, a thread that dies included. One that hangs keeps its memory until its threads are ended.
    const release = (): void => {
      ticket.giveBack?.();
      room.release(number);
      tickets.delete(number);
    };
    void running.then(release, release);
    const cancel = (): void => generation.cancel(number);
    signal?.addEventListener('abort', cancel, { once: true });
    const result = Promise.race([running, hung]).catch(() => crashed('A worker stopped while this image was in it.'));
    generation.keepFor(result);
    return result.finally(() => {
      watch.remove(number);
      signal?.removeEventListener('abort', cancel);
    });
  };

  return {
    capacity: threads * tasksPerThread,
    most: threads * tasksPerThread * OVERCOMMIT,
    queued: () => current.queued(),
    load: () => loadOf(tickets, watch.stageOf, current.utilization()),
    run,
    close: async (closeMs = longestMs) => {
      closing = true;
      await settlesWithin(Promise.all([current.end(closeMs), ...retired]), closeMs + ENDING_MS);
      watch.stop();
    },
  };
};
