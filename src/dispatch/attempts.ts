import type { ImageResult } from '../images/task.ts';
import type { ClaimedImage } from '../requests/image-store.ts';
import { tenantOfRequest } from '../requests/tenant.ts';
import { isGivenUp, judge, mustRunAlone } from '../requests/transitions.ts';
import { isCancelling } from './cancellation.ts';
import type { DispatcherDeps } from './dispatcher-deps.ts';
import type { Finisher } from './finisher.ts';
import type { HeldImage, HeldImages } from './in-flight.ts';
import type { FairQueue, Turn } from './queue.ts';
import type { Settler } from './result-writer.ts';
import type { createRunImage } from './run-image.ts';

export interface AttemptsDeps {
  readonly deps: DispatcherDeps;
  readonly queue: FairQueue;
  readonly held: HeldImages;
  readonly settler: Settler;
  readonly finisher: Finisher;
  readonly runImage: ReturnType<typeof createRunImage>;
  /** Told whenever an image has ended. */
  readonly wake: () => void;
  /** Resolves after a while, or at the next `wake`. */
  readonly sleep: () => Promise<void>;
  readonly isStopping: () => boolean;
  readonly reportBroken: (error: unknown) => void;
}

const GIVEN_UP = 'Every worker that tried this image stopped; it was given up.';

/** Runs claimed images, writes what became of them, and tells the queue. */
export const createAttempts = ({
  deps,
  queue,
  held,
  settler,
  finisher,
  runImage,
  wake,
  sleep,
  isStopping,
  reportBroken,
}: AttemptsDeps) => {
  const { images, requests, storeGate, maxAttempts, random } = deps;
  let alone = false;

  /** @param marked resolves once the request is marked as started: its end must not come before. */
  const runOne = async (turn: Turn, one: HeldImage, marked: Promise<void>): Promise<void> => {
    const { request } = turn;
    const { image } = one;
    turn.running += 1;
    deps.onBegin?.(image);
    const result: ImageResult | null = isGivenUp(image, maxAttempts)
      ? { ok: false, code: 'attempts_exhausted', message: GIVEN_UP, retryable: false }
      : await runImage(one, {
          tenant: tenantOfRequest(request),
          options: request.options,
          since: turn.since,
          isWanted: () => !isCancelling(turn),
        });
    let againInMs: number | null = 0;
    if (result === null) {
      await images.release([image], 0).catch(reportBroken);
    } else {
      if (result.ok) storeGate.worked();
      else if (result.code === 'storage_failed') storeGate.failed(result.message);
      const verdict = judge(image, result, maxAttempts, random());
      const stands = await settler.settle({ request, image, verdict });
      deps.onVerdict?.(request, image, verdict, stands);
      if (stands) againInMs = verdict.kind === 'again' ? verdict.delayMs : null;
    }
    await marked.catch(() => {});
    one.drop();
    if (queue.ended(turn, againInMs)) finisher.add(turn);
    wake();
  };

  /** An image that may be what kills its processes: it runs with nothing beside it. */
  const runAlone = async (turn: Turn, image: ClaimedImage, marked: Promise<void>): Promise<void> => {
    alone = true;
    const one = held.hold(image);
    try {
      while (held.size > 1 && !isStopping()) await sleep();
      if (isStopping()) await images.release([image], 0).finally(one.drop);
      else await runOne(turn, one, marked);
    } finally {
      alone = false;
    }
  };

  const markStarted = async (turns: Iterable<Turn>): Promise<void> => {
    const queued = [...turns].filter(({ request }) => request.state === 'queued');
    if (queued.length === 0) return;
    await requests.markStarted(queued.map(({ request }) => request._id));
    for (const turn of queued) {
      if (turn.request.state === 'queued') turn.request = { ...turn.request, state: 'processing' };
    }
  };

  /** What was claimed begins; of those that must run alone the first one, and the others are given back. */
  const begin = async (turns: ReadonlyMap<string, Turn>, claimed: readonly ClaimedImage[]): Promise<void> => {
    const turnOf = ({ requestId }: ClaimedImage): Turn => turns.get(requestId) as Turn;
    const suspects = claimed.filter((image) => mustRunAlone(image) && !isGivenUp(image, maxAttempts));
    const [suspect, ...others] = suspects;
    const marked = markStarted(new Set(claimed.map(turnOf)));
    // The work waits for no other write: a database that fails here must not leave claims to their leases.
    for (const image of claimed) if (!suspects.includes(image)) void runOne(turnOf(image), held.hold(image), marked);
    try {
      await Promise.all([images.release(others, 0), marked]);
    } finally {
      if (suspect !== undefined) await runAlone(turnOf(suspect), suspect, marked);
    }
  };

  return {
    begin,
    /** Whether an image runs that must have nothing beside it. */
    isAlone: () => alone,
  };
};
