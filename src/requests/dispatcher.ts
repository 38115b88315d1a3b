import { createAlarm } from '../alarm.ts';
import type { ImagePool, ImageResult } from '../images/task.ts';
import type { Completion } from './completion.ts';
import { createHeldImages, type HeldImage } from './held.ts';
import type { ClaimedImage, ImageStore } from './image-store.ts';
import type { Origins } from './origins.ts';
import { createFairQueue, type Turn } from './queue.ts';
import type { ActiveRequest, RequestStore } from './request-store.ts';
import { createRunImage } from './run-image.ts';
import { createSettler } from './settler.ts';
import type { Sharing } from './sharing.ts';
import type { StoreGate } from './store-gate.ts';
import { isGivenUp, judge, mustRunAlone, type Verdict } from './transitions.ts';
import { NO_COUNTS } from './types.ts';

/** How often the database is asked for requests that came without a wake-up, for example on another instance. */
const POLL_MS = 400;
/** Pause after the database failed, in milliseconds. */
const BROKEN_PAUSE_MS = 500;
/** After the database was away: time for every instance to renew its leases before anyone takes what has lapsed. */
const RECOVERY_PAUSE_MS = 1_000;
/** What the last writes of a stop may take. */
const LAST_WRITES_MS = 1_000;

export interface DispatcherLog {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
}

export interface DispatcherDeps {
  readonly images: ImageStore;
  readonly requests: RequestStore;
  readonly completion: Completion;
  readonly pool: Pick<ImagePool, 'capacity' | 'most' | 'run'>;
  readonly origins: Origins;
  readonly sharing: Sharing;
  readonly storeGate: StoreGate;
  readonly leaseMs: number;
  readonly maxAttempts: number;
  readonly log: DispatcherLog;
  /** 0 ≤ random() < 1 */
  readonly random: () => number;
  /** Called when work on an image begins, for metrics. */
  readonly onBegin?: (image: ClaimedImage) => void;
  /** Called with every verdict, for metrics and logs; it stands unless the lease had passed to another. */
  readonly onVerdict?: (request: ActiveRequest, image: ClaimedImage, verdict: Verdict, stands: boolean) => void;
  /** Called with how many images a step of a cancellation has stopped. */
  readonly onCancelled?: (images: number) => void;
}

export interface Dispatcher {
  start(): void;
  /** Something new may be due: look now. */
  wake(): void;
  /** Takes no more, waits up to `graceMs` for what runs, and hands the rest back to other instances, in a second more. */
  stop(graceMs: number): Promise<void>;
}

/**
 * Keeps the pool full: claims as many images as there are free slots, fairly over the requests, renews their leases
 * while they run, writes what became of them, and ends requests that have nothing left. An image server that is slow, or
 * asks for a slower pace, holds up its own images only (docs/decisions/0026-independent-origins.md).
 */
