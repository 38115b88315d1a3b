import type { ActiveRequest, IdRange } from '../requests/request-store.ts';
import { isSmall } from '../requests/transitions.ts';
import { type ClaimCursor, newCursor } from './due.ts';
import type { Look } from './due-together.ts';

/** How long a request that had nothing due is left alone, in milliseconds: growing, so that waiting costs little. */
const DRY_PAUSE_FIRST_MS = 50;
const DRY_PAUSE_LONGEST_MS = 500;
/** With many requests it is longer, so that looking at idle ones is a bounded share of the work: so much for each. */
const PAUSE_FOR_EACH_MS = { small: 2, large: 20 };
/**
 * A server that asked for a pause has room again without anything having ended here. Where many requests wait they are
 * looked at less often, so much for each: those with something to do must not wait for them.
 */
const WITHOUT_ROOM_MS = 400;
const WITHOUT_ROOM_FOR_EACH_MS = 10;
/** Requests that are remembered; when there are more, those with nothing to do are forgotten until their next look. */
const MOST_KNOWN = 2_000;
/** Image servers that a request remembers to wait for; the room of others is noticed a moment later. */
const MOST_WAITED_FOR = 10;

/** What one instance remembers of a request it works on; none of it is needed for correctness. */
export interface Turn {
  request: ActiveRequest;
  readonly cursor: ClaimCursor;
  /** When this run of the request was first seen here. */
  since: number;
  /** Images of the request in work on this instance. */
  running: number;
  lastServed: number;
  dryUntil: number;
  dryPauseMs: number;
  /** What is due waits for these image servers. */
  waitingFor: readonly (string | null)[];
  /** Of a small request: unfinished images when it was last looked at, less those that have ended here since. */
  open: number;
  /** Whether it is being decided that it has ended. */
  ending: boolean;
}

export interface FairQueue {
  /**
   * Takes in what the database says is active, and forgets what it says no more.
   * @param range of the ids that were asked for
   * @param askedAt when the question was put; what came later is not in its answer
   */
  update(active: readonly ActiveRequest[], range: IdRange, askedAt: number): void;
  /** Takes in one request that has just become active. */
  add(request: ActiveRequest): void;
  /** The request has ended. */
  forget(turn: Turn): void;
  /** Requests that may have something due, the one with the least in work first. */
  candidates(): Turn[];
  served(turn: Turn): void;
  /** Nothing was due: leave it alone for a moment. */
  dry(turn: Turn): void;
  /** What is due waits for its image servers: leave it alone until one has room, or for a moment. */
  withoutRoom(turn: Turn, origins: Iterable<string | null>): void;
  /** A small request was looked at: leave it alone until something of it can be due. */
  looked(turn: Turn, look: Look): void;
  /**
   * Work on one of its images ended here.
   * @param againInMs when the image is due again; null: it is finished
   * @returns whether the request has ended, as far as is known here
   */
  ended(turn: Turn, againInMs: number | null): boolean;
}

/**
 * Shares the slots of an instance between requests: the next slot goes to the request with the least in work, and among
 * equals to the one served longest ago, so that a small request never waits for a large one to end.
 * @param isRoomy whether it is worth a query to claim images of this server
 */
export const createFairQueue = (
  now: () => number,
  isRoomy: (origin: string | null) => boolean = () => false,
): FairQueue => {
  const turns = new Map<string, Turn>();
  let served = 0;

  const isIdle = (turn: Turn): boolean => turn.running === 0 && !turn.ending;

  const take = (request: ActiveRequest): void => {
    const known = turns.get(request._id);
    if (known === undefined) {
      turns.set(request._id, {
        request,
        cursor: newCursor(),
        ...{ since: now(), running: 0, lastServed: 0, dryUntil: 0, dryPauseMs: DRY_PAUSE_FIRST_MS },
        ...{ waitingFor: [], open: request.total, ending: false },
      });
      return;
    }
    const { run, state } = known.request;
    if (run !== request.run) known.since = now();
    if (run !== request.run || state !== request.state) known.dryUntil = 0;
    known.request = request;
  };

  const longestPause = ({ request }: Turn): number =>
    Math.max(DRY_PAUSE_LONGEST_MS, turns.size * PAUSE_FOR_EACH_MS[isSmall(request) ? 'small' : 'large']);

  const rest = (turn: Turn, ms: number): void => {
    turn.dryUntil = now() + Math.min(ms, longestPause(turn));
    turn.waitingFor = [];
  };

  const next = (turn: Turn): void => {
    served += 1;
    turn.lastServed = served;
  };

  const queue: FairQueue = {
    update(active, range, askedAt) {
      const ids = new Set(active.map((request) => request._id));
      const isGone = ({ request: { _id }, since }: Turn): boolean =>
        _id >= range.from && _id < range.to && !ids.has(_id) && since < askedAt;
      for (const [id, turn] of turns) if (isIdle(turn) && isGone(turn)) turns.delete(id);
      for (const [id, turn] of turns) {
        if (turns.size + active.length <= MOST_KNOWN) break;
        if (isIdle(turn) && !ids.has(id) && turn.dryUntil > now()) turns.delete(id);
      }
      for (const request of active) queue.add(request);
    },
    add(request) {
      if (turns.has(request._id) || turns.size < MOST_KNOWN) take(request);
    },
    forget(turn) {
      if (turns.get(turn.request._id) === turn) turns.delete(turn.request._id);
    },
    candidates() {
      const at = now();
      return [...turns.values()]
        .filter(({ ending, dryUntil, waitingFor }) => !ending && (dryUntil <= at || waitingFor.some(isRoomy)))
        .sort((a, b) => a.running - b.running || a.lastServed - b.lastServed);
    },
    served(turn) {
      next(turn);
      turn.dryPauseMs = DRY_PAUSE_FIRST_MS;
    },
    dry(turn) {
      next(turn);
      rest(turn, turn.dryPauseMs);
      turn.dryPauseMs = Math.min(turn.dryPauseMs * 2, longestPause(turn));
    },
    withoutRoom(turn, origins) {
      turn.dryUntil = now() + Math.max(WITHOUT_ROOM_MS, turns.size * WITHOUT_ROOM_FOR_EACH_MS);
      turn.waitingFor = [...origins].slice(0, MOST_WAITED_FOR);
    },
    looked(turn, { unfinished, more, waitingFor, dueInMs }) {
      next(turn);
      turn.open = unfinished;
      if (more) turn.dryUntil = 0;
      else if (waitingFor.length > 0) queue.withoutRoom(turn, waitingFor);
      // All that is left of it is in work here, whose end is told.
      else if (unfinished === turn.running) turn.dryUntil = Number.POSITIVE_INFINITY;
      else rest(turn, Math.max(dueInMs, 0));
    },
    ended(turn, againInMs) {
      turn.running -= 1;
      if (againInMs === null) turn.open -= 1;
      else turn.dryUntil = Math.min(turn.dryUntil, now() + againInMs);
      if (turn.running > 0) return false;
      const isOpen = isSmall(turn.request) && turn.open > 0;
      // What is open may have ended elsewhere, so it never rests for long with nothing in work.
      const soon = now() + DRY_PAUSE_FIRST_MS;
      turn.dryUntil = isOpen && turn.request.state !== 'cancelling' ? Math.min(turn.dryUntil, soon) : 0;
      return isSmall(turn.request) && !isOpen;
    },
  };
  return queue;
};
