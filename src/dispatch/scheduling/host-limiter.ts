import { LRUCache } from 'lru-cache';
import { type Backoff, backoffMs } from '../../timing/backoff.ts';
import { createHostPace, type HostPace, type Start } from './host-pace.ts';

/** A server may ask for a pause of up to this; without a Retry-After the pause doubles from the first to the longest. */
const LONGEST_RETRY_AFTER_MS = 15 * 60_000;
const PAUSE: Backoff = { firstMs: 1_000, longestMs: 30_000 };
/** Hosts that are remembered although nothing of theirs is in flight. */
const MAX_REMEMBERED = 10_000;
/** Hosts whose pace is remembered, and for how long after their last download. */
const PACES = { max: 2_000, ttl: 10 * 60_000 };
/** Images queued per connection, so that the next download starts at once and a claim is worth its query. */
const QUEUED_PER_CONNECTION = 2;

export interface HostLimits {
  /** The most concurrent downloads from one host; each host has a pace of its own within that. */
  readonly connections: () => number;
  /** Images in flight in all, queued ones included. */
  readonly most: number;
  /** After so many throttles in a row images fail one by one instead of pausing again, so that they come to an end. */
  readonly maxConsecutiveThrottles: number;
}

interface HostState {
  readonly pace: HostPace;
  /** By the ids of their images. */
  readonly downloading: Map<string, Start>;
  /** Images that count for the host without a permit or a place in its queue. */
  joined: number;
  /** Ids of images that wait for a permit. */
  readonly queue: string[];
  pausedUntil: number;
  consecutiveThrottles: number;
  /** How many more throttles without a Retry-After are no reason for a pause: as many as were in flight at a success. */
  absorbs: number;
}

export type HostLimiter = ReturnType<typeof createHostLimiter>;

/**
 * Limits what is in flight from each image host, so that a slow or throttling one delays only its own images
 * (docs/decisions/0026-independent-origins.md). Permits are given out here, in the main thread, where the downloads of
 * all threads are known: an image that waits for one takes no place in a thread. Synchronous and without a clock of its
 * own; hosts are scheme, host and port, or a bucket, and null means no limit.
 * @param now milliseconds that never go back
 */
