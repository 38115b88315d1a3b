import type { ActiveRequest } from '../requests/request-store.ts';
import { isSmall } from '../requests/transitions.ts';
import { createAlarm } from '../timing/wake-up.ts';
import { createActiveReader } from './active-requests.ts';
import { createAttempts } from './attempts.ts';
import { createCancelling, isCancelling } from './cancellation.ts';
import type { DispatcherDeps } from './dispatcher-deps.ts';
import { createFinisher } from './finisher.ts';
import { createHeldImages } from './in-flight.ts';
import { createFairQueue, type Turn } from './queue.ts';
import { createSettler } from './result-writer.ts';
import { createRunImage } from './run-image.ts';

/** How often the database is asked for requests that came without a wake-up, for example on another instance. */
const POLL_MS = 400;
/** When the answer takes long, it is asked for less often: so many times the answer's time, up to the longest. */
const LOOK_SHARE = 3;
const LONGEST_POLL_MS = 2_000;
/** Small requests that are looked at together, though there may not be room for all of them. */
const LEAST_TOGETHER = 16;
/** Pause after the database failed, in milliseconds. */
const BROKEN_PAUSE_MS = 500;
/** After the database was away: time for every instance to renew its leases before anyone takes what has lapsed. */
const RECOVERY_PAUSE_MS = 1_000;
/** What the last writes of a stop may take. */
const LAST_WRITES_MS = 1_000;

export interface Dispatcher {
  start(): void;
  /** Something has changed in the database: look now. */
  wake(): void;
  /** This request has just become active: it need not be looked for. */
  add(request: ActiveRequest): void;
  /** Takes no more, waits up to `graceMs` for what runs, and hands the rest back to other instances, in a second more. */
  stop(graceMs: number): Promise<void>;
}

/**
 * Keeps the pool full: claims as many images as there are free slots, fairly over the requests, renews their leases
 * while they run, writes what became of them, and ends requests that have nothing left. An image server that is slow, or
 * asks for a slower pace, holds up its own images only (docs/decisions/0026-independent-origins.md).
 */
export const createDispatcher = (deps: DispatcherDeps): Dispatcher => {
  const { images, claimer, requests, completion, pool, origins, sharing, storeGate, leaseMs, log } = deps;
  const queue = createFairQueue(() => performance.now(), origins.isRoomy);
  const readActive = createActiveReader(requests.active);
  const held = createHeldImages(pool.capacity, pool.most, () => performance.now());
  const { wake, sleep } = createAlarm();
  let stopping = false;
  let loop: Promise<void> = Promise.resolve();
  let nextLook = 0;
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

  const goOnCancelling = createCancelling({ queue, images, requests, completion, onCancelled: deps.onCancelled });

  const finisher = createFinisher(
    completion,
    (turn, hasEnded) => {
      if (hasEnded) return queue.forget(turn);
      queue.dry(turn);
      wake();
    },
    reportBroken,
  );

  const runImage = createRunImage({
    ...{ pool, origins, sharing },
    onRoom: wake,
  });

  const attempts = createAttempts({
    ...{ deps, queue, held, settler, finisher, runImage, wake, reportBroken },
    sleep: () => sleep(POLL_MS),
    isStopping: () => stopping,
  });

  /** Claims images of small requests together. */
  const serveTogether = async (turns: readonly Turn[], wanted: number): Promise<void> => {
    const { claimed, looks } = await claimer.claimTogether(
      turns.map(({ request }) => request),
      wanted,
      leaseMs,
      origins,
    );
    const begun = attempts.begin(new Map(turns.map((turn) => [turn.request._id, turn])), claimed);
    for (const turn of turns) {
      const look = looks.get(turn.request._id);
      if (look === undefined) continue;
      queue.looked(turn, look);
      if (look.unfinished === 0 && turn.running === 0) finisher.add(turn);
    }
    await begun;
  };

  const serve = async (turn: Turn, wanted: number): Promise<void> => {
    const { request, cursor } = turn;
    const claimed = await claimer.claim(request, wanted, leaseMs, cursor, origins);
    const waitingFor = () => [...cursor.passed, ...cursor.skipped.keys()];
    if (claimed.length === 0) {
      if (cursor.left === 'unread') queue.served(turn);
      else if (cursor.left === 'without room') queue.withoutRoom(turn, waitingFor());
      else {
        queue.dry(turn);
        if (turn.running === 0 && (await completion.tryComplete(request))) queue.forget(turn);
      }
      return;
    }
    queue.served(turn);
    if (claimed.length < wanted && cursor.left === 'without room') queue.withoutRoom(turn, waitingFor());
    await attempts.begin(new Map([[request._id, turn]]), claimed);
  };

  /** Asks which requests are active, less often when the answer takes long. */
  const look = async (): Promise<void> => {
    const askedAt = performance.now();
    nextLook = askedAt + POLL_MS;
    const { requests: active, range } = await readActive();
    queue.update(active, range, askedAt);
    const tookMs = performance.now() - askedAt;
    // Unless it was woken meanwhile, for what the answer may not know yet.
    if (nextLook > 0) nextLook = askedAt + Math.max(POLL_MS, Math.min(tookMs * LOOK_SHARE, LONGEST_POLL_MS));
  };

  /**
   * One pass: a step of each cancellation, and claims until the slots are full or nothing is due. It ends when it is time
   * to look for requests again, so that however many wait for something, a new one is seen.
   * @returns true when there is more to do at once
   */
  const fill = async (): Promise<boolean> => {
    if (performance.now() >= nextLook) await look();
    const more = await goOnCancelling();
    while (performance.now() < nextLook) {
      const free = held.free();
      const candidates = queue.candidates().filter((turn) => !isCancelling(turn));
      const [turn] = candidates;
      if (stopping || attempts.isAlone() || turn === undefined || free < Math.max(1, Math.floor(pool.capacity / 4)))
        return more;
      const room = await storeGate.allowance(free, held.started);
      if (room === 0) return more;
      const share = Math.max(1, Math.ceil(room / candidates.length));
      if (!isSmall(turn.request)) await serve(turn, share);
      else {
        const equals = candidates.filter(({ request, running }) => isSmall(request) && running === turn.running);
        const together = equals.slice(0, Math.max(room, LEAST_TOGETHER));
        await serveTogether(together, Math.min(room, share * together.length));
      }
    }
    return true;
  };

  const work = async (): Promise<void> => {
    while (!stopping) {
      try {
        if (broken) await recover();
        if (await fill()) continue;
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
    wake() {
      nextLook = 0;
      wake();
    },
    add(request) {
      queue.add(request);
      wake();
    },
    async stop(graceMs) {
      stopping = true;
      origins.close();
      wake();
      const drained = loop.then(async () => {
        while (held.size > 0) await sleep(50);
        await settler.idle();
        await finisher.idle();
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

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits for the work, at most `ms`: a database that does not answer must not hold up a stop. */
const within = async (work: Promise<unknown>, ms: number): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
};
