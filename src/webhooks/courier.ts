import { setMaxListeners } from 'node:events';
import { parseUrl } from '../network/url.ts';
import { createWakeUp } from '../timing/wake-up.ts';
import type { Deliver, Delivered } from './deliver.ts';
import type { ClaimedDelivery, Outbox } from './outbox.ts';
import { DEFAULT_SCHEDULE, type EndState, judge, type Step } from './schedule.ts';
import { createSlots } from './slots.ts';

export interface CourierLog {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
}

export interface CourierDeps {
  readonly outbox: Pick<Outbox, 'claim' | 'finish' | 'reschedule' | 'release'>;
  readonly deliver: Deliver;
  /** The database's clock. */
  readonly now: () => Date;
  readonly log: CourierLog;
  /** Pauses between attempts, in milliseconds. */
  readonly schedule?: readonly number[];
  /** Must be longer than an attempt can take: leases are not renewed. */
  readonly leaseMs?: number;
  /** Attempts at the same time. */
  readonly concurrency?: number;
  /** How long a first attempt may wait for its receiver while others have no slot, in milliseconds. */
  readonly patienceMs?: number;
  /** How often the outbox is asked without a wake-up. */
  readonly pollMs?: number;
  /** How long stop() waits for attempts under way before it ends them. */
  readonly graceMs?: number;
  /** 0 ≤ random() < 1 */
  readonly random?: () => number;
  /** Called with every attempt and what followed it, for metrics. */
  readonly onAttempt?: (outcome: 'interrupted' | 'retried' | EndState, attempt: Delivered) => void;
}

export interface Courier {
  start(): void;
  /** Something new may be due: look now. */
  wake(): void;
  /** Takes no more, waits up to `withinMs` for what is under way, and hands the rest back. */
  stop(withinMs?: number): Promise<void>;
}

/** Pause after the database failed, in milliseconds. */
const BROKEN_PAUSE_MS = 500;
/** How often to look while something due had to wait. */
const CROWDED_POLL_MS = 250;
/** For what attempts that were ended by a stop may still write. */
const LAST_WRITES_MS = 1_500;
const CUT_SHORT = 'The receiver had not answered yet when others waited for their turn.';

/**
 * Sends what is due in the outbox. At least once: when this process dies or the database is gone between the receiver's
 * answer and our own write, the lease runs out and the delivery is sent again with the same webhook-id. Receivers that
 * never answer hold up nobody (docs/decisions/0040-webhook-slots.md).
 */
