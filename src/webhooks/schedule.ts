const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The longest pause that a receiver may ask for with Retry-After. */
export const LONGEST_PAUSE_MS = 24 * HOUR;

/** Pauses before the second attempt, the third and so on, in milliseconds; after the last a delivery has failed. */
export const DEFAULT_SCHEDULE: readonly number[] = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

/** Share of a pause by which it may be shorter or longer, so that what failed together does not come back together. */
const JITTER = 0.2;

export type EndState = 'delivered' | 'failed' | 'gone';

/** What follows an attempt: the end, or another attempt after a pause. */
export type Step =
  | { readonly kind: 'end'; readonly state: EndState }
  | { readonly kind: 'again'; readonly delayMs: number };

export interface Tried {
  /** HTTP status of the answer; null when there was none. */
  readonly status: number | null;
  /** The receiver's Retry-After in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** Attempts since the schedule began, this one included. */
  readonly tries: number;
}

/**
 * Standard Webhooks 1.0: only 2xx is success, 410 ends it, everything else is tried again by the schedule.
 * Retry-After of a 429 or 503 can put the next attempt off and never brings it forward: a receiver that says "1 second"
 * through a long outage would otherwise use up all attempts within it.
 * @param random 0 ≤ random < 1
 */
export const judge = (
  { status, retryAfterMs = 0, tries }: Tried,
  schedule: readonly number[],
  random: number,
): Step => {
  if (status !== null && status >= 200 && status < 300) return { kind: 'end', state: 'delivered' };
  if (status === 410) return { kind: 'end', state: 'gone' };
  const pause = schedule[tries - 1];
  if (pause === undefined) return { kind: 'end', state: 'failed' };
  const jittered = Math.round(pause * (1 - JITTER + 2 * JITTER * random));
  const asked = status === 429 || status === 503 ? Math.min(retryAfterMs, LONGEST_PAUSE_MS) : 0;
  return { kind: 'again', delayMs: Math.max(jittered, asked) };
};
