import { serverOf } from '../network/server.ts';
import type { ClaimedImage } from '../requests/image-store.ts';
import { isGivenUp, isSmall, mustRunAlone } from '../requests/transitions.ts';
import { createCircuitBreaker } from './scheduling/circuit-breaker.ts';
import { claimFor } from './scheduling/claims.ts';
import { createCompletions } from './scheduling/completions.ts';
import type { SchedulerAction, SchedulerEvent, SchedulerQuery, SchedulerSettings } from './scheduling/events.ts';
import { createFairQueue } from './scheduling/fair-queue.ts';
import { createHostLimiter } from './scheduling/host-limiter.ts';
import { createInFlight, type InFlightImage } from './scheduling/in-flight.ts';
import { countsOf, loadOf, type SchedulerLoad } from './scheduling/load.ts';
import { createPermits } from './scheduling/permits.ts';
import { createPolls } from './scheduling/polls.ts';
import { createReserve } from './scheduling/reserve.ts';
import { createRoom } from './scheduling/room.ts';

/** Pause after the database failed, before it is asked again, in milliseconds. */
export const OUTAGE_PAUSE_MS = 500;
/** Pause after it answers again: time for every instance to renew its leases. */
const RECOVERY_PAUSE_MS = 1_000;

type EventOf<Type extends SchedulerEvent['type']> = Extract<SchedulerEvent, { type: Type }>;

export type Scheduler = ReturnType<typeof createScheduler>;

/**
 * Decides which image runs next: which request may claim, how many of its images, which host lets them download, when
 * the database is asked for more, and when a request has finished. A state machine without a clock, input or output:
 * `handle` takes what happened and returns what to do about it, `next` returns what to ask next. dispatcher.ts carries
 * both out. docs/architecture.md lists every bound that can hold an image back.
 */
