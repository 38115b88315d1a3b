import type { ClaimedImage } from './image-store.ts';

/** A download that takes longer than this waits for its server: it has no use for the place that it takes. */
const SLOW_MS = 500;

/** Where an image is: in line for a connection, being downloaded, or with all its bytes here. */
export type Stage = 'in line' | 'loading' | 'loaded';

export interface HeldImage {
  readonly image: ClaimedImage;
  enter(stage: Stage): void;
  /** Its result is written, or it was given back. */
  drop(): void;
}

export interface HeldImages {
  hold(image: ClaimedImage): HeldImage;
  readonly size: number;
  images(): ClaimedImage[];
  /** How many more may be begun: those that only wait for a server do not count against the capacity. */
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
    images: () => [...held].map(({ image }) => image),
    free() {
      const before = now() - SLOW_MS;
      let busy = 0;
      for (const { stage, since } of held) {
        if (stage === 'loaded' || (stage === 'loading' && since > before)) busy += 1;
      }
      return Math.min(capacity - busy, most - held.size);
    },
  };
};
