import type { ImageStore, Settlement } from '../requests/image-store.ts';
import type { ActiveRequest, RequestStore } from '../requests/request-store.ts';
import { type Counters, NO_COUNTS } from '../requests/types.ts';

export interface Settled extends Settlement {
  readonly request: ActiveRequest;
}

export interface Settler {
  /** Writes the verdict, together with others that come meanwhile; resolves to whether it stands or is stale. */
  settle(settlement: Settled): Promise<boolean>;
  /** Resolves when nothing is left to write. */
  idle(): Promise<void>;
}

/** Most verdicts that one bulk write carries. */
const BATCH = 100;

/**
 * Collects verdicts while the previous write is on its way, so that a busy service writes many images at once and an
 * idle one writes each at once. A write that fails is repeated until it stands: the leases say whether it still counts.
 * Counters follow their batch, and the next batch does not wait for them: an image ends when both are written, so that
 * whoever finds nothing in work finds exact counters too.
 * @param whenBroken told of a failed write; resolves after a pause, to false when it is not worth repeating
 */
export const createSettler = (
  images: ImageStore,
  requests: RequestStore,
  whenBroken: (error: unknown) => Promise<boolean>,
): Settler => {
  let waiting: { settlement: Settled; done: (stands: boolean) => void }[] = [];
  let writing: Promise<void> | null = null;
  const counting = new Set<Promise<void>>();

  /** Resolves to the verdicts that stand. */
  const write = async (batch: readonly Settled[]): Promise<ReadonlySet<Settlement>> => {
    for (;;) {
      try {
        return new Set<Settlement>(await images.settle(batch));
      } catch (error) {
        if (!(await whenBroken(error))) return new Set();
      }
    }
  };

  /** Counters may fall short, so an error here is not repeated; see RequestStore.addCounts. */
  const count = async (batch: readonly Settled[]): Promise<void> => {
    const sums = new Map<string, { request: ActiveRequest; added: Counters }>();
    for (const settled of batch) {
      const sum = sums.get(settled.request._id) ?? { request: settled.request, added: NO_COUNTS };
      sums.set(settled.request._id, { ...sum, added: addVerdict(sum.added, settled) });
    }
    await Promise.allSettled(
      [...sums.values()]
        // One whose images are all in this batch ends next, and is counted then.
        .filter(({ request, added }) => ended(added) > 0 && ended(added) < request.total)
        .map(({ request, added }) => requests.addCounts(request._id, request.run, added)),
    );
  };

  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH);
      waiting = waiting.slice(BATCH);
      const held = await write(batch.map(({ settlement }) => settlement));
      const standing = batch.map(({ settlement }) => settlement).filter((settlement) => held.has(settlement));
      const counted = count(standing).then(() => {
        counting.delete(counted);
        for (const { settlement, done } of batch) done(held.has(settlement));
      });
      counting.add(counted);
    }
    writing = null;
  };

  return {
    settle(settlement) {
      return new Promise((done) => {
        waiting.push({ settlement, done });
        writing ??= drain();
      });
    },
    async idle() {
      while (writing !== null || counting.size > 0) await Promise.all([writing, ...counting]);
    },
  };
};

const ended = ({ completed, failed }: Counters): number => completed + failed;

const addVerdict = (sum: Counters, { verdict }: Settlement): Counters => {
  if (verdict.kind === 'failed') return { ...sum, failed: sum.failed + 1 };
  if (verdict.kind === 'again') return sum;
  return {
    ...sum,
    completed: sum.completed + 1,
    bytesIn: sum.bytesIn + verdict.result.bytesIn,
    bytesOut: sum.bytesOut + verdict.result.bytesOut,
  };
};
