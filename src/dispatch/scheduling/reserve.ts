import type { RequestSchedule } from './fair-queue.ts';
import type { InFlight, InFlightImage } from './in-flight.ts';

/** What ends here in so many milliseconds is what the reserve may hold: an image waits in it about that long. */
const WINDOW_MS = 2_000;

/** At most so many for each image that may run. */
const MOST_PER_SLOT = 2;

/** A claim for less of the capacity is not worth its query. */
const LEAST_SHARE = 1 / 4;

export const leastOf = (capacity: number): number => Math.max(1, Math.floor(capacity * LEAST_SHARE));

export type Reserve = ReturnType<typeof createReserve>;

/**
 * Claimed images for which there is no room yet, so that one claim serves several images that end one by one. It is only
 * as large as what ends here in two seconds: images that take long are left to whoever has room for them.
 * @param capacity images that run at the same time
 * @param now milliseconds that never go back
 */
export const createReserve = (capacity: number, inFlight: InFlight, now: () => number) => {
  const held: InFlightImage[] = [];
  let windowBegan = 0;
  let endedBefore = 0;
  let endedNow = 0;

  const turn = (): void => {
    const passed = now() - windowBegan;
    if (passed < WINDOW_MS) return;
    endedBefore = passed < 2 * WINDOW_MS ? endedNow : 0;
    endedNow = 0;
    windowBegan = now();
  };

  /** Where the image is that comes next. */
  const fewestBegun = (): number => {
    const begun = new Map<RequestSchedule, number>();
    for (const { schedule } of held) begun.set(schedule, (begun.get(schedule) ?? schedule.inFlight) - 1);
    const fewest = Math.min(...begun.values());
    return held.findIndex(({ schedule }) => begun.get(schedule) === fewest);
  };

  return {
    /** An image has ended here. */
    ended(): void {
      turn();
      endedNow += 1;
    },
    /** How many more images it should get: none before it is half empty, so that a claim is worth its query. */
    wanted(): number {
      turn();
      const size = Math.min(MOST_PER_SLOT * capacity, Math.max(endedBefore, endedNow));
      // What is left of the room is for requests that come.
      const room = inFlight.room() - leastOf(capacity);
      return held.length > size / 2 ? 0 : Math.max(0, Math.min(size - held.length, room));
    },
    add(entry: InFlightImage): void {
      inFlight.enter(entry, 'held');
      held.push(entry);
    },
    /** The images for which there is room now: one of the request that has fewest begun, and of those that has waited longest. */
    take(): InFlightImage[] {
      const taken: InFlightImage[] = [];
      while (held.length > 0 && inFlight.startable() > 0) {
        const next = fewestBegun();
        const [entry] = held.splice(next, 1);
        if (entry === undefined) break;
        inFlight.enter(entry, 'waiting');
        taken.push(entry);
      }
      return taken;
    },
    takeAll: (): InFlightImage[] => held.splice(0),
    get isEmpty(): boolean {
      return held.length === 0;
    },
  };
};
