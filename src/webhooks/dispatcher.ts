import { setMaxListeners } from 'node:events';
import { parseUrl } from '../network/url.ts';
import { settlesWithin } from '../timing/deadline.ts';
import { createWorkerLoop } from '../timing/worker-loop.ts';
import { createAttemptLimiter } from './attempt-limiter.ts';
import type { AttemptResult, Deliver } from './deliver.ts';
import type { ClaimedDelivery, Outbox } from './outbox.ts';
import { DEFAULT_SCHEDULE, type EndState, type NextStep, nextStep } from './schedule.ts';

export interface WebhookLog {
  debug(facts: object, message: string): void;
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
}

export interface WebhookDispatcherDeps {
  readonly outbox: Pick<Outbox, 'claim' | 'finish' | 'reschedule' | 'release'>;
  readonly deliver: Deliver;
  /** The database's clock. */
  readonly now: () => Date;
  readonly log: WebhookLog;
  /** Pauses between attempts, in milliseconds. */
  readonly schedule?: readonly number[];
  /** Must be longer than an attempt can take: leases are not renewed. */
  readonly leaseMs?: number;
  /** Attempts in flight at the same time. */
  readonly concurrency?: number;
  /** How long a first attempt may wait for its receiver, in milliseconds, while other deliveries need a permit. */
  readonly preemptAfterMs?: number;
  /** How often the outbox is polled. */
  readonly pollMs?: number;
  /** How long stop() waits for attempts in flight before it aborts them. */
  readonly graceMs?: number;
  /** 0 ≤ random() < 1 */
  readonly random?: () => number;
  /** Called with each attempt and its outcome, for metrics. */
  readonly onAttempt?: (outcome: 'interrupted' | 'retried' | EndState, attempt: AttemptResult) => void;
}

export interface WebhookDispatcher {
  start(): void;
  /** Checks the outbox now. */
  wake(): void;
  /** Stops claiming, waits up to `withinMs` for attempts in flight, and releases the rest. */
  stop(withinMs?: number): Promise<void>;
}

/** Pause after a database error, in milliseconds. */
const ERROR_PAUSE_MS = 500;
/** Poll interval while due deliveries wait for a permit. */
const SATURATED_POLL_MS = 250;
/** Part of the time for stop() that aborted attempts have for their last write. */
const LAST_WRITES_MS = 1_500;
const PREEMPTED = 'The receiver had not answered yet when other deliveries needed to be sent.';

/**
 * Sends the due deliveries of the outbox, at least once: if this process dies or the database is unreachable between the
 * receiver's response and our own write, the lease expires and the delivery is sent again with the same webhook-id.
 * Receivers that never answer do not block others (docs/decisions/0040-webhook-slots.md).
 */
