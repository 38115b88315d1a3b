import type { ImageOutcome, ImageStore } from '../requests/image-store.ts';
import type { ActiveRequest, AddedCounts, RequestStore } from '../requests/request-store.ts';
import { type Counters, NO_COUNTS } from '../requests/types.ts';

export interface Written extends ImageOutcome {
  readonly request: ActiveRequest;
}

export interface ResultWriter {
  /**
   * Writes the outcome, together with others that come meanwhile; resolves to whether it was applied. The counters follow
   * up to a second later.
   */
  write(written: Written): Promise<boolean>;
  /** Writes all counters now. */
  settleCounts(): Promise<void>;
  /** Drops what is to be added to the counters of a request whose end has counted them. */
  dropCounts(request: ActiveRequest): void;
  /** Resolves when nothing is left to write. */
  idle(): Promise<void>;
}

export interface ResultWriterOptions {
  /** Whether the outcome may wait a moment for others to be written with it. */
  readonly mayWait: (written: Written) => boolean;
  /** For how long a write is repeated while it fails, in milliseconds. */
  readonly deadlineMs: number;
  /** Called after a failed write; resolves after a pause, to false when it should not be repeated. */
  readonly onFailure: (error: unknown) => Promise<boolean>;
}

/** Outcomes of one bulk write. */
const BATCH = 100;
/** How long an outcome waits for others, so that thirty images a second take five writes. */
const WAIT_MS = 200;
/**
 * Counters of all requests are written together, at most so often: all instances write to the same document of a request.
 */
const COUNT_EVERY_MS = 1_000;

/**
 * Collects outcomes for a moment and while the previous write is on its way, so that a busy service writes many images at
 * once. What nothing else can join is written at once. A write that fails is repeated until it succeeds or its deadline
 * passes; the lease filter drops what is stale by then. Counters are added up for a while and written together. Until then
 * they fall short, so whoever ends a request settles them first.
 */
export const createResultWriter = (
  images: Pick<ImageStore, 'finish'>,
  requests: Pick<RequestStore, 'addCounts'>,
  { mayWait, deadlineMs, onFailure }: ResultWriterOptions,
): ResultWriter => {
  let queued: { readonly written: Written; readonly since: number; readonly done: (applied: boolean) => void }[] = [];
  let isUrgent = false;
  let waiting: NodeJS.Timeout | undefined;
  let writing: Promise<void> | null = null;
  /** What is to be added to the counters. */
  const sums = new Map<string, AddedCounts & { readonly request: ActiveRequest }>();
  const counting = new Set<Promise<unknown>>();
  let countedAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  /** Resolves to the outcomes that were applied. */
  const writeBatch = async (batch: readonly Written[]): Promise<ReadonlySet<ImageOutcome>> => {
    const begun = performance.now();
    for (;;) {
      try {
        return new Set<ImageOutcome>(await images.finish(batch));
      } catch (error) {
        if (!(await onFailure(error)) || performance.now() - begun > deadlineMs) return new Set();
      }
    }
  };

  /** Counters may fall short, so an error here is not repeated; see RequestStore.addCounts. */
  const writeCounts = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    countedAt = performance.now();
    // A request whose images are all in this sum completes next, and is counted then.
    const taken = [...sums.values()].filter(({ request, added }) => ended(added) > 0 && ended(added) < request.total);
    sums.clear();
    if (taken.length > 0) {
      const counted: Promise<unknown> = Promise.allSettled([requests.addCounts(taken)]).then(() =>
        counting.delete(counted),
      );
      counting.add(counted);
    }
    await Promise.all(counting);
  };

  const count = (batch: readonly Written[]): void => {
    for (const written of batch) {
      const key = keyOf(written.request);
      const sum = sums.get(key) ?? { request: written.request, added: NO_COUNTS };
      sums.set(key, { ...sum, added: addOutcome(sum.added, written) });
    }
    timer ??= setTimeout(writeCounts, Math.max(0, countedAt + COUNT_EVERY_MS - performance.now()));
  };

  const writeQueued = async (): Promise<void> => {
    const batch = queued.slice(0, BATCH);
    queued = queued.slice(BATCH);
    isUrgent &&= queued.length > 0;
    const applied = await writeBatch(batch.map(({ written }) => written));
    count(batch.map(({ written }) => written).filter((written) => applied.has(written)));
    for (const { written, done } of batch) done(applied.has(written));
  };

  /** Writes what is due, or looks again when it is. */
  const advance = (): void => {
    const [first] = queued;
    if (writing !== null || first === undefined) return;
    clearTimeout(waiting);
    const waitMs = isUrgent || queued.length >= BATCH ? 0 : first.since + WAIT_MS - performance.now();
    if (waitMs > 0) {
      waiting = setTimeout(advance, waitMs);
      return;
    }
    writing = writeQueued().finally(() => {
      writing = null;
      advance();
    });
  };

  const writeNow = (): void => {
    isUrgent = queued.length > 0;
    advance();
  };

  return {
    write(written) {
      return new Promise((done) => {
        queued.push({ written, since: performance.now(), done });
        isUrgent ||= !mayWait(written);
        advance();
      });
    },
    settleCounts: writeCounts,
    dropCounts: (request) => sums.delete(keyOf(request)),
    async idle() {
      for (;;) {
        writeNow();
        if (writing === null && sums.size === 0 && counting.size === 0) return;
        await Promise.all([writing, writeCounts()]);
      }
    },
  };
};

const keyOf = ({ _id, run }: ActiveRequest): string => `${_id}:${run}`;

const ended = ({ completed, failed }: Counters): number => completed + failed;

const addOutcome = (sum: Counters, { outcome }: ImageOutcome): Counters => {
  if (outcome.kind === 'failed') return { ...sum, failed: sum.failed + 1 };
  if (outcome.kind === 'again') return sum;
  return {
    ...sum,
    completed: sum.completed + 1,
    bytesIn: sum.bytesIn + outcome.result.bytesIn,
    bytesOut: sum.bytesOut + outcome.result.bytesOut,
  };
};
