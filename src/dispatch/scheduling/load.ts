import type { CircuitBreaker } from './circuit-breaker.ts';
import type { FairQueue } from './fair-queue.ts';
import type { HostLimiter } from './host-limiter.ts';
import type { InFlight } from './in-flight.ts';
import type { Reserve } from './reserve.ts';

/** What holds images back at the moment, as far as the scheduler knows. */
export interface SchedulerLoad {
  /** Whether this instance has work, or would have if the database answered. */
  readonly isBusy: boolean;
  /** Whether more images would run if something gave way. */
  readonly moreWait: boolean;
  /** Images that wait for an answer or a permit of their host, or for its name. */
  readonly atHosts: number;
  /** The host that most images wait for, or that keeps due images from being claimed; null: none, or not known. */
  readonly host: string | null;
  /** Places that results hold until they are written, and those for which images are being claimed. */
  readonly atDatabase: number;
  readonly isDatabaseDown: boolean;
  readonly isStorageDown: boolean;
}

export interface LoadParts {
  readonly inFlight: InFlight;
  readonly queue: FairQueue;
  readonly reserve: Reserve;
  readonly limiter: HostLimiter;
  readonly storage: CircuitBreaker;
}

const mostOf = (counts: ReadonlyMap<string, number>): string | null => {
  let most: string | null = null;
  for (const [host, images] of counts) if (images > (most === null ? 0 : (counts.get(most) ?? 0))) most = host;
  return most;
};

/** What is in flight and what is held back, for metrics. @param quarantined images that wait to run alone */
export const countsOf = ({ inFlight, limiter, storage }: LoadParts, quarantined: number) => {
  const counts = inFlight.counts();
  return {
    inFlight: { ...counts, waiting: counts.waiting - quarantined, quarantined },
    pausedHosts: limiter.paused(),
    limitingHosts: limiter.limiting(),
    isStorageDown: storage.failure() !== null,
  };
};

export const loadOf = ({ inFlight, queue, reserve, storage }: LoadParts, isDatabaseDown: boolean): SchedulerLoad => {
  const claimable = queue.candidates().length;
  const saturated = queue.saturatedHosts();
  const waiting = new Map<string, number>();
  let [held, queued, atHosts] = [0, 0, 0];
  for (const { stage, hold, host } of inFlight.entries()) {
    if (stage === 'held') held += 1;
    if (hold === 'queued') queued += 1;
    if (hold !== 'queued' && stage !== 'resolving' && stage !== 'downloading') continue;
    atHosts += 1;
    if (host !== null) waiting.set(host, (waiting.get(host) ?? 0) + 1);
  }
  const moreWait = held + queued + claimable + saturated.length > 0;
  const unusedPlaces = claimable > 0 && reserve.isEmpty ? Math.max(0, inFlight.startable()) : 0;
  return {
    isBusy: inFlight.size > 0 || moreWait || (isDatabaseDown && queue.size > 0),
    moreWait,
    atHosts,
    host: mostOf(waiting) ?? saturated[0] ?? null,
    atDatabase: inFlight.resultsInPlaces() + unusedPlaces,
    isDatabaseDown,
    isStorageDown: storage.failure() !== null,
  };
};
