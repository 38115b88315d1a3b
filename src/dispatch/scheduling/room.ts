import type { RequestSchedule } from './fair-queue.ts';
import type { InFlight } from './in-flight.ts';
import { leastOf, type Reserve } from './reserve.ts';

/** How many images the next claim is for. */
export const createRoom = (capacity: number, inFlight: InFlight, reserve: Reserve) => {
  const least = leastOf(capacity);
  /** Images that would start at once. */
  const atOnce = (): number => {
    const free = inFlight.free();
    return free >= least && reserve.isEmpty ? free : 0;
  };
  return {
    atOnce,
    /** Images that would wait here. A request that has had nothing yet does not wait until the reserve is half empty. */
    ahead(first: RequestSchedule): number {
      const isNew = first.lastGranted < 1 && atOnce() === 0 && inFlight.room() >= least;
      return Math.max(reserve.wanted(), isNew ? least : 0);
    },
  };
};
