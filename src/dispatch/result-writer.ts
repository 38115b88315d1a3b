import type { ImageOutcome, ImageStore } from '../requests/image-store.ts';
import type { ActiveRequest, RequestStore } from '../requests/request-store.ts';
import { type Counters, NO_COUNTS } from '../requests/types.ts';

export interface Written extends ImageOutcome {
  readonly request: ActiveRequest;
}

export interface ResultWriter {
  /** Writes the outcome, together with others that come meanwhile; resolves to whether it was applied. */
  write(written: Written): Promise<boolean>;
  /** Resolves when nothing is left to write. */
  idle(): Promise<void>;
}

export interface ResultWriterOptions {
  /** For how long a write is repeated while it fails, in milliseconds. */
  readonly deadlineMs: number;
  /** Called after a failed write; resolves after a pause, to false when it should not be repeated. */
  readonly onFailure: (error: unknown) => Promise<boolean>;
}

/** Outcomes of one bulk write. */
const BATCH = 100;

/**
 * Collects outcomes while the previous write is on its way, so that a busy service writes many images at once and an
 * idle one writes each at once. A write that fails is repeated until it succeeds or its deadline passes; the lease filter
 * drops what is stale by then. Counters follow their batch, and the next batch does not wait for them: an image ends when
 * both are written, so that whoever finds nothing in flight finds exact counters too.
 */
export const createResultWriter = (
  images: Pick<ImageStore, 'finish'>,
  requests: Pick<RequestStore, 'addCounts'>,
  { deadlineMs, onFailure }: ResultWriterOptions,
): ResultWriter => {
  let queued: { readonly written: Written; readonly done: (applied: boolean) => void }[] = [];
  let writing: Promise<void> | null = null;
  const counting = new Set<Promise<void>>();

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
  const count = async (batch: readonly Written[]): Promise<void> => {
    const sums = new Map<string, { request: ActiveRequest; added: Counters }>();
    for (const written of batch) {
      const sum = sums.get(written.request._id) ?? { request: written.request, added: NO_COUNTS };
      sums.set(written.request._id, { ...sum, added: addOutcome(sum.added, written) });
    }
    await Promise.allSettled(
      [...sums.values()]
        // A request whose images are all in this batch completes next, and is counted then.
        .filter(({ request, added }) => ended(added) > 0 && ended(added) < request.total)
        .map(({ request, added }) => requests.addCounts(request._id, request.run, added)),
    );
  };

  const drain = async (): Promise<void> => {
    while (queued.length > 0) {
      const batch = queued.slice(0, BATCH);
      queued = queued.slice(BATCH);
      const applied = await writeBatch(batch.map(({ written }) => written));
      const counted = count(batch.map(({ written }) => written).filter((written) => applied.has(written))).then(() => {
        counting.delete(counted);
        for (const { written, done } of batch) done(applied.has(written));
      });
      counting.add(counted);
    }
    writing = null;
  };

  return {
    write(written) {
      return new Promise((done) => {
        queued.push({ written, done });
        writing ??= drain();
      });
    },
    async idle() {
      while (writing !== null || counting.size > 0) await Promise.all([writing, ...counting]);
    },
  };
};

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
