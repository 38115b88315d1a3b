import type { ActiveRequest, IdRange } from '../../requests/request-store.ts';
import { finishedImages, isSmall } from '../../requests/transitions.ts';
import type { ClaimLeft } from '../due.ts';
import { createProbes, type Rest } from './probes.ts';

/** What is due sooner than that is waited for; what is due later is found by the reads of the active requests. */
const SOON_MS = 1_000;
/** What is unfinished may have ended elsewhere, so a small request with nothing in flight is soon read again. */
const READ_AGAIN_MS = 50;
/** Ends of requests at rest are checked at most so often: those of whole requests that an instance left when it died. */
const CHECK_MS = 4_000;
/** Small requests that are checked together. */
const CHECKED_TOGETHER = 32;
/**
 * Capacity of a remembered host is noticed when it comes, that of others and images of other hosts by looking again: soon
 * where hosts were left out, else so rarely that the looks at all requests together stay few.
 */
const SATURATED_PAUSE_MS = 400;
const SATURATED_PAUSE_PER_REQUEST_MS = 4_000;
/** Requests of at most so many images that others work on are claimed from only once something of them is known to be due. */
const MOST_PROBED = 1_000;
/** Requests that are remembered; beyond that those with nothing to do are forgotten until they are next read. */
const MAX_REQUESTS = 2_000;
/** Saturated hosts that are remembered per request; capacity of others is noticed when its pause ends. */
const MAX_SATURATED_HOSTS = 10;

/** What one instance remembers of a request it works on; correctness never depends on it. */
export interface RequestSchedule {
  request: ActiveRequest;
  /** When this run of the request was first seen here. */
  since: number;
  /** Its images in flight on this instance. */
  inFlight: number;
  /** Larger for requests that were granted a claim later. */
  lastGranted: number;
  /** Infinite for a request at rest: nothing of it is due as far as is known, until a read of the database says it is. */
  pausedUntil: number;
  rest: Rest;
  /** Hosts that its due images wait for. */
  saturatedHosts: readonly (string | null)[];
  /** Of a small request: unfinished images when it was last read, less those that have ended here since. */
  unfinished: number;
  /** Whether it is being decided that it has finished. */
  completing: boolean;
}

/** What a read of the database says. */
export interface ActiveFacts {
  readonly requests: readonly ActiveRequest[];
  readonly range: IdRange;
  readonly askedAt: number;
}

/** The answer to a question when the next images of requests are due. */
export interface DueFacts {
  readonly asked: readonly string[];
  /** Milliseconds until the next image of the request is due, at most 0 if it is; only where it is due soon. */
  readonly dueInMs: ReadonlyMap<string, number>;
  /** How long the answer took, in milliseconds. */
  readonly tookMs: number;
}

export type FairQueue = ReturnType<typeof createFairQueue>;

export interface FairQueueHosts {
  /** Whether a host has enough capacity that claiming its images is worth a query. */
  readonly isWorthAClaim: (host: string | null) => boolean;
  /** When the pause of a host ends; infinite when it has none. */
  readonly pauseEndsAt: (host: string | null) => number;
}

const NO_HOSTS: FairQueueHosts = { isWorthAClaim: () => false, pauseEndsAt: () => Number.POSITIVE_INFINITY };

/**
 * Shares the capacity of an instance between requests: the next claim goes to the request with the fewest images in
 * flight, and among equals to the one granted longest ago, so that a small request never waits for a large one to end.
 * @param now milliseconds that never go back
 * @param random 0 ≤ random() < 1: instances that see the same requests begin with different ones
 */
