import type { ClaimedImage } from '../requests/image-store.ts';

/** A download that takes longer than this waits for its server: it has no use for the place that it takes. */
const SLOW_MS = 500;

/** Where an image is: waiting for the name of its server, in line for a connection, being downloaded, or with all its bytes here. */
export type Stage = 'looking up' | 'in line' | 'loading' | 'loaded';

export interface HeldImage {
  readonly image: ClaimedImage;
  enter(stage: Stage): void;
  /** Its result is written, or it was given back. */
  drop(): void;
}

export interface HeldImages {
  hold(image: ClaimedImage): HeldImage;
  readonly size: number;
  /** Those that wait for no name. */
  readonly started: number;
  images(): ClaimedImage[];
  /**
   * How many more may be begun: those that only wait for a server do not count against the capacity, and those whose
   * server's name is being looked up do not count at all.
   */
  free(): number;
}

/**
 * The images that this instance holds leases of.
 * @param capacity images that make use of the threads at the same time
 * @param most images in all, those included that wait for a server
 * @param now milliseconds that only ever grow
 */
export const createHeldImages = (capacity: number, most: number, now: () => number): HeldImages => {
  const held = new Set<{ image: ClaimedImage; stage: Stage; since: number }>();

  const lookingUp = (): number => {
    let count = 0;
    for (const { stage } of held) if (stage === 'looking up') count += 1;
    return count;
  };

  return {
    hold(image) {
      const one = { image, stage: 'in line' as Stage, since: now() };
      held.add(one);
      return {
        image,
        enter: (stage) => Object.assign(one, { stage, since: now() }),
        drop: () => void held.delete(one),
      };
    },
    get size() {
      return held.size;
    },
    get started() {
      return held.size - lookingUp();
    },
    images: () => [...held].map(({ image }) => image),
    free() {
      const before = now() - SLOW_MS;
      let busy = 0;
      for (const { stage, since } of held) {
        if (stage === 'loaded' || (stage === 'loading' && since > before)) busy += 1;
      }
      return Math.min(capacity - busy, most - (held.size - lookingUp()));
    },
  };
};
