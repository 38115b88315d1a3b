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

/** Chooses the requests of which one question asks whether something is due. */
export const createProbes = () => {
  let size = FIRST_SIZE;
  let isLimited = false;

  return {
    /**
     * @param requests in the order in which they should be asked about
     * @returns as many as one question may be about; a large one by itself, because the question is then cheap everywhere
     */
    choose(requests: readonly ActiveRequest[]): ActiveRequest[] {
      const chosen: ActiveRequest[] = [];
      let sum = 0;
      for (const request of requests) {
        sum += Math.max(request.total, LEAST_OF_REQUEST);
        if (chosen.length > 0 && sum > size) break;
        chosen.push(request);
      }
      isLimited = chosen.length > 0 && chosen.length < requests.length;
      return chosen;
    },
    /** How long the answer took, in milliseconds. */
    answered(ms: number): void {
      if (ms > SLOW_MS) size = Math.max(LEAST_SIZE, size / 2);
      else if (ms < QUICK_MS && isLimited) size *= 2;
    },
  };
};
