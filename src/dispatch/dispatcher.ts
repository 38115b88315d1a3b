import { setTimeout as sleepFor } from 'node:timers/promises';
import type { ImagePool } from '../images/task.ts';
import { serverOf } from '../network/server.ts';
import type { Completion } from '../requests/completion.ts';
import type { ClaimedImage, ImageStore } from '../requests/image-store.ts';
import type { ActiveRequest, RequestStore } from '../requests/request-store.ts';
import { isSmall } from '../requests/transitions.ts';
import { NO_COUNTS } from '../requests/types.ts';
import { settlesWithin } from '../timing/deadline.ts';
import { renewalMs } from '../timing/lease.ts';
import { createPeriodicTask } from '../timing/periodic-task.ts';
import { createWorkerLoop } from '../timing/worker-loop.ts';
import { createActiveReader } from './active-requests.ts';
import type { Claimer } from './claimer.ts';
import type { Coalescer } from './coalescing.ts';
import { type HostNames, isHostGroup } from './host-names.ts';
import { createResultWriter } from './result-writer.ts';
import { createReturns } from './returns.ts';
import { createRunGuest, createRunImage } from './run-image.ts';
import { createRuns, type RunsDeps } from './runs.ts';
import { createScheduler, OUTAGE_PAUSE_MS } from './scheduler.ts';
import type { SchedulerAction, SchedulerEvent, SchedulerQuery, SchedulerSettings } from './scheduling/events.ts';
import { LONGEST_REST_MS } from './scheduling/probes.ts';

/** Images that one step of a cancellation stops; claims wait meanwhile. */
const CANCELLED_AT_ONCE = 200;
/** Events after which the scheduler has nothing new to ask: several come with each image. */
const CHANGES_NOTHING_NEXT: ReadonlySet<SchedulerEvent['type']> = new Set(['resolving', 'permit needed']);
/** What the last writes of a stop may take. */
const LAST_WRITES_MS = 1_000;

export interface DispatcherLog {
  debug(facts: object, message: string): void;
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
}

export interface DispatcherDeps
  extends Pick<SchedulerSettings, 'connections' | 'maxConsecutiveThrottles'>,
    Pick<RunsDeps, 'maxAttempts' | 'maxQueueMs' | 'random' | 'onBegin' | 'onOutcome'> {
  readonly images: ImageStore;
  readonly claimer: Pick<Claimer, 'claim' | 'returned'>;
  readonly requests: RequestStore;
  readonly completion: Completion;
  readonly pool: Pick<ImagePool, 'capacity' | 'most' | 'run'>;
  readonly names: HostNames;
  readonly coalescer: Coalescer;
  /** Resolves when the image store takes writes. */
  readonly checkStorage: () => Promise<void>;
  readonly leaseMs: number;
  /** For how long a result is written again while the database fails, in milliseconds. */
  readonly maxSettleMs: number;
  readonly log: DispatcherLog;
  /** Called with how many images a step of a cancellation has stopped. */
  readonly onCancelled?: (images: number) => void;
}

export type Dispatcher = ReturnType<typeof createDispatcher>;

/**
 * Carries out what the scheduler decides: reads requests, claims and runs images, renews their leases while they run,
 * writes their results, and completes requests that have nothing left.
 */