export const createCourier = (deps: CourierDeps): Courier => {
  const { outbox, deliver, now, log, schedule = DEFAULT_SCHEDULE, random = Math.random } = deps;
  const { leaseMs = 30_000, concurrency = 64, pollMs = 1_000, graceMs = 3_000, patienceMs = 1_000 } = deps;
  const slots = createSlots({ total: concurrency, patienceMs }, () => performance.now());
  const { wake, sleep } = createWakeUp();
  const underWay = new Set<Promise<void>>();
  const stopped = new AbortController();
  // One listener for each attempt under way.
  setMaxListeners(0, stopped.signal);
  let stopping = false;
  let loop: Promise<void> = Promise.resolve();
  let crowded = false;
  let broken = false;

  const reportBroken = (error: unknown): void => {
    if (!broken) log.warn({ err: error }, 'the webhook outbox does not answer; deliveries go on when it does');
    broken = true;
  };

  /** Repeats the write for as long as the lease lasts; after that another claim sends the message again. */
  const record = async (write: () => Promise<boolean>, claimedAt: number): Promise<void> => {
    for (;;) {
      try {
        await write();
        return;
      } catch (error) {
        reportBroken(error);
        if (stopping || performance.now() - claimedAt > leaseMs) return;
        await new Promise((resolve) => setTimeout(resolve, BROKEN_PAUSE_MS));
      }
    }
  };

  const runOne = async (delivery: ClaimedDelivery, claimedAt: number, stop: AbortSignal): Promise<void> => {
    const { retryAfterMs, ...attempt } = await deliver(delivery, now(), stop);
    const { status } = attempt;
    const interrupted = status === null && stopped.signal.aborted;
    const step: Step = interrupted
      ? { kind: 'again', delayMs: 0 }
      : judge({ status, retryAfterMs, tries: delivery.tries }, schedule, random());
    await record(
      () =>
        step.kind === 'end'
          ? outbox.finish(delivery, step.state, attempt)
          : outbox.reschedule(delivery, attempt, step.delayMs),
      claimedAt,
    );
    deps.onAttempt?.(interrupted ? 'interrupted' : step.kind === 'end' ? step.state : 'retried', attempt);
    tell(log, delivery, attempt, step);
  };

  const begin = (delivery: ClaimedDelivery, claimedAt: number): void => {
    const attempt = new AbortController();
    const stop = (): void => attempt.abort();
    stopped.signal.addEventListener('abort', stop, { once: true });
    // The claim has counted this attempt already.
    const due = { ...delivery, nextAt: now(), tries: delivery.tries - 1 };
    const end = slots.begin(due, () => attempt.abort(CUT_SHORT));
    const run = runOne(delivery, claimedAt, attempt.signal).finally(() => {
      stopped.signal.removeEventListener('abort', stop);
      end();
      underWay.delete(run);
      if (crowded) wake();
    });
    underWay.add(run);
  };

  /** Claims as much as there are slots for. */
  const fill = async (): Promise<void> => {
    const picker = slots.picker();
    crowded = true;
    if (picker.places === 0) return;
    const claimedAt = performance.now();
    const claimed = await outbox.claim(picker.places, leaseMs, picker.pick);
    crowded = picker.isCrowded;
    if (stopping) return outbox.release(claimed, 0);
    for (const delivery of claimed) begin(delivery, claimedAt);
  };

  const work = async (): Promise<void> => {
    while (!stopping) {
      try {
        await fill();
        if (broken) log.info({}, 'the webhook outbox answers again');
        broken = false;
        if (!stopping) await sleep(crowded ? Math.min(pollMs, CROWDED_POLL_MS) : pollMs);
      } catch (error) {
        reportBroken(error);
        if (!stopping) await sleep(Math.max(pollMs, BROKEN_PAUSE_MS));
      }
    }
  };

  return {
    start() {
      loop = work();
    },
    wake,
    async stop(withinMs = graceMs + LAST_WRITES_MS) {
      stopping = true;
      wake();
      const timers: NodeJS.Timeout[] = [
        setTimeout(() => stopped.abort(), Math.max(withinMs - LAST_WRITES_MS, withinMs / 2)),
      ];
      // A database that does not answer must not hold up the stop: the leases run out by themselves.
      const tooLong = new Promise<void>((resolve) => {
        timers.push(setTimeout(resolve, withinMs));
      });
      await Promise.race([loop.then(() => Promise.all(underWay)), tooLong]);
      for (const timer of timers) clearTimeout(timer);
    },
  };
};

/** The host alone goes into logs: receivers' paths and queries often are credentials. */
const hostOf = (url: string): string => parseUrl(url)?.host ?? '(not a URL)';

const tell = (log: CourierLog, delivery: ClaimedDelivery, attempt: Delivered, step: Step): void => {
  const { requestId, _id: webhookId, attempts } = delivery;
  const host = hostOf(delivery.url);
  const { status, durationMs, error } = attempt;
  const facts = { requestId, webhookId, host, attempts, status, durationMs };
  if (step.kind === 'again')
    log.info({ ...facts, error, retryInMs: step.delayMs }, 'webhook not taken; tried again later');
  else if (step.state === 'delivered') log.info(facts, 'webhook delivered');
  else log.warn({ ...facts, error }, `webhook given up: ${step.state}`);
};
