import { parseS3Url } from '../network/s3-url.ts';
import { parseHttpUrl } from '../network/url.ts';
import { isNameGroup, type LookedUp, type Names, NO_NAMES } from './host-names.ts';

/** A server may ask for a pause of up to this; without its wish the pause doubles from the first to the second. */
const ASKED_LONGEST_MS = 15 * 60_000;
const PAUSE_FIRST_MS = 1_000;
const PAUSE_LONGEST_MS = 30_000;
/** Origins that are remembered although nothing of them is in work. */
const REMEMBERED = 10_000;
/** Images that wait in line for each connection, so that the next one begins at once and claims are not for one alone. */
const LINE_FOR_EACH = 2;

/** What a claimer asks before it claims. */
export interface OriginRoom {
  /**
   * Where the image waits with others: its server (scheme, host and port, or the bucket), or the group of its name while
   * that is not known to be found; null for what is no URL.
   */
  originOf(url: string): string | null;
  /** Whether the image waited there, though it may have another place by now. Left out: places do not change. */
  waitedAt?(origin: string, url: string): boolean;
  /** How many more images of the origin may be claimed now. */
  room(origin: string | null): number;
}

/** Without bounds, for those who claim whatever is due. */
export const ALL_ROOM: OriginRoom = { originOf: () => null, room: () => Number.POSITIVE_INFINITY };

export interface Origins extends OriginRoom {
  /** Scheme, host and port, or the bucket; null for what is no URL. */
  serverOf(url: string): string | null;
  /** Looks up the name of the image's server. */
  lookUp(url: string): Promise<LookedUp>;
  /** Whether so many may be claimed that it is worth a query. */
  isRoomy(origin: string | null): boolean;
  /** Waits in line for a connection; false: the image should be given back, as the origin pauses or the service stops. */
  enter(origin: string | null): Promise<boolean>;
  /**
   * The download is over, one way or another.
   * @returns true when there is room enough that claiming more is worth a query
   */
  leave(origin: string | null): boolean;
  /**
   * Counts an image that waits for another one with the same URL, until the returned function is called; calling it
   * again changes nothing. That is true when there is room enough that claiming more is worth a query.
   */
  waitBeside(origin: string | null): () => boolean;
  /** The origin asked for a slower pace. */
  slowDown(origin: string | null, retryAfterMs: number | undefined): void;
  /** The origin answered as it should. */
  worked(origin: string | null): void;
  /** Sends away who is in line, and lets nobody in any more. */
  close(): void;
}

interface State {
  loading: number;
  beside: number;
  readonly line: ((may: boolean) => void)[];
  pausedUntil: number;
  /** Pauses in a row without an answer as it should be. */
  pauses: number;
}

export interface OriginLimits {
  /** Downloads from one origin at the same time. */
  readonly connections: number;
  /** Images that may be held in all, those in line included. */
  readonly most: number;
  /** So many pauses in a row are kept; after that each image waits and fails for itself, so that it comes to an end. */
  readonly patience: number;
}

const serverOf = (text: string): string | null => {
  const url = parseHttpUrl(text);
  if (url !== null) return url.origin;
  const object = parseS3Url(text);
  return object === null ? null : `s3://${object.bucket}`;
};

/**
 * What this instance has in work from each image server, so that one that is slow, or that asks for a slower pace, holds
 * up only its own images. The line stands here, in the main thread, where all downloads of all threads are known: an
 * image that waits for a connection takes no place in a thread.
 * @param now milliseconds that only ever grow
 * @param names looks up the names of the servers
 */