export const createDispatcher = (deps: DispatcherDeps) => {
  const { images, claimer, requests, completion, pool, names, leaseMs, log } = deps;
  const now = (): number => performance.now();
  const scheduler = createScheduler({
    ...{ capacity: pool.capacity, most: pool.most, connections: deps.connections },
    ...{ maxConsecutiveThrottles: deps.maxConsecutiveThrottles, maxAttempts: deps.maxAttempts, random: deps.random },
    unresolved: { groupOf: names.groupOf, isGroup: isHostGroup, available: names.available },
  });
  const hosts = {
    hostOf: (url: string) => names.groupOf(url) ?? serverOf(url),
    countedFor: (host: string, url: string) => host === serverOf(url) || names.isOf(host, url),
    available: (host: string | null) => scheduler.available(host, now()),
  };
  const readActive = createActiveReader(requests.active);
  /** Writes and decisions under way that a stop waits for. */
  const pending = new Set<Promise<unknown>>();
  const starting = new Map<string, Promise<unknown>>();
  let isDown = false;
  let ended = false;

  const handle = (event: SchedulerEvent): void => {
    for (const action of scheduler.handle(event, now())) carryOut(action);
    if (!CHANGES_NOTHING_NEXT.has(event.type)) loop.wake();
  };

  const databaseFailed = (error: unknown): void => {
    if (!isDown) log.warn({ err: error }, 'The database is not responding; work resumes when it does');
    isDown = true;
    handle({ type: 'database failed' });
  };

  const returns = createReturns(requests, databaseFailed);
  const returned = (requestIds: readonly string[]): void => {
    claimer.returned(requestIds);
    returns.add(requestIds);
  };
  const requeue = (those: readonly ClaimedImage[]): Promise<void> =>
    images
      .release(those, 0)
      .then(() => returned(those.map(({ requestId }) => requestId)))
      .catch(databaseFailed);

  const addCounts: RequestStore['addCounts'] = (counts) => {
    const limiting = scheduler.limiting();
    return requests.addCounts(counts.map((each) => ({ ...each, limitedBy: limiting.get(each.request._id) ?? null })));
  };
  const writer = createResultWriter(
    images,
    { addCounts },
    {
      mayWait: ({ request }) => !isSmall(request) && scheduler.isRunning,
      deadlineMs: deps.maxSettleMs,
      async onFailure(error) {
        databaseFailed(error);
        await sleepFor(OUTAGE_PAUSE_MS);
        return !ended;
      },
    },
  );
  const runs = createRuns({
    ...deps,
    ...{ writer, requeue, returned, handle, latest: scheduler.latest, onError: databaseFailed },
    runImage: createRunImage({ pool, names, coalescer: deps.coalescer }),
  });

  const track = (work: Promise<unknown>): void => {
    pending.add(work);
    void work.finally(() => pending.delete(work));
  };

  /** Repeated until it succeeds: drivers do not repeat an update of many, and a request that ends must have begun. */
  const mark = async (requestIds: readonly string[]): Promise<void> => {
    const begun = now();
    while (!ended && now() - begun <= deps.maxSettleMs) {
      try {
        await requests.markStarted(requestIds);
        return handle({ type: 'requests started', requestIds });
      } catch (error) {
        databaseFailed(error);
        await sleepFor(OUTAGE_PAUSE_MS);
      }
    }
  };

  const markStarted = (requestIds: readonly string[]): void => {
    const marked = mark(requestIds).finally(() => {
      for (const id of requestIds) if (starting.get(id) === marked) starting.delete(id);
    });
    for (const id of requestIds) starting.set(id, marked);
  };

  const complete = async (batch: readonly ActiveRequest[]): Promise<void> => {
    const [first] = batch;
    let finished: ReadonlySet<string> = new Set();
    try {
      if (first === undefined || isSmall(first)) finished = await completion.tryCompleteAll(batch);
      else {
        await writer.settleCounts();
        if (await completion.tryComplete(first)) finished = new Set([first._id]);
      }
    } catch (error) {
      databaseFailed(error);
    }
    for (const request of batch) {
      if (finished.has(request._id)) writer.dropCounts(request);
      handle({ type: 'completion decided', request, hasFinished: finished.has(request._id) });
    }
  };

  const carryOut = (action: SchedulerAction): void => {
    if (action.type === 'run') {
      const started = Promise.resolve(starting.get(action.request._id));
      track(runs.start(action.image, action.request, action.since, started));
    } else if (action.type === 'requeue') track(requeue(action.images).then(() => handle({ type: 'requeued' })));
    else if (action.type === 'mark started') markStarted(action.requestIds);
    else if (action.type === 'complete') track(complete(action.requests));
    else runs.answer(action.imageId, action.type === 'grant');
  };

  const claim = async (of: readonly ActiveRequest[], wanted: number): Promise<SchedulerEvent> => ({
    type: 'claimed',
    ...(await claimer.claim(of, wanted, leaseMs, hosts)),
  });

  /** One step: what has not started stops, what runs continues to its end. */
  const cancel = async (request: ActiveRequest): Promise<SchedulerEvent> => {
    const stopped = await images.cancel(request, CANCELLED_AT_ONCE);
    if (stopped > 0) {
      deps.onCancelled?.(stopped);
      await requests.addCounts([{ request, added: { ...NO_COUNTS, cancelled: stopped } }]);
    }
    return { type: 'cancelled', requestId: request._id, images: stopped };
  };

  /**
   * After an outage, which is nothing that images should pay for: leases are renewed before other instances may take
   * them, and claims whose answers were lost are given back.
   */
  const recover = async (): Promise<SchedulerEvent> => {
    await images.renew(scheduler.images(), leaseMs);
    returned(await images.releaseUnacknowledged());
    isDown = false;
    log.debug({}, 'The database is responding again');
    return { type: 'database recovered' };
  };

  const ask = async (query: Exclude<SchedulerQuery, { type: 'wait' }>): Promise<SchedulerEvent> => {
    switch (query.type) {
      case 'read requests': {
        const askedAt = now();
        return { type: 'requests read', askedAt, ...(await readActive()) };
      }
      case 'read due': {
        const askedAt = now();
        const dueInMs = await images.nextDue(query.requestIds, LONGEST_REST_MS);
        return { type: 'due read', asked: query.requestIds, dueInMs, tookMs: now() - askedAt };
      }
      case 'claim':
        return claim(query.requests, query.wanted);
      case 'cancel':
        return cancel(query.request);
      case 'recover':
        return recover();
      case 'check storage':
        return deps.checkStorage().then(
          () => ({ type: 'storage checked', ok: true }),
          () => ({ type: 'storage checked', ok: false }),
        );
    }
  };

  const loop = createWorkerLoop({
    async step() {
      const query = scheduler.next(now());
      if (query.type === 'wait') return Math.max(query.until - now(), 1);
      handle(await ask(query));
      return 0;
    },
    onError(error) {
      databaseFailed(error);
      return 0;
    },
  });

  const renewal = createPeriodicTask(
    'the renewal of leases',
    async () => {
      const lost = await images.renew(scheduler.images(), leaseMs).catch((error: unknown) => {
        databaseFailed(error);
        return [];
      });
      runs.abort(lost);
    },
    renewalMs(leaseMs),
    log,
  );

  return {
    start(): void {
      loop.start();
      renewal.start();
    },
    /** Something has changed in the database: look now. */
    wake: (): void => handle({ type: 'changed' }),
    /** This request has just become active: it need not be looked for. */
    add(request: ActiveRequest): void {
      handle({ type: 'request added', request });
    },
    /** Processes an image of no request. */
    runGuest: createRunGuest({ pool, names, permit: runs.permit, answer: runs.answer, handle }),
    /** What is in flight and what is held back, for metrics. */
    counts: () => scheduler.counts(now()),
    /** What holds images back at the moment. */
    load: () => scheduler.load(now()),
    /** Why images wait for the image store; null when they do not. */
    storageFailure: (): string | null => scheduler.storageFailure(now()),
    /** Claims no more, waits up to `graceMs` for what runs, and gives the rest to other instances, in a second more. */
    async stop(graceMs: number): Promise<void> {
      names.close();
      handle({ type: 'stop' });
      const drained = loop.stop().then(async () => {
        while (pending.size > 0) await Promise.all(pending);
        await writer.idle();
      });
      await settlesWithin(drained, graceMs);
      ended = true;
      // The results of what still runs are refused by the fence.
      const held = scheduler.images();
      const released = Promise.all([images.release(held, 0), images.releaseUnacknowledged(), renewal.stop(0)]);
      const told = released.then(([, others]) => {
        returned([...held.map(({ requestId }) => requestId), ...others]);
        return returns.stop();
      });
      await settlesWithin(told.catch(databaseFailed), LAST_WRITES_MS);
    },
  };
};
