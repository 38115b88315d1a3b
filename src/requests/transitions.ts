import type { ImageErrorCode } from '../errors.ts';
import type { ImageResult } from '../images/task.ts';
import { type Backoff, jitteredBackoffMs } from '../timing/backoff.ts';
import type { Counters, ImageRecord, RequestRecord, RequestState } from './types.ts';
import { FINAL_STATES, HIDDEN_STATES } from './types.ts';

/** What is written about an image after an attempt. */
export type Outcome =
  | { readonly kind: 'completed'; readonly result: Extract<ImageResult, { ok: true }> }
  | { readonly kind: 'failed'; readonly error: { readonly code: ImageErrorCode; readonly message: string } }
  | {
      readonly kind: 'again';
      readonly delayMs: number;
      readonly error: { readonly code: ImageErrorCode; readonly message: string };
      /** Whether the attempt counts: it does not when the store was full. */
      readonly counts: boolean;
      /** False after a crash: the image may have caused it, and is quarantined next time. */
      readonly reported: boolean;
    };

/** The pause between two attempts at an image. */
const RETRY_PAUSE: Backoff = { firstMs: 1_000, longestMs: 60_000 };
/** A Retry-After may be longer than that, up to this. */
const RETRY_AFTER_LONGEST_MS = 15 * 60_000;
const STORAGE_PAUSE_MS = 5_000;

/**
 * Pause before the next attempt: doubling, half of it random so that the images of one origin do not return together,
 * and never shorter than the server's own Retry-After.
 * @param attempts how many attempts were made, from 1
 * @param random 0 ≤ random < 1
 */
export const retryDelayMs = (attempts: number, retryAfterMs: number | undefined, random: number): number => {
  const jittered = jitteredBackoffMs(attempts, RETRY_PAUSE, random);
  const asked = Math.min(retryAfterMs ?? 0, RETRY_AFTER_LONGEST_MS);
  return Math.round(Math.max(jittered, asked));
};

/** Decides the outcome of one attempt at an image. */
export const decideOutcome = (
  image: Pick<ImageRecord, 'attempts' | 'reports'>,
  result: ImageResult,
  maxAttempts: number,
  random: number,
): Outcome => {
  if (result.ok) return { kind: 'completed', result };
  const error = { code: result.code, message: result.message };
  if (result.code === 'storage_failed') {
    return {
      kind: 'again',
      delayMs: Math.round(STORAGE_PAUSE_MS * (0.5 + random)),
      error,
      counts: false,
      reported: true,
    };
  }
  // Of images in flight together any may have caused the crash: only a crash in quarantine counts against an image.
  const crashedWithOthers = result.code === 'worker_crashed' && !mustRunAlone(image);
  if (!result.retryable || (image.attempts >= maxAttempts && !crashedWithOthers)) return { kind: 'failed', error };
  return {
    kind: 'again',
    delayMs: retryDelayMs(image.attempts, result.retryAfterMs, random),
    error,
    counts: true,
    reported: result.code !== 'worker_crashed',
  };
};

/** Leases of this image that expired without a report: its process or thread died, or was held up for too long. */
export const expiredLeases = (image: Pick<ImageRecord, 'attempts' | 'reports'>): number =>
  Math.max(0, image.attempts - 1 - image.reports);

/** As many may be chance: a deployment, a power cut, another image that crashed the process. */
const EXPIRED_BY_CHANCE = 1;

/** Whether the image may be what crashes its processes, so that it must run in quarantine, with nothing next to it. */
export const mustRunAlone = (image: Pick<ImageRecord, 'attempts' | 'reports'>): boolean =>
  expiredLeases(image) > EXPIRED_BY_CHANCE;

/**
 * Whether a claimed image is not tried any more: its attempts are used up, and it has crashed its process at least once
 * in quarantine, so that no other image is given up with it.
 */
export const isGivenUp = (image: Pick<ImageRecord, 'attempts' | 'reports'>, maxAttempts: number): boolean =>
  image.attempts > maxAttempts && expiredLeases(image) > EXPIRED_BY_CHANCE + 1;

/** Requests of so few images are claimed and completed together: see due-together.ts and completions.ts. */
const MOST_IMAGES_OF_SMALL = 32;

export const isSmall = ({ total }: Pick<RequestRecord, 'total'>): boolean => total <= MOST_IMAGES_OF_SMALL;

/** What images that are read one by one add up to. */
export const addImage = (
  sum: Counters,
  { status, bytesIn = 0, bytesOut = 0 }: Pick<ImageRecord, 'status' | 'bytesIn' | 'bytesOut'>,
): Counters => {
  if (status === 'pending' || status === 'processing') return sum;
  const counted = { ...sum, [status]: sum[status] + 1 };
  return status === 'completed'
    ? { ...counted, bytesIn: sum.bytesIn + bytesIn, bytesOut: sum.bytesOut + bytesOut }
    : counted;
};

export const finishedImages = (counters: Counters): number => counters.completed + counters.failed + counters.cancelled;

/** The final state of a request none of whose images is unfinished. */
export const finalState = (state: RequestState, counters: Counters): (typeof FINAL_STATES)[number] => {
  // A retry of corrected images leaves the cancelled ones as they are.
  if (state === 'cancelling' || counters.cancelled > 0) return 'cancelled';
  if (counters.failed === 0) return 'completed';
  return counters.completed === 0 ? 'failed' : 'completed_with_errors';
};

/** Filter for requests that people see, neither hidden by their state nor deleted: by $nin, which all engines answer by their index. */
export const VISIBLE = { state: { $nin: [...HIDDEN_STATES] }, deleted: { $nin: [true] } };

export const isVisible = ({ state, deleted }: Pick<RequestRecord, 'state' | 'deleted'>): boolean =>
  !HIDDEN_STATES.includes(state) && deleted !== true;

export const isFinal = (state: RequestState): boolean => (FINAL_STATES as readonly RequestState[]).includes(state);

/** Whole percent of the images that are finished; 100 only when all of them are. */
export const percentDone = (finished: number, total: number): number =>
  total === 0 ? 0 : Math.min(finished >= total ? 100 : 99, Math.floor((100 * finished) / total));
