import { type ClaimCursor, newCursor } from './due.ts';
import type { ActiveRequest } from './request-store.ts';

/** How long a request that had nothing due is left alone, in milliseconds: growing, so that waiting costs little. */
const DRY_PAUSE_FIRST_MS = 50;
const DRY_PAUSE_LONGEST_MS = 500;
/** A server that asked for a pause has room again without anything having ended here. */
const WITHOUT_ROOM_MS = 400;

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
  /** What is due waits for its image servers. */
  withoutRoom: boolean;
}

export interface FairQueue {
  /** Takes in what the database says is active, and forgets the rest. */
  update(active: readonly ActiveRequest[]): void;
  /** Requests that may have something due, the one with the least in work first. */
  candidates(): Turn[];
  served(turn: Turn): void;
  /** Nothing was due: leave it alone for a moment. */
  dry(turn: Turn): void;
  /** What is due waits for its image servers: leave it alone until one has room, or for a moment. */
  withoutRoom(turn: Turn): void;
  /** An image server has room again. */
  roomAgain(): void;
  /** Something of it ended here: look at it again at once. */
  ended(requestId: string): void;
}

/**
 * Shares the slots of an instance between requests: the next slot goes to the request with the least in work, and among
 * equals to the one served longest ago, so that a small request never waits for a large one to end.
 */
export const createFairQueue = (now: () => number): FairQueue => {
  const turns = new Map<string, Turn>();
  let served = 0;

  return {
    update(active) {
      const ids = new Set(active.map((request) => request._id));
      for (const [id, turn] of turns) {
        if (!ids.has(id) && turn.running === 0) turns.delete(id);
      }
      for (const request of active) {
        const turn = turns.get(request._id);
        if (turn !== undefined) {
          if (turn.request.run !== request.run) turn.since = now();
          turn.request = request;
        } else {
          turns.set(request._id, {
            request,
            cursor: newCursor(),
            since: now(),
            running: 0,
            lastServed: 0,
            dryUntil: 0,
            dryPauseMs: DRY_PAUSE_FIRST_MS,
            withoutRoom: false,
          });
        }
      }
    },
    candidates() {
      const at = now();
      return [...turns.values()]
        .filter((turn) => turn.dryUntil <= at)
        .sort((a, b) => a.running - b.running || a.lastServed - b.lastServed);
    },
    served(turn) {
      served += 1;
      turn.lastServed = served;
      turn.dryPauseMs = DRY_PAUSE_FIRST_MS;
    },
    dry(turn) {
      turn.dryUntil = now() + turn.dryPauseMs;
      turn.dryPauseMs = Math.min(turn.dryPauseMs * 2, DRY_PAUSE_LONGEST_MS);
    },
    withoutRoom(turn) {
      turn.withoutRoom = true;
      turn.dryUntil = now() + WITHOUT_ROOM_MS;
    },
    roomAgain() {
      for (const turn of turns.values()) {
        if (turn.withoutRoom) turn.dryUntil = 0;
        turn.withoutRoom = false;
      }
    },
    ended(requestId) {
      const turn = turns.get(requestId);
      if (turn === undefined) return;
      turn.running -= 1;
      if (turn.running === 0) turn.dryUntil = 0;
    },
  };
};
