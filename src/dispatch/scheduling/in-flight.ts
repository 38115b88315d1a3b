import type { ClaimedImage } from '../../requests/image-store.ts';
import type { RequestSchedule } from './fair-queue.ts';

/** A lookup or download that takes longer only waits for others: it stops counting against the capacity. */
const SLOW_MS = 500;
/** Results that wait to be written take no room, up to this number: several writes of the result writer. */
const MOST_PROCESSED = 300;

/** Where an image is between its claim and its end. */
export type Stage =
  /** waiting in the reserve until there is room */
  | 'held'
  /** its host's name is being resolved */
  | 'resolving'
  /** waiting for an identical download, a permit of its host, or the others to end */
  | 'waiting'
  | 'downloading'
  /** all of its bytes are here, so it uses or waits for a thread */
  | 'downloaded'
  /** its result is being written, while the next image uses its place */
  | 'processed';

/** The stages as metrics name them. */
const COUNTED_AS = {
  held: 'waiting',
  resolving: 'resolving',
  waiting: 'waiting',
  downloading: 'downloading',
  downloaded: 'downloaded',
  processed: 'downloaded',
} as const satisfies Record<Stage, string>;

/** How an image counts for its host: not at all, as one that is about to ask, as a queued one, or with a permit. */
export type HostHold = 'none' | 'joined' | 'queued' | 'permit';

export interface InFlightImage {
  /** With its latest lease. */
  image: ClaimedImage;
  readonly schedule: RequestSchedule;
  readonly host: string | null;
  hold: HostHold;
  stage: Stage;
  since: number;
}

export type InFlight = ReturnType<typeof createInFlight>;

/**
 * The images that this instance holds leases of.
 * @param capacity images that use the threads at the same time
 * @param most images in all, those that only wait for a host included
 * @param now milliseconds that never go back
 */
export const createInFlight = (capacity: number, most: number, now: () => number) => {
  const entries = new Map<string, InFlightImage>();
  const inStage: Record<Stage, number> = {
    ...{ held: 0, resolving: 0, waiting: 0, downloading: 0, downloaded: 0, processed: 0 },
  };

  const count = (matches: (entry: InFlightImage) => boolean): number => {
    let matching = 0;
    for (const entry of entries.values()) if (matches(entry)) matching += 1;
    return matching;
  };
  const mayBeSlow = ({ stage }: InFlightImage): boolean => stage === 'resolving' || stage === 'downloading';
  const isSlow = (entry: InFlightImage): boolean => mayBeSlow(entry) && entry.since + SLOW_MS <= now();
  const isBeginning = (entry: InFlightImage): boolean =>
    entry.stage === 'resolving' ? !isSlow(entry) : entry.stage === 'waiting' && entry.hold !== 'queued';

  const unused = (): number =>
    capacity - inStage.downloaded - count((entry) => entry.stage === 'downloading' && !isSlow(entry));
  const resultsInPlaces = (): number => Math.max(0, inStage.processed - MOST_PROCESSED);
  const room = (): number => most - (entries.size - inStage.resolving - inStage.processed) - resultsInPlaces();

  return {
    add(image: ClaimedImage, schedule: RequestSchedule, host: string | null): InFlightImage {
      const entry: InFlightImage = { image, schedule, host, hold: 'none', stage: 'waiting', since: now() };
      entries.set(image._id, entry);
      inStage.waiting += 1;
      return entry;
    },
    /** Whether an image that was claimed is here already: its lease had ended, and it goes on under the new one. */
    leaseAnew(image: ClaimedImage): boolean {
      const entry = entries.get(image._id);
      if (entry !== undefined) entry.image = image;
      return entry !== undefined;
    },
    /** The image with the lease that it has now. */
    latest: (image: ClaimedImage): ClaimedImage => entries.get(image._id)?.image ?? image,
    get: (imageId: string): InFlightImage | undefined => entries.get(imageId),
    entries: (): Iterable<InFlightImage> => entries.values(),
    remove(imageId: string): void {
      const entry = entries.get(imageId);
      if (entry !== undefined && entries.delete(imageId)) inStage[entry.stage] -= 1;
    },
    enter(entry: InFlightImage, stage: Stage): void {
      inStage[entry.stage] -= 1;
      inStage[stage] += 1;
      entry.stage = stage;
      entry.since = now();
    },
    get size(): number {
      return entries.size;
    },
    /** Those whose host's name is resolved, or need not be. */
    get started(): number {
      return entries.size - inStage.resolving;
    },
    /** Those whose results are being written. */
    get processed(): number {
      return inStage.processed;
    },
    /** Results that wait to be written in the places of images. */
    resultsInPlaces,
    images: (): ClaimedImage[] => [...entries.values()].map(({ image }) => image),
    /**
     * How many more images may start: those that only wait for a host do not count against the capacity, and those whose
     * name is being resolved do not count at all.
     */
    free: (): number => Math.min(unused(), room()),
    /** How many more images may be claimed, whether or not they may start. */
    room,
    /** How many of those that are here already may start, less those that have begun and are about to count. */
    startable: (): number => unused() - count(isBeginning),
    /** Images by where they are, for metrics. */
    counts() {
      const counts = { resolving: 0, waiting: 0, queued: 0, downloading: 0, downloaded: 0 };
      for (const { stage, hold } of entries.values()) {
        counts[hold === 'queued' ? 'queued' : COUNTED_AS[stage]] += 1;
      }
      return counts;
    },
    /** When the next lookup or download stops counting against the capacity; infinite when none will. */
    nextSlowAt(): number {
      let at = Number.POSITIVE_INFINITY;
      for (const entry of entries.values()) {
        if (mayBeSlow(entry) && !isSlow(entry)) at = Math.min(at, entry.since + SLOW_MS);
      }
      return at;
    },
  };
};