export const createScheduler = (settings: SchedulerSettings) => {
  const { capacity, most, maxAttempts, unresolved, random = Math.random } = settings;
  let time = 0;
  const now = (): number => time;
  const isGroup = (host: string | null): host is string => host !== null && unresolved?.isGroup(host) === true;
  const limiter = createHostLimiter(settings, now);
  const available = (host: string | null): number =>
    isGroup(host) ? (unresolved?.available(host) ?? 0) : limiter.available(host);
  const isWorthAClaim = (host: string | null): boolean =>
    isGroup(host) ? available(host) > 0 : limiter.isWorthAClaim(host);
  const queue = createFairQueue(now, { isWorthAClaim, pauseEndsAt: limiter.pauseEndsAt }, random);
  const inFlight = createInFlight(capacity, most, now);
  const permits = createPermits(
    limiter,
    inFlight,
    ({ schedule }) => !stopping && schedule.request.state !== 'cancelling',
  );
  const completions = createCompletions(queue);
  const storage = createCircuitBreaker(now);
  const reserve = createReserve(capacity, inFlight, now);
  const room = createRoom(capacity, inFlight, reserve);
  const parts = { inFlight, queue, reserve, limiter, storage };
  /** How many images of the claim under way start at once. */
  let roomOfClaim = 0;
  /** The image that may be what crashes its processes: it runs with nothing next to it. */
  let quarantined: { readonly entry: InFlightImage; running: boolean } | null = null;
  /** Surplus claims that are being given back: the quarantined image must not take them down with it. */
  let requeuing = 0;
  const polls = createPolls(now, random);
  let database: 'up' | 'failed' | 'recovering' = 'up';
  let pausedUntil = 0;
  let cancelledLast = false;
  let stopping = false;

  const run = ({ image, schedule: { request, since } }: InFlightImage): SchedulerAction => ({
    ...{ type: 'run', image, request, since },
  });

  const runQuarantined = (): SchedulerAction[] => {
    if (quarantined === null || quarantined.running || inFlight.size > 1 || requeuing > 0) return [];
    quarantined.running = true;
    return [run(quarantined.entry)];
  };

  /**
   * Claimed images start as far as there is room, and the others wait in the reserve. The first suspect waits to run alone,
   * other suspects are requeued.
   */
  const start = (images: readonly ClaimedImage[]): SchedulerAction[] => {
    const runs: SchedulerAction[] = [];
    const surplus: ClaimedImage[] = [];
    const started = new Set<string>();
    for (const image of images) {
      if (inFlight.leaseAnew(image)) continue;
      const schedule = queue.get(image.requestId);
      const isSuspect = mustRunAlone(image) && !isGivenUp(image, maxAttempts);
      if (schedule === undefined || stopping || (isSuspect && quarantined !== null)) {
        surplus.push(image);
        continue;
      }
      if (schedule.request.state === 'queued') started.add(image.requestId);
      const entry = inFlight.add(image, schedule, serverOf(image.inputUrl));
      schedule.inFlight += 1;
      // While its name is resolved it takes no share of the host.
      if (unresolved?.groupOf(image.inputUrl) == null) permits.join(entry);
      if (isSuspect) quarantined = { entry, running: false };
      else if (runs.length < roomOfClaim) runs.push(run(entry));
      else reserve.add(entry);
    }
    if (surplus.length > 0) requeuing += 1;
    const actions: SchedulerAction[] = [...runs, ...runQuarantined()];
    if (surplus.length > 0) actions.unshift({ type: 'requeue', images: surplus });
    if (started.size > 0) actions.unshift({ type: 'mark started', requestIds: [...started] });
    return actions;
  };

  const requeueHeld = (): SchedulerAction[] => {
    if (reserve.isEmpty) return [];
    const held = reserve.takeAll();
    requeuing += 1;
    return [{ type: 'requeue', images: held.map(({ image }) => image) }, ...held.flatMap((entry) => ended(entry, 0))];
  };

  const claimed = ({ images, left }: EventOf<'claimed'>): SchedulerAction[] => {
    const actions = start(images);
    const served = new Set(images.map(({ requestId }) => requestId));
    for (const [requestId, what] of left) {
      const schedule = queue.get(requestId);
      if (schedule === undefined) continue;
      let isDone = false;
      if (isSmall(schedule.request)) {
        queue.read(schedule, what, served.has(requestId));
        isDone = what.unfinished === 0;
      } else if (what.more || what.saturatedHosts.length > 0) {
        queue.granted(schedule);
        if (!what.more) queue.hostsSaturated(schedule, what.saturatedHosts);
      } else {
        queue.nothingDue(schedule, what.dueInMs);
        isDone = true;
      }
      if (isDone && schedule.inFlight === 0) actions.push(...completions.add(schedule));
    }
    return actions;
  };

  const cancelled = ({ requestId, images }: EventOf<'cancelled'>): SchedulerAction[] => {
    const schedule = queue.get(requestId);
    if (schedule === undefined) return [];
    if (images > 0) queue.granted(schedule);
    else queue.nothingDue(schedule);
    return images === 0 && schedule.inFlight === 0 ? completions.add(schedule) : [];
  };

  const ended = (entry: InFlightImage, dueInMs: number | null): SchedulerAction[] => {
    if (dueInMs === null) reserve.ended();
    const actions = permits.letGo(entry);
    inFlight.remove(entry.image._id);
    if (quarantined?.entry === entry) quarantined = null;
    if (queue.ended(entry.schedule, dueInMs)) actions.push(...completions.add(entry.schedule));
    return [...actions, ...runQuarantined()];
  };

  const processed = (entry: InFlightImage, { result }: EventOf<'processed'>): SchedulerAction[] => {
    if (result.ok) storage.recordSuccess();
    else if (result.code === 'storage_failed') storage.recordFailure(result.message);
    const requeued = storage.failure() === null ? [] : requeueHeld();
    const handedOn = permits.processed(entry, result);
    inFlight.enter(entry, 'processed');
    return [...requeued, ...handedOn];
  };

  const databaseChanged = (type: 'database failed' | 'database recovered'): void => {
    if (type === 'database recovered') {
      database = 'up';
      pausedUntil = time + RECOVERY_PAUSE_MS;
    } else if (database !== 'failed') {
      database = 'failed';
      pausedUntil = time + OUTAGE_PAUSE_MS;
    }
  };

  const stop = (): SchedulerAction[] => {
    stopping = true;
    const refused = [...permits.close(), ...requeueHeld()];
    if (quarantined === null || quarantined.running) return refused;
    const { entry } = quarantined;
    requeuing += 1;
    return [...refused, { type: 'requeue', images: [entry.image] }, ...ended(entry, 0)];
  };

  const ofImage = (event: Extract<SchedulerEvent, { imageId: string }>): SchedulerAction[] => {
    const entry = inFlight.get(event.imageId);
    if (entry === undefined || event.type === 'guest') return permits.ofGuest(event);
    if (event.type === 'permit needed') return permits.request(entry);
    if (event.type === 'permit overdue') return permits.expire(entry);
    if (event.type === 'processed') return processed(entry, event);
    if (event.type === 'ended') return ended(entry, event.dueInMs);
    inFlight.enter(entry, event.type === 'resolved' ? 'waiting' : event.type);
    if (event.type === 'resolved') permits.join(entry);
    return event.type === 'downloaded' ? permits.downloaded(entry, event.roundTripMs) : [];
  };

  const handle = (event: SchedulerEvent): SchedulerAction[] => {
    if ('imageId' in event) return ofImage(event);
    if (event.type === 'claimed') return claimed(event);
    if (event.type === 'cancelled') return cancelled(event);
    if (event.type === 'completion decided') return completions.decided(event.request, event.hasFinished);
    if (event.type === 'stop') return stop();
    if (event.type === 'requeued') {
      requeuing -= 1;
      return runQuarantined();
    }
    if (event.type === 'requests read') {
      queue.update(event);
      polls.answered(event.askedAt);
    } else if (event.type === 'due read') queue.probed(event);
    if (event.type === 'requests read' || event.type === 'due read') {
      return stopping ? [] : queue.toCheck().flatMap(completions.add);
    }
    if (event.type === 'changed') polls.changed();
    else if (event.type === 'request added') queue.add(event.request);
    else if (event.type === 'requests started') queue.markStarted(event.requestIds);
    else if (event.type === 'storage checked') storage.recordCheck(event.ok);
    else databaseChanged(event.type);
    return [];
  };

  const next = (): SchedulerQuery => {
    if (stopping) return { type: 'wait', until: Number.POSITIVE_INFINITY };
    if (time < pausedUntil) return { type: 'wait', until: pausedUntil };
    if (database !== 'up') {
      database = 'recovering';
      return { type: 'recover' };
    }
    if (time >= polls.nextAt) {
      polls.sent();
      return { type: 'read requests' };
    }
    const requestIds = queue.toProbe();
    if (requestIds.length > 0) return { type: 'read due', requestIds };
    const candidates = queue.candidates();
    const cancelling = candidates.find(({ request }) => request.state === 'cancelling');
    // Cancelling needs no capacity, so it must not wait for any; claims take turns with it.
    if (cancelling !== undefined && !cancelledLast) {
      cancelledLast = true;
      return { type: 'cancel', request: cancelling.request };
    }
    cancelledLast = false;
    const claiming = candidates.filter(({ request }) => request.state !== 'cancelling');
    const [first] = claiming;
    const ahead = first === undefined ? 0 : room.ahead(first);
    if (quarantined === null && first !== undefined && room.atOnce() + ahead > 0) {
      const allowed = storage.allowance(room.atOnce(), inFlight.started);
      if (allowed === 'check') return { type: 'check storage' };
      roomOfClaim = allowed;
      const wanted = Math.min(allowed + (storage.failure() === null ? ahead : 0), inFlight.room());
      if (wanted > 0) return claimFor(claiming, first, wanted);
    }
    if (cancelling !== undefined) return { type: 'cancel', request: cancelling.request };
    const pauseEnds = first === undefined ? queue.nextAt() : Math.min(inFlight.nextSlowAt(), storage.retryAt);
    return { type: 'wait', until: Math.min(polls.nextAt, pauseEnds) };
  };

  return {
    /** Takes in what happened at `at` (milliseconds that never go back), and returns what it makes necessary. */
    handle(event: SchedulerEvent, at: number): SchedulerAction[] {
      time = at;
      return [...handle(event), ...reserve.take().map(run)];
    },
    /** What to ask next. The answer comes back as an event before the next call. */
    next(at: number): SchedulerQuery {
      time = at;
      return next();
    },
    /** For claimers: how many more images of a host, or of a group of unresolved names, may be claimed now. */
    available(host: string | null, at: number): number {
      time = at;
      return available(host);
    },
    get inFlight(): number {
      return inFlight.size;
    },
    /** Whether images are in flight whose results are still to come. */
    get isRunning(): boolean {
      return inFlight.size > inFlight.processed;
    },
    images: (): ClaimedImage[] => inFlight.images(),
    latest: inFlight.latest,
    /** What is in flight and what is held back, for metrics. */
    counts(at: number) {
      time = at;
      return countsOf(parts, quarantined === null || quarantined.running ? 0 : 1);
    },
    /** What holds images back at the moment. */
    load(at: number): SchedulerLoad {
      time = at;
      return loadOf(parts, database !== 'up');
    },
    limiting: permits.limiting,
    /** Why images wait for the image store; null when they do not. */
    storageFailure(at: number): string | null {
      time = at;
      return storage.failure();
    },
  };
};