export const createWebhookDispatcher = (deps: WebhookDispatcherDeps): WebhookDispatcher => {
  const { outbox, deliver, now, log, schedule = DEFAULT_SCHEDULE, random = Math.random } = deps;
  const { leaseMs = 30_000, concurrency = 64, pollMs = 2_000, graceMs = 3_000, preemptAfterMs = 1_000 } = deps;
  const limiter = createAttemptLimiter({ concurrency, preemptAfterMs }, () => performance.now());
  const inFlight = new Set<Promise<void>>();
  const stopped = new AbortController();
  // One listener for each attempt in flight.
  setMaxListeners(0, stopped.signal);
  let stopping = false;
  let saturated = false;
  let outboxFailing = false;

  const reportOutboxError = (error: unknown): void => {
    if (!outboxFailing)
      log.warn({ err: error }, 'the webhook outbox is unavailable; deliveries resume when it is back');
    outboxFailing = true;
  };

  /** Retries the write while the lease lasts; after that another claim sends the message again. */
  const record = async (write: () => Promise<boolean>, claimedAt: number): Promise<void> => {
    for (;;) {
      try {
        await write();
        return;
      } catch (error) {
        reportOutboxError(error);
        if (stopping || performance.now() - claimedAt > leaseMs) return;
        await new Promise((resolve) => setTimeout(resolve, ERROR_PAUSE_MS));
      }
    }
  };

  const runOne = async (delivery: ClaimedDelivery, claimedAt: number, stop: AbortSignal): Promise<void> => {
    const { retryAfterMs, ...attempt } = await deliver(delivery, now(), stop);
    const { status } = attempt;
    const interrupted = status === null && stopped.signal.aborted;
    const step: NextStep = interrupted
      ? { kind: 'again', delayMs: 0 }
      : nextStep({ status, retryAfterMs, tries: delivery.tries }, schedule, random());
    await record(
      () =>
        step.kind === 'end'
          ? outbox.finish(delivery, step.state, attempt)
          : outbox.reschedule(delivery, attempt, step.delayMs),
      claimedAt,
    );
    deps.onAttempt?.(interrupted ? 'interrupted' : step.kind === 'end' ? step.state : 'retried', attempt);
    logAttempt(log, delivery, attempt, step);
  };

  const begin = (delivery: ClaimedDelivery, claimedAt: number): void => {
    const attempt = new AbortController();
    const stop = (): void => attempt.abort();
    stopped.signal.addEventListener('abort', stop, { once: true });
    // The claim has already counted this attempt.
    const due = { ...delivery, nextAt: now(), tries: delivery.tries - 1 };
    const release = limiter.acquire(due, () => attempt.abort(PREEMPTED));
    const run = runOne(delivery, claimedAt, attempt.signal).finally(() => {
      stopped.signal.removeEventListener('abort', stop);
      release();
      inFlight.delete(run);
      if (saturated) loop.wake();
    });
    inFlight.add(run);
  };

  /** Claims as many deliveries as there are permits. */
  const fill = async (): Promise<void> => {
    const selection = limiter.selection();
    saturated = true;
    if (selection.capacity === 0) return;
    const claimedAt = performance.now();
    const claimed = await outbox.claim(selection.capacity, leaseMs, selection.select);
    saturated = selection.isSaturated;
    if (stopping) return outbox.release(claimed, 0);
    for (const delivery of claimed) begin(delivery, claimedAt);
  };

  const loop = createWorkerLoop({
    async step() {
      await fill();
      if (outboxFailing) log.debug({}, 'the webhook outbox is available again');
      outboxFailing = false;
      return saturated ? Math.min(pollMs, SATURATED_POLL_MS) : pollMs;
    },
    onError(error) {
      reportOutboxError(error);
      return Math.max(pollMs, ERROR_PAUSE_MS);
    },
  });

  return {
    start: loop.start,
    wake: loop.wake,
    async stop(withinMs = graceMs + LAST_WRITES_MS) {
      stopping = true;
      const timer = setTimeout(() => stopped.abort(), Math.max(withinMs - LAST_WRITES_MS, withinMs / 2));
      // A database that does not respond must not block the stop: the leases expire.
      await settlesWithin(
        loop.stop().then(() => Promise.all(inFlight)),
        withinMs,
      );
      clearTimeout(timer);
    },
  };
};

/** Only the host is logged: the paths and queries of receivers often contain credentials. */
const hostOf = (url: string): string => parseUrl(url)?.host ?? '(not a URL)';

const logAttempt = (log: WebhookLog, delivery: ClaimedDelivery, attempt: AttemptResult, step: NextStep): void => {
  const { requestId, _id: webhookId, attempts } = delivery;
  const host = hostOf(delivery.url);
  const { status, durationMs, error } = attempt;
  const facts = { requestId, webhookId, host, attempts, status, durationMs };
  if (step.kind === 'again')
    log.info({ ...facts, error, retryInMs: step.delayMs }, 'webhook attempt failed; it will be retried');
  else if (step.state === 'delivered') log.info(facts, 'webhook delivered');
  else log.warn({ ...facts, error }, `webhook not delivered: ${step.state}`);
};