export const createHostLimiter = ({ connections, most, maxConsecutiveThrottles }: HostLimits, now: () => number) => {
  const states = new Map<string, HostState>();
  /** Hosts with something in flight. */
  let busy = 0;

  const paces = new LRUCache<string, HostPace>({
    ...{ ...PACES, updateAgeOnGet: true, ttlResolution: 0, perf: { now } },
  });

  const paceOf = (host: string): HostPace => {
    const pace = paces.get(host) ?? createHostPace(connections, now);
    paces.set(host, pace);
    return pace;
  };
  const limitOf = (host: string): number => (states.get(host)?.pace ?? paceOf(host)).limit;

  const inFlight = ({ downloading, joined, queue }: HostState): number => downloading.size + joined + queue.length;
  const isPaused = (state: HostState): boolean => now() < state.pausedUntil;

  const stateOf = (host: string): HostState => {
    const known = states.get(host);
    if (known !== undefined) return known;
    if (states.size >= MAX_REMEMBERED) {
      const idle = [...states].find(([, state]) => inFlight(state) === 0);
      if (idle !== undefined) states.delete(idle[0]);
    }
    const state: HostState = {
      ...{ pace: paceOf(host), downloading: new Map(), joined: 0, queue: [], pausedUntil: 0 },
      ...{ consecutiveThrottles: 0, absorbs: 0 },
    };
    states.set(host, state);
    return state;
  };

  const change = <Result>(host: string, state: HostState, apply: () => Result): Result => {
    const before = Math.min(inFlight(state), 1);
    const result = apply();
    busy += Math.min(inFlight(state), 1) - before;
    if (inFlight(state) + state.consecutiveThrottles === 0) states.delete(host);
    return result;
  };

  /** Always leaves room for one more host, so that slow hosts never hold all of it. */
  const shareOf = (host: string, state: HostState | undefined): number => {
    const others = busy - (state !== undefined && inFlight(state) > 0 ? 1 : 0);
    return Math.max(
      1,
      Math.min((state?.pace ?? paceOf(host)).limit * (1 + QUEUED_PER_CONNECTION), Math.floor(most / (others + 2))),
    );
  };

  const available = (host: string | null): number => {
    if (host === null) return most;
    const state = states.get(host);
    if (state === undefined) return shareOf(host, undefined);
    if (isPaused(state)) return 0;
    // After a pause a single image tries the host before the others follow.
    const { consecutiveThrottles } = state;
    const isProbing = consecutiveThrottles > 0 && consecutiveThrottles <= maxConsecutiveThrottles;
    return Math.max(0, (isProbing ? 1 : shareOf(host, state)) - inFlight(state));
  };

  const begin = (state: HostState, imageId: string): void => {
    state.downloading.set(imageId, { at: now(), with: state.downloading.size + 1 });
  };

  const rejectQueue = (host: string, state: HostState): string[] => change(host, state, () => state.queue.splice(0));

  return {
    available,
    limitOf,

    /** Whether enough is available that claiming is worth a query: one image per claim would be expensive. */
    isWorthAClaim(host: string | null): boolean {
      return host === null || available(host) >= Math.max(1, shareOf(host, states.get(host)) / 4);
    },

    /** When the pause of the host ends; infinite when it has none. */
    pauseEndsAt(host: string | null): number {
      const state = host === null ? undefined : states.get(host);
      return state !== undefined && isPaused(state) ? state.pausedUntil : Number.POSITIVE_INFINITY;
    },

    /** Asks for a permit to download; `refused` while the host is paused. */
    acquire(host: string | null, imageId: string): 'granted' | 'queued' | 'refused' {
      if (host === null) return 'granted';
      const state = stateOf(host);
      if (isPaused(state)) return 'refused';
      return change(host, state, () => {
        if (state.downloading.size >= state.pace.limit) {
          state.queue.push(imageId);
          return 'queued';
        }
        begin(state, imageId);
        return 'granted';
      });
    },

    /** Gives a permit back. */
    release(host: string | null, imageId: string): void {
      const state = host === null ? undefined : states.get(host);
      if (host === null || state === undefined) return;
      change(host, state, () => state.downloading.delete(imageId));
    },

    /** Gives a free permit to the image that has waited longest. Returns its id; null when there is none of either. */
    grantNext(host: string | null): string | null {
      const state = host === null ? undefined : states.get(host);
      if (host === null || state === undefined || state.downloading.size >= state.pace.limit) return null;
      const next = state.queue.shift();
      if (next !== undefined) begin(state, next);
      return next ?? null;
    },

    /** The response to the image's download is here. @param roundTripMs see host-pace.ts */
    recordAnswer(host: string | null, imageId: string, roundTripMs: number | undefined): void {
      const state = host === null ? undefined : states.get(host);
      const start = state?.downloading.get(imageId);
      if (host === null || state === undefined || start === undefined) return;
      if (!isPaused(state)) {
        state.consecutiveThrottles = 0;
        state.absorbs = state.downloading.size;
      }
      state.pace.answered({ ...start, roundTripMs, isWanted: state.queue.length > 0 });
    },

    /** The host had an error or did not answer: that may be for all it has to do. */
    recordFailure(host: string | null, imageId: string): void {
      const state = host === null ? undefined : states.get(host);
      const start = state?.downloading.get(imageId);
      if (start !== undefined) state?.pace.refused(start, 'failed');
    },

    /** Takes an image out of the queue for a permit. */
    dequeue(host: string | null, imageId: string): void {
      const state = host === null ? undefined : states.get(host);
      if (host === null || state === undefined) return;
      change(host, state, () => {
        const index = state.queue.indexOf(imageId);
        if (index !== -1) state.queue.splice(index, 1);
      });
    },

    /** Counts an image that is about to ask for a permit, or waits for an identical download. */
    join(host: string | null): void {
      if (host === null) return;
      const state = stateOf(host);
      change(host, state, () => {
        state.joined += 1;
      });
    },

    /** Ends what `join` began. */
    leave(host: string | null): void {
      const state = host === null ? undefined : states.get(host);
      if (host === null || state === undefined) return;
      change(host, state, () => {
        state.joined -= 1;
      });
    },

    /**
     * The host asked for a slower pace. Without a Retry-After it gets fewer connections first, as long as others of its
     * downloads succeed; otherwise it is paused. Returns the queued images, which are refused by that.
     */
    recordThrottle(host: string | null, imageId: string, retryAfterMs: number | undefined): string[] {
      if (host === null) return [];
      const state = stateOf(host);
      const start = state.downloading.get(imageId);
      if (start !== undefined) state.pace.refused(start, 'throttled');
      if (retryAfterMs === undefined && state.absorbs > 0 && !isPaused(state)) {
        state.absorbs -= 1;
        return [];
      }
      state.absorbs = 0;
      // Downloads that ran at the same time are throttled together, and count once.
      if (!isPaused(state)) state.consecutiveThrottles += 1;
      if (state.consecutiveThrottles > maxConsecutiveThrottles) return [];
      const pause = retryAfterMs ?? backoffMs(state.consecutiveThrottles, PAUSE);
      state.pausedUntil = Math.max(state.pausedUntil, now() + Math.min(pause, LONGEST_RETRY_AFTER_MS));
      return isPaused(state) ? rejectQueue(host, state) : [];
    },

    /** The host answered as it should. */
    recordSuccess(host: string | null): void {
      const state = host === null ? undefined : states.get(host);
      if (host === null || state === undefined || isPaused(state)) return;
      change(host, state, () => {
        state.consecutiveThrottles = 0;
      });
    },

    /** The hosts that images wait for, by how many do, the most first: how many connections each has. */
    limiting(): { readonly host: string; readonly connections: number; readonly waiting: number }[] {
      return [...states]
        .filter(([, { queue }]) => queue.length > 0)
        .map(([host, { queue, pace }]) => ({ host, connections: pace.limit, waiting: queue.length }))
        .sort((a, b) => b.waiting - a.waiting);
    },

    /** Hosts that are paused, for metrics. */
    paused(): number {
      let paused = 0;
      for (const state of states.values()) if (isPaused(state)) paused += 1;
      return paused;
    },

    /** Empties all queues. Returns the images that waited. */
    close(): string[] {
      return [...states].flatMap(([host, state]) => rejectQueue(host, state));
    },
  };
};