export const createOrigins = (
  { connections, most, patience }: OriginLimits,
  now: () => number,
  names: Names = NO_NAMES,
): Origins => {
  const states = new Map<string, State>();
  /** Origins with something in work. */
  let busy = 0;
  let closed = false;

  const inWork = ({ loading, beside, line }: State): number => loading + beside + line.length;
  const isPaused = (state: State): boolean => now() < state.pausedUntil;

  const stateOf = (origin: string): State => {
    const known = states.get(origin);
    if (known !== undefined) return known;
    if (states.size >= REMEMBERED) {
      const idle = [...states].find(([, state]) => inWork(state) === 0);
      if (idle !== undefined) states.delete(idle[0]);
    }
    const state: State = { loading: 0, beside: 0, line: [], pausedUntil: 0, pauses: 0 };
    states.set(origin, state);
    return state;
  };

  const change = (origin: string, state: State, how: () => void): void => {
    const before = Math.min(inWork(state), 1);
    how();
    busy += Math.min(inWork(state), 1) - before;
    if (inWork(state) + state.pauses === 0) states.delete(origin);
  };

  const sendAway = (origin: string, state: State): void =>
    change(origin, state, () => {
      for (const answer of state.line.splice(0)) answer(false);
    });

  /** Always leaves room for one more origin: the slow ones must not have all there is. */
  const shareOf = (state: State | undefined): number => {
    const others = busy - (state !== undefined && inWork(state) > 0 ? 1 : 0);
    return Math.max(1, Math.min(connections * (1 + LINE_FOR_EACH), Math.floor(most / (others + 2))));
  };

  const room = (origin: string): number => {
    const state = states.get(origin);
    if (state === undefined) return shareOf(undefined);
    if (isPaused(state)) return 0;
    // After a pause one image tries whether the others may follow.
    const share = state.pauses > 0 && state.pauses <= patience ? 1 : shareOf(state);
    return Math.max(0, share - inWork(state));
  };

  /** Claims of one image at a time would cost a query each. */
  const isRoomy = (origin: string): boolean => room(origin) >= Math.max(1, shareOf(states.get(origin)) / 4);

  return {
    serverOf,
    originOf: (url) => names.groupOf(url) ?? serverOf(url),
    waitedAt: (origin, url) => origin === serverOf(url) || names.isOf(origin, url),
    lookUp: names.find,

    room: (origin) => {
      if (origin === null) return most;
      return isNameGroup(origin) ? names.room(origin) : room(origin);
    },

    isRoomy(origin) {
      if (origin === null) return true;
      return isNameGroup(origin) ? names.room(origin) > 0 : isRoomy(origin);
    },

    async enter(origin) {
      if (closed) return false;
      if (origin === null) return true;
      const state = stateOf(origin);
      if (isPaused(state)) return false;
      return new Promise((answer) => {
        change(origin, state, () => {
          if (state.loading >= connections) {
            state.line.push(answer);
            return;
          }
          state.loading += 1;
          answer(true);
        });
      });
    },

    leave(origin) {
      const state = origin === null ? undefined : states.get(origin);
      if (origin === null || state === undefined) return true;
      change(origin, state, () => {
        const next = state.line.shift();
        // The place is handed on rather than given up.
        if (next === undefined) state.loading -= 1;
        else next(true);
      });
      return isRoomy(origin);
    },

    waitBeside(origin) {
      if (origin === null) return () => false;
      const state = stateOf(origin);
      change(origin, state, () => {
        state.beside += 1;
      });
      let waits = true;
      return () => {
        if (!waits) return false;
        waits = false;
        change(origin, state, () => {
          state.beside -= 1;
        });
        return isRoomy(origin);
      };
    },

    slowDown(origin, retryAfterMs) {
      if (origin === null) return;
      const state = stateOf(origin);
      // Those that were on their way together are told together, and count once.
      if (!isPaused(state)) state.pauses += 1;
      if (state.pauses > patience) return;
      const pause = retryAfterMs ?? Math.min(PAUSE_FIRST_MS * 2 ** (state.pauses - 1), PAUSE_LONGEST_MS);
      state.pausedUntil = Math.max(state.pausedUntil, now() + Math.min(pause, ASKED_LONGEST_MS));
      if (isPaused(state)) sendAway(origin, state);
    },

    worked(origin) {
      const state = origin === null ? undefined : states.get(origin);
      if (origin === null || state === undefined || isPaused(state)) return;
      change(origin, state, () => {
        state.pauses = 0;
      });
    },

    close() {
      closed = true;
      names.close();
      for (const [origin, state] of [...states]) sendAway(origin, state);
    },
  };
};
