import type { InFlight, InFlightImage } from './in-flight.ts';

/** What ends here in so many milliseconds is what the reserve may hold: an image waits in it about that long. */
const WINDOW_MS = 500;

export type Reserve = ReturnType<typeof createReserve>;

/**
 * Claimed images for which there is no room yet, so that one claim serves several images that end one by one. It is only
 * as large as what ends here in half a second: images that take long are left to whoever has room for them.
 * @param most images that it holds
 * @param now milliseconds that never go back
 */
export const createReserve = (most: number, inFlight: InFlight, now: () => number) => {
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

  return {
    /** An image has ended here. */
    ended(): void {
      turn();
      endedNow += 1;
    },
    /** How many more images it should get: none before it is half empty, so that a claim is worth its query. */
    wanted(): number {
      turn();
      const size = Math.min(most, Math.max(endedBefore, endedNow));
      return held.length > size / 2 ? 0 : Math.max(0, Math.min(size - held.length, inFlight.room()));
    },
    add(entry: InFlightImage): void {
      inFlight.enter(entry, 'held');
      held.push(entry);
    },
    /** The images for which there is room now, those first that have waited longest. */
    take(): InFlightImage[] {
      const taken: InFlightImage[] = [];
      while (held.length > 0 && inFlight.startable() > 0) {
        const [entry] = held.splice(0, 1);
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
