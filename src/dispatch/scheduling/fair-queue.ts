import type { ActiveRequest, IdRange } from '../../requests/request-store.ts';
import { isSmall } from '../../requests/transitions.ts';
import type { ClaimLeft } from '../due.ts';

/** How long a request with nothing due is left alone, in milliseconds: doubling, so that waiting costs little. */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 500;
/** With many requests pauses are longer, so that polling idle ones stays a bounded share of the work. */
const PAUSE_PER_REQUEST_MS = { small: 2, large: 20 };
/** A host's pause ends without an event here, so its requests are polled, less often when many of them wait. */
const SATURATED_PAUSE_MS = 400;
const SATURATED_PAUSE_PER_REQUEST_MS = 10;
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
  pausedUntil: number;
  nextPauseMs: number;
  /** Hosts that its due images wait for. */
  saturatedHosts: readonly (string | null)[];
  /** Of a small request: unfinished images when it was last read, less those that have ended here since. */
  unfinished: number;
  /** Whether it is being decided that it has finished. */
  completing: boolean;
}

export type FairQueue = ReturnType<typeof createFairQueue>;

/**
 * Shares the capacity of an instance between requests: the next claim goes to the request with the fewest images in
 * flight, and among equals to the one granted longest ago, so that a small request never waits for a large one to end.
 * @param now milliseconds that never go back
 * @param isWorthAClaim whether a host has enough capacity that claiming its images is worth a query
 */
export const createFairQueue = (now: () => number, isWorthAClaim: (host: string | null) => boolean = () => false) => {
  const schedules = new Map<string, RequestSchedule>();
  let grants = 0;

  const isIdle = ({ inFlight, completing }: RequestSchedule): boolean => inFlight === 0 && !completing;

  const longestPause = ({ request }: RequestSchedule): number =>
    Math.max(LONGEST_PAUSE_MS, schedules.size * PAUSE_PER_REQUEST_MS[isSmall(request) ? 'small' : 'large']);

  const grant = (schedule: RequestSchedule): void => {
    grants += 1;
    schedule.lastGranted = grants;
  };

  const pause = (schedule: RequestSchedule, ms: number): void => {
    schedule.pausedUntil = now() + Math.min(ms, longestPause(schedule));
    schedule.saturatedHosts = [];
  };

  const add = (request: ActiveRequest): void => {
    const known = schedules.get(request._id);
    if (known === undefined) {
      if (schedules.size >= MAX_REQUESTS) return;
      schedules.set(request._id, {
        request,
        ...{ since: now(), inFlight: 0, lastGranted: 0, pausedUntil: 0, nextPauseMs: FIRST_PAUSE_MS },
        ...{ saturatedHosts: [], unfinished: request.total, completing: false },
      });
      return;
    }
    const { run, state } = known.request;
    if (run !== request.run) known.since = now();
    if (run !== request.run || state !== request.state) known.pausedUntil = 0;
    known.request = request;
  };

  /** Due images wait for these hosts: pause until one has capacity, or for a moment. */
  const hostsSaturated = (schedule: RequestSchedule, hosts: Iterable<string | null>): void => {
    schedule.pausedUntil = now() + Math.max(SATURATED_PAUSE_MS, schedules.size * SATURATED_PAUSE_PER_REQUEST_MS);
    schedule.saturatedHosts = [...hosts].slice(0, MAX_SATURATED_HOSTS);
  };

  /** Pauses for a growing while. */
  const nothingDue = (schedule: RequestSchedule): void => {
    grant(schedule);
    pause(schedule, schedule.nextPauseMs);
    schedule.nextPauseMs = Math.min(schedule.nextPauseMs * 2, longestPause(schedule));
  };

  const isCandidate = (schedule: RequestSchedule, at: number): boolean =>
    !schedule.completing && (schedule.pausedUntil <= at || schedule.saturatedHosts.some(isWorthAClaim));

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
    update(active: readonly ActiveRequest[], range: IdRange, askedAt: number): void {
      const ids = new Set(active.map((request) => request._id));
      const isGone = ({ request: { _id }, since }: RequestSchedule): boolean =>
        _id >= range.from && _id < range.to && !ids.has(_id) && since < askedAt;
      for (const [id, schedule] of schedules) if (isIdle(schedule) && isGone(schedule)) schedules.delete(id);
      for (const [id, schedule] of schedules) {
        if (schedules.size + active.length <= MAX_REQUESTS) break;
        if (isIdle(schedule) && !ids.has(id) && schedule.pausedUntil > now()) schedules.delete(id);
      }
      for (const request of active) add(request);
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

    /** When the next pause ends; infinite when none will. */
    nextAt(): number {
      let at = Number.POSITIVE_INFINITY;
      for (const { completing, pausedUntil } of schedules.values()) if (!completing) at = Math.min(at, pausedUntil);
      return at;
    },

    /** Images of the request were claimed, or something was cancelled. */
    granted(schedule: RequestSchedule): void {
      grant(schedule);
      schedule.nextPauseMs = FIRST_PAUSE_MS;
    },

    /** All unfinished images of a small request were read: pause until one of them can be due. */
    read(schedule: RequestSchedule, left: ClaimLeft): void {
      grant(schedule);
      schedule.unfinished = left.unfinished ?? schedule.unfinished;
      if (left.more) schedule.pausedUntil = 0;
      else if (left.saturatedHosts.length > 0) hostsSaturated(schedule, left.saturatedHosts);
      // All that is left of it is in flight here, and an event comes when it ends.
      else if (schedule.unfinished === schedule.inFlight) schedule.pausedUntil = Number.POSITIVE_INFINITY;
      else pause(schedule, Math.max(left.dueInMs, 0));
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
      // What is unfinished may have ended elsewhere, so it never pauses for long with nothing in flight.
      const soon = now() + FIRST_PAUSE_MS;
      const isCancelling = schedule.request.state === 'cancelling';
      schedule.pausedUntil = isOpen && !isCancelling ? Math.min(schedule.pausedUntil, soon) : 0;
      return isSmall(schedule.request) && !isOpen;
    },
  };
};