export const createDispatcher = (deps: DispatcherDeps): Dispatcher => {
  const { images, requests, completion, pool, origins, sharing, storeGate, leaseMs, maxAttempts, log, random } = deps;
  const queue = createFairQueue(() => performance.now());
  const held = createHeldImages(pool.capacity, pool.most, () => performance.now());
  const { wake, sleep } = createAlarm();
  let stopping = false;
  let alone = false;
  let loop: Promise<void> = Promise.resolve();
  let lastPoll = Number.NEGATIVE_INFINITY;
  let broken = false;
  let ended = false;

  const reportBroken = (error: unknown): void => {
    if (!broken) log.warn({ err: error }, 'the database does not answer; work goes on when it does');
    broken = true;
  };

  const settler = createSettler(images, requests, async (error) => {
    reportBroken(error);
    await pause(BROKEN_PAUSE_MS);
    return !ended;
  });

  /**
   * After an outage, whose length is nobody's fault: what is in work here is held again before anyone may take it, and
   * claims whose answer was lost on the way are given back.
   */
  const recover = async (): Promise<void> => {
    await images.renew(held.images(), leaseMs);
    await images.releaseUnheard();
    broken = false;
    log.info({}, 'the database answers again');
    await pause(RECOVERY_PAUSE_MS);
  };

  const runImage = createRunImage({
    ...{ pool, origins, sharing },
    onRoom: () => {
      queue.roomAgain();
      wake();
    },
  });

  const runOne = async (turn: Turn, one: HeldImage): Promise<void> => {
    const { request } = turn;
    const { image } = one;
    turn.running += 1;
    deps.onBegin?.(image);
    const result: ImageResult | null = isGivenUp(image, maxAttempts)
      ? { ok: false, code: 'attempts_exhausted', message: GIVEN_UP, retryable: false }
      : await runImage(one, {
          options: request.options,
          since: turn.since,
          isWanted: () => !isCancelling(turn),
        });
    if (result === null) {
      await images.release([image], 0).catch(reportBroken);
    } else {
      if (result.ok) storeGate.worked();
      else if (result.code === 'storage_failed') storeGate.failed(result.message);
      const verdict = judge(image, result, maxAttempts, random());
      const stands = await settler.settle({ request, image, verdict });
      deps.onVerdict?.(request, image, verdict, stands);
    }
    one.drop();
    queue.ended(image.requestId);
    wake();
  };

  /** An image that may be what kills its processes: it runs with nothing beside it. */
  const runAlone = async (turn: Turn, image: ClaimedImage): Promise<void> => {
    alone = true;
    const one = held.hold(image);
    try {
      while (held.size > 1 && !stopping) await sleep(POLL_MS);
      if (stopping) await images.release([image], 0).finally(one.drop);
      else await runOne(turn, one);
    } finally {
      alone = false;
    }
  };

  /** Of a request that is being cancelled, stops what waits; what runs goes on to its end. */
  const stopWaiting = async (turn: Turn): Promise<boolean> => {
    const { request } = turn;
    const stopped = await images.cancel(request, STOPPED_AT_ONCE);
    if (stopped === 0) {
      queue.dry(turn);
      if (turn.running === 0) await completion.tryComplete(request);
      return false;
    }
    queue.served(turn);
    deps.onCancelled?.(stopped);
    await requests.addCounts(request._id, request.run, { ...NO_COUNTS, cancelled: stopped });
    return true;
  };

  /** One step of each cancellation. They need no slot, so they must not wait until slow images give one back. */
  const goOnCancelling = async (): Promise<void> => {
    for (const turn of queue.candidates().filter(isCancelling)) {
      if (await stopWaiting(turn)) wake();
    }
  };

  const serve = async (turn: Turn, wanted: number): Promise<void> => {
    const { request } = turn;
    const claimed = await images.claim(request, wanted, leaseMs, turn.cursor, origins);
    if (claimed.length === 0) {
      if (turn.cursor.left === 'unread') queue.served(turn);
      else if (turn.cursor.left === 'without room') queue.withoutRoom(turn);
      else {
        queue.dry(turn);
        if (turn.running === 0) await completion.tryComplete(request);
      }
      return;
    }
    queue.served(turn);
    if (claimed.length < wanted && turn.cursor.left === 'without room') queue.withoutRoom(turn);
    const suspects = claimed.filter((image) => mustRunAlone(image) && !isGivenUp(image, maxAttempts));
    const [suspect, ...others] = suspects;
    // The work begins before anything else is written: a database that fails here must not leave claims to their leases.
    for (const image of claimed) if (!suspects.includes(image)) void runOne(turn, held.hold(image));
    try {
      await images.release(others, 0);
      if (request.state === 'queued') await requests.markStarted(request._id);
    } finally {
      if (suspect !== undefined) await runAlone(turn, suspect);
    }
  };

  const fill = async (): Promise<void> => {
    if (performance.now() - lastPoll >= POLL_MS || queue.candidates().length === 0) {
      queue.update(await requests.active());
      lastPoll = performance.now();
    }
    await goOnCancelling();
    for (;;) {
      const free = held.free();
      const candidates = queue.candidates().filter((turn) => !isCancelling(turn));
      const [turn] = candidates;
      if (stopping || alone || turn === undefined || free < Math.max(1, Math.floor(pool.capacity / 4))) return;
      const room = await storeGate.allowance(free, held.started);
      if (room === 0) return;
      await serve(turn, Math.max(1, Math.ceil(room / candidates.length)));
    }
  };

  const work = async (): Promise<void> => {
    while (!stopping) {
      try {
        if (broken) await recover();
        await fill();
      } catch (error) {
        reportBroken(error);
        await pause(BROKEN_PAUSE_MS);
      }
      if (!stopping) await sleep(POLL_MS);
    }
  };

  let renewing = false;
  const renewal = setInterval(
    () => {
      // While the database is held up, renewals must not queue.
      if (renewing) return;
      renewing = true;
      images
        .renew(held.images(), leaseMs)
        .catch(reportBroken)
        .finally(() => {
          renewing = false;
        });
    },
    Math.max(leaseMs / 3, 100),
  );
  renewal.unref();

  return {
    start() {
      loop = work();
    },
    wake,
    async stop(graceMs) {
      stopping = true;
      origins.close();
      wake();
      const drained = loop.then(async () => {
        while (held.size > 0) await sleep(50);
        await settler.idle();
      });
      await within(drained, graceMs);
      ended = true;
      clearInterval(renewal);
      // What still runs is handed over; the result it may yet write is refused by the fence.
      const handedOver = Promise.all([images.release(held.images(), 0), images.releaseUnheard()]);
      await within(handedOver.catch(reportBroken), LAST_WRITES_MS);
    },
  };
};

const isCancelling = ({ request }: Turn): boolean => request.state === 'cancelling';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits for the work, at most `ms`: a database that does not answer must not hold up a stop. */
const within = async (work: Promise<unknown>, ms: number): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
};

/** Images of one step of a cancellation: each costs a write, and others wait meanwhile. */
const STOPPED_AT_ONCE = 200;

const GIVEN_UP = 'Every worker that tried this image stopped; it was given up.';