export const createFairQueue = (now: () => number, hosts: FairQueueHosts = NO_HOSTS, random = Math.random) => {
  const schedules = new Map<string, RequestSchedule>();
  const probes = createProbes(now, random);
  let grants = 0;
  let checkedAt = Number.NEGATIVE_INFINITY;

  const isIdle = ({ inFlight, completing }: RequestSchedule): boolean => inFlight === 0 && !completing;

  const grant = (schedule: RequestSchedule): void => {
    grants += 1;
    schedule.lastGranted = grants;
  };

  /** @param dueInMs milliseconds until its next image is due; undefined: that is not known */
  const pause = (schedule: RequestSchedule, until: number, dueInMs?: number): void => {
    schedule.pausedUntil = until;
    schedule.saturatedHosts = [];
    schedule.rest = probes.restFor(dueInMs);
  };

  const isPaused = (schedule: RequestSchedule): boolean => schedule.pausedUntil > now();

  const isResting = (schedule: RequestSchedule): boolean =>
    isPaused(schedule) && !schedule.completing && schedule.saturatedHosts.length === 0;

  /** All that is left of a small request is in flight here: its ends are events. */
  const endsHere = ({ request, inFlight, unfinished }: RequestSchedule): boolean =>
    isSmall(request) && inFlight > 0 && unfinished === inFlight;

  const toProbe = (): RequestSchedule[] => [...schedules.values()].filter((one) => isResting(one) && !endsHere(one));

  /** Somebody gave images back. Of a large request a claim finds out as quickly as a question, and of several at once. */
  const cameBack = (schedule: RequestSchedule): void => {
    if (schedule.request.total > MOST_PROBED && isResting(schedule)) schedule.pausedUntil = 0;
    else schedule.rest.askAt = 0;
  };

  const add = (request: ActiveRequest, isOwn = true): void => {
    const schedule = schedules.get(request._id);
    if (schedule === undefined) {
      if (schedules.size >= MAX_REQUESTS) return;
      const isOthers = !isOwn && request.state === 'processing' && request.total <= MOST_PROBED;
      schedules.set(request._id, {
        request,
        ...{ since: now(), inFlight: 0, lastGranted: isOwn ? 0 : random() },
        ...{ pausedUntil: isOthers ? Number.POSITIVE_INFINITY : 0, rest: probes.restFor() },
        ...{ saturatedHosts: [], unfinished: request.total, completing: false },
      });
      return;
    }
    const { run, state, returns } = schedule.request;
    if (run !== request.run) schedule.since = now();
    if (run !== request.run || (state !== 'cancelling' && request.state === 'cancelling')) schedule.pausedUntil = 0;
    if (returns !== request.returns) cameBack(schedule);
    // Counters never run ahead, so this request has ended or is about to.
    if (finishedImages(request.counters) >= request.total) schedule.rest.mayHaveEnded = true;
    schedule.request = request;
  };

  /** Due images wait for these hosts: pause until one has capacity, or for a moment. */
  const hostsSaturated = (schedule: RequestSchedule, waitedFor: readonly (string | null)[]): void => {
    const remembered = waitedFor.slice(0, MAX_SATURATED_HOSTS);
    const looks = schedules.size * SATURATED_PAUSE_PER_REQUEST_MS;
    const again = now() + (remembered.length < waitedFor.length ? SATURATED_PAUSE_MS : looks);
    schedule.pausedUntil = Math.min(again, ...remembered.map(hosts.pauseEndsAt));
    schedule.saturatedHosts = remembered;
  };

  /** Rests until an event or a read of the database says that something is due; what is due soon is waited for. */
  const restUntilDue = (schedule: RequestSchedule, dueInMs?: number): void =>
    pause(schedule, (dueInMs ?? SOON_MS) < SOON_MS ? now() + (dueInMs ?? 0) : Number.POSITIVE_INFINITY, dueInMs);

  const nothingDue = (schedule: RequestSchedule, dueInMs?: number): void => {
    grant(schedule);
    restUntilDue(schedule, dueInMs);
  };

  const isCandidate = (schedule: RequestSchedule, at: number): boolean =>
    !schedule.completing && (schedule.pausedUntil <= at || schedule.saturatedHosts.some(hosts.isWorthAClaim));

  return {
    add,
    nothingDue,
    hostsSaturated,
    get: (requestId: string): RequestSchedule | undefined => schedules.get(requestId),

    /**
     * Takes in what the database says is active, and forgets what is no longer.
     * @param range of the ids that were read
     * @param askedAt when the query was sent; requests that came later are not in its answer
     */
    update({ requests: active, range, askedAt }: ActiveFacts): void {
      const ids = new Set(active.map((request) => request._id));
      const isGone = ({ request: { _id }, since }: RequestSchedule): boolean =>
        _id >= range.from && _id < range.to && !ids.has(_id) && since < askedAt;
      for (const [id, schedule] of schedules) if (isIdle(schedule) && isGone(schedule)) schedules.delete(id);
      for (const [id, schedule] of schedules) {
        if (schedules.size + active.length <= MAX_REQUESTS) break;
        if (isIdle(schedule) && !ids.has(id) && schedule.pausedUntil > now()) schedules.delete(id);
      }
      for (const request of active) add(request, false);
    },

    markStarted(requestIds: readonly string[]): void {
      for (const id of requestIds) {
        const schedule = schedules.get(id);
        if (schedule?.request.state === 'queued') schedule.request = { ...schedule.request, state: 'processing' };
      }
    },

    /** Of which requests to ask now when their next image is due; none if it is not time. */
    toProbe(): string[] {
      const resting = toProbe();
      return probes.nextAt(resting) > now() ? [] : probes.next(resting).map(({ request }) => request._id);
    },

    probed({ asked, dueInMs, tookMs }: DueFacts): void {
      probes.answered(tookMs);
      for (const id of asked) {
        const schedule = schedules.get(id);
        if (schedule === undefined || !isResting(schedule)) continue;
        const ms = dueInMs.get(id);
        restUntilDue(schedule, ms ?? Number.POSITIVE_INFINITY);
        schedule.rest.mayHaveEnded = ms === undefined;
      }
    },

    /** The request has not ended, though it seemed so: it rests until it is known when something is due. */
    hasNotEnded(schedule: RequestSchedule): void {
      if (!isResting(schedule)) nothingDue(schedule);
    },

    /** Requests at rest whose end is to be checked now: small ones together. */
    toCheck(): RequestSchedule[] {
      const idle = [...schedules.values()].filter(
        (schedule) => schedule.rest.mayHaveEnded && isResting(schedule) && isIdle(schedule),
      );
      const [first] = idle;
      if (first === undefined || now() < checkedAt + CHECK_MS) return [];
      checkedAt = now();
      const checked = isSmall(first.request)
        ? idle.filter(({ request }) => isSmall(request)).slice(0, CHECKED_TOGETHER)
        : [first];
      for (const { rest } of checked) rest.mayHaveEnded = false;
      return checked;
    },

    /** The request has finished. */
    forget(schedule: RequestSchedule): void {
      if (schedules.get(schedule.request._id) === schedule) schedules.delete(schedule.request._id);
    },

    /** Requests that may have something due, the one with the fewest images in flight first. */
    candidates(): RequestSchedule[] {
      const at = now();
      return [...schedules.values()]
        .filter((schedule) => isCandidate(schedule, at))
        .sort((a, b) => a.inFlight - b.inFlight || a.lastGranted - b.lastGranted);
    },

    /** Requests that are known here. */
    get size(): number {
      return schedules.size;
    },

    /** Hosts that due images wait for. */
    saturatedHosts: (): (string | null)[] => [...schedules.values()].flatMap((schedule) => schedule.saturatedHosts),

    /** When the next pause ends, or the next question is due; infinite when none will. */
    nextAt(): number {
      let at = probes.nextAt(toProbe());
      for (const { completing, pausedUntil } of schedules.values()) if (!completing) at = Math.min(at, pausedUntil);
      return at;
    },

    /** Images of the request were claimed, or something was cancelled. */
    granted(schedule: RequestSchedule): void {
      grant(schedule);
    },

    /**
     * All unfinished images of a small request were read: pause until one of them can be due.
     * @param isServed whether some of them were claimed; where the claim had no room for them, its turn has not come
     */
    read(schedule: RequestSchedule, left: ClaimLeft, isServed: boolean): void {
      if (isServed || !left.more) grant(schedule);
      schedule.unfinished = left.unfinished ?? schedule.unfinished;
      if (left.more) schedule.pausedUntil = 0;
      else if (left.saturatedHosts.length > 0) hostsSaturated(schedule, left.saturatedHosts);
      // What is in flight here ends with an event.
      else restUntilDue(schedule, left.dueInMs);
    },

    /**
     * One of its images has ended here.
     * @param dueInMs when the image is due again; null: it is finished
     * @returns whether the request has finished, as far as is known here
     */
    ended(schedule: RequestSchedule, dueInMs: number | null): boolean {
      schedule.inFlight -= 1;
      if (dueInMs === null) schedule.unfinished -= 1;
      else schedule.pausedUntil = Math.min(schedule.pausedUntil, now() + dueInMs);
      if (schedule.inFlight > 0) return false;
      const isOpen = isSmall(schedule.request) && schedule.unfinished > 0;
      const soon = now() + READ_AGAIN_MS;
      const isCancelling = schedule.request.state === 'cancelling';
      schedule.pausedUntil = isOpen && !isCancelling ? Math.min(schedule.pausedUntil, soon) : 0;
      return isSmall(schedule.request) && !isOpen;
    },
  };
};
