import type { ActiveRequest } from '../../requests/request-store.ts';

/**
 * Images of the requests of one question, and what a request counts at least. Where answers are quick it grows to any
 * number: MongoDB reads what is due from an index. Some engines read all images of the requests.
 */
const FIRST_SIZE = 4_000;
const LEAST_SIZE = 1_000;
const LEAST_OF_REQUEST = 40;
const QUICK_MS = 15;
const SLOW_MS = 150;
/** Questions are asked at most so often. */
const PROBE_MS = 900;
/** What would be asked so soon is asked along: the leases of one instance end at about the same time. */
const ALONG_MS = 10_000;
/** How long the answer that nothing is due holds: whoever gives images back says so, unless it dies on the way. */
export const LONGEST_REST_MS = 30_000;
/** So much later at most, so that instances that wait for the same image part ways. */
const JITTER_MS = 100;

/** What is known of the images of a request of which none is due. */
export interface Rest {
  /** When to ask when the next one is due; 0: not known. */
  askAt: number;
  /** Whether no unfinished image may be left: its last worker may have died before it noticed. */
  mayHaveEnded: boolean;
}

export interface Resting {
  readonly request: Pick<ActiveRequest, 'total'>;
  readonly rest: Rest;
}

/**
 * Decides of which requests at rest it is asked when their next image is due. Between two answers nothing can become due but
 * what somebody gives back, and that shows in the request (`returns`), which is read anyway.
 * @param now milliseconds that never go back
 * @param random 0 ≤ random() < 1
 */
export const createProbes = (now: () => number, random: () => number) => {
  let size = FIRST_SIZE;
  let isLimited = false;
  let probedAt = Number.NEGATIVE_INFINITY;

  /** As many as one question may be about; a large one by itself, because the question is then cheap everywhere. */
  const choose = <Request extends Resting>(schedules: readonly Request[]): Request[] => {
    const chosen: Request[] = [];
    let sum = 0;
    for (const schedule of schedules) {
      sum += Math.max(schedule.request.total, LEAST_OF_REQUEST);
      if (chosen.length > 0 && sum > size) break;
      chosen.push(schedule);
    }
    isLimited = chosen.length > 0 && chosen.length < schedules.length;
    return chosen;
  };

  return {
    /** Begins the rest of a request whose next image is due in so many milliseconds; undefined: that is not known. */
    restFor: (dueInMs?: number): Rest => ({
      askAt: dueInMs === undefined ? 0 : now() + Math.min(dueInMs, LONGEST_REST_MS) + JITTER_MS * random(),
      mayHaveEnded: false,
    }),

    /** When the next question about these is due. */
    nextAt(resting: readonly Resting[]): number {
      // In a loop, as there may be more of them than a call takes arguments.
      let first = Number.POSITIVE_INFINITY;
      for (const { rest } of resting) first = Math.min(first, rest.askAt);
      return Math.max(first, probedAt + PROBE_MS);
    },

    /** About which of these to ask now. */
    next<Request extends Resting>(resting: readonly Request[]): Request[] {
      const inOrder = [...resting].sort((a, b) => a.rest.askAt - b.rest.askAt);
      const chosen = choose(inOrder.filter(({ rest }) => rest.askAt <= now() + ALONG_MS));
      probedAt = now();
      return chosen;
    },

    /** How long the answer took, in milliseconds. */
    answered(ms: number): void {
      if (ms > SLOW_MS) size = Math.max(LEAST_SIZE, size / 2);
      else if (ms < QUICK_MS && isLimited) size *= 2;
    },
  };
};
