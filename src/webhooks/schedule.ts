const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The longest pause that a receiver can request with Retry-After. */
export const LONGEST_PAUSE_MS = 24 * HOUR;

/** Pauses before the second attempt, the third and so on, in milliseconds; after the last one a delivery has failed. */
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

/** Relative jitter, so that deliveries that failed together are not retried together. */
const JITTER = 0.2;

export type EndState = 'delivered' | 'failed' | 'gone';

/** What follows an attempt: the final state, or another attempt after a pause. */
export type NextStep =
  | { readonly kind: 'end'; readonly state: EndState }
  | { readonly kind: 'again'; readonly delayMs: number };

export interface TriedAttempt {
  /** HTTP status; null without a response. */
  readonly status: number | null;
  /** The receiver's Retry-After in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** Attempts since the schedule began, including this one. */
  readonly tries: number;
}

/**
 * Standard Webhooks 1.0: only 2xx is success, 410 ends the delivery, anything else is retried by the schedule.
 * Retry-After of a 429 or 503 can delay the next attempt but never advance it: a receiver that sends "1 second" during
 * a long outage would otherwise use up all attempts.
 * @param random 0 ≤ random < 1
 */
export const nextStep = (
  { status, retryAfterMs = 0, tries }: TriedAttempt,
  schedule: readonly number[],
  random: number,
): NextStep => {
  if (status !== null && status >= 200 && status < 300) return { kind: 'end', state: 'delivered' };
  if (status === 410) return { kind: 'end', state: 'gone' };
  const pause = schedule[tries - 1];
  if (pause === undefined) return { kind: 'end', state: 'failed' };
  const jittered = Math.round(pause * (1 - JITTER + 2 * JITTER * random));
  const asked = status === 429 || status === 503 ? Math.min(retryAfterMs, LONGEST_PAUSE_MS) : 0;
  return { kind: 'again', delayMs: Math.max(jittered, asked) };
};
