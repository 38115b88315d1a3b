import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { tenantOfRequest } from '../requests/tenant.ts';
import { isFinal } from '../requests/transitions.ts';
import type { ListedRequest } from './listing.ts';
import { summaryOf } from './status.ts';

/** A request as it stood at one moment. */
export interface WatchedState {
  /** Made of the state itself: the same on every instance, and the same again only when nothing has changed. */
  readonly id: string;
  /** {@link summaryOf} as JSON, one text for all who are told. */
  readonly data: string;
  readonly final: boolean;
}

export interface Watcher {
  /** The state as it is, then each newer one; a final one is the last call. */
  onState(state: WatchedState): void;
  /** There is no such request, or no longer; the last call. */
  onGone(): void;
  /** The first state could not be read; the last call. A failure after that is waited out. */
  onFailed(error: unknown): void;
}

/**
 * Tells the watcher about a request of this tenant until it leaves, by the function that is returned. Another tenant's
 * request is none.
 */
export type Watch = (tenant: string, requestId: string, watcher: Watcher) => () => void;

export interface WatchingDeps {
  /** Those of these requests that exist; asked for at most {@link IDS_A_QUERY}. */
  readonly read: (requestIds: readonly string[]) => Promise<readonly ListedRequest[]>;
  readonly log: { warn(facts: object, message: string): void };
  readonly everyMs?: number;
}

/** Twice a second: what another instance has changed is told well within one. */
const EVERY_MS = 500;
/** A database that is slow gets at least this pause. */
const PAUSE_MS = 100;
/** Watchers that are told in one go. */
const TOLD_AT_ONCE = 50;
const IDS_A_QUERY = 100;

interface Seat {
  readonly watcher: Watcher;
  /** How many reads had begun when it came: only a later one may tell it that all is over. */
  readonly since: number;
  /** Id of the newest state it was told. */
  told?: string;
}

interface Watched {
  readonly tenant: string;
  state: WatchedState | null;
  readonly seats: Set<Seat>;
}

/**
 * Watches requests by reading them again and again, so that it does not matter which instance changed them. There is one
 * reader however many watch: it reads all watched requests together, and rests when nobody watches.
 */
export const createWatching = ({ read, log, everyMs = EVERY_MS }: WatchingDeps): Watch => {
  /** By place: the request and the tenant that asks, so that nobody is told what another tenant's watching has found. */
  const watched = new Map<string, Watched>();
  /** Places of those that somebody waits for the first state of. */
  const fresh = new Set<string>();
  let reads = 0;
  let broken = false;
  let running = false;
  let wake: () => void = () => {};

  const leave = (place: string, entry: Watched, seat: Seat): void => {
    entry.seats.delete(seat);
    if (entry.seats.size > 0 || watched.get(place) !== entry) return;
    watched.delete(place);
    fresh.delete(place);
    if (watched.size === 0) wake();
  };

  const tell = (seat: Seat, state: WatchedState): void => {
    if (seat.told === state.id) return;
    seat.told = state.id;
    seat.watcher.onState(state);
  };

  /** A request may have thousands of watchers: between some of them the process does other things. */
  const tellAll = async (entry: Watched, state: WatchedState): Promise<void> => {
    for (const [at, seat] of [...entry.seats].entries()) {
      if (at > 0 && at % TOLD_AT_ONCE === 0) await nextTurn();
      if (entry.seats.has(seat)) tell(seat, state);
    }
  };

  /** Nobody may be told of an end that lay before they came: a retry may have begun a new run in between. */
  const finish = (place: string, entry: Watched, state: WatchedState | null, begun: number): void => {
    entry.state = null;
    for (const seat of [...entry.seats]) {
      if (seat.since >= begun) continue;
      leave(place, entry, seat);
      if (state === null) seat.watcher.onGone();
      else tell(seat, state);
    }
    if (entry.seats.size > 0) fresh.add(place);
  };

  const failWaiting = (error: unknown): void => {
    for (const [place, entry] of [...watched]) {
      for (const seat of [...entry.seats]) {
        if (seat.told !== undefined) continue;
        leave(place, entry, seat);
        seat.watcher.onFailed(error);
      }
    }
  };

  const look = async (places: readonly string[]): Promise<void> => {
    reads += 1;
    const begun = reads;
    const found = new Map((await read(places.map(requestIdOf))).map((request) => [request._id, request]));
    for (const place of places) {
      const entry = watched.get(place);
      if (entry === undefined) continue;
      const request = found.get(requestIdOf(place));
      const state = request === undefined || tenantOfRequest(request) !== entry.tenant ? null : stateOf(request);
      if (state === null || state.final) finish(place, entry, state, begun);
      else {
        entry.state = state;
        await tellAll(entry, state);
      }
    }
  };

  const lookAtAll = async (places: readonly string[]): Promise<void> => {
    try {
      for (let from = 0; from < places.length; from += IDS_A_QUERY) await look(places.slice(from, from + IDS_A_QUERY));
      broken = false;
    } catch (error) {
      if (!broken) log.warn({ err: error }, 'watched requests cannot be read; it is tried again');
      broken = true;
      failWaiting(error);
    }
  };

  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const run = async (): Promise<void> => {
    let due = performance.now() + everyMs;
    while (watched.size > 0) {
      const all = performance.now() >= due;
      const places = all ? [...watched.keys()] : [...fresh];
      fresh.clear();
      const begunAt = performance.now();
      if (places.length > 0) await lookAtAll(places);
      // Telling many takes no more than half of the time.
      const took = performance.now() - begunAt;
      if (all) due = Math.max(begunAt + everyMs, performance.now() + Math.max(PAUSE_MS, took));
      if (fresh.size === 0 && watched.size > 0) await sleep(Math.max(0, due - performance.now()));
    }
    running = false;
  };

  return (tenant, requestId, watcher) => {
    const place = `${requestId} ${tenant}`;
    const entry = watched.get(place) ?? { tenant, state: null, seats: new Set<Seat>() };
    watched.set(place, entry);
    const seat: Seat = { watcher, since: reads };
    entry.seats.add(seat);
    if (entry.state !== null) tell(seat, entry.state);
    else {
      fresh.add(place);
      wake();
    }
    if (!running) {
      running = true;
      void run();
    }
    return () => leave(place, entry, seat);
  };
};

const requestIdOf = (place: string): string => place.slice(0, place.indexOf(' '));

const ID_CHARACTERS = 16;

const stateOf = (request: ListedRequest): WatchedState => {
  const data = JSON.stringify(summaryOf(request));
  const id = createHash('sha256').update(data).digest('base64url').slice(0, ID_CHARACTERS);
  return { id, data, final: isFinal(request.state) };
};
