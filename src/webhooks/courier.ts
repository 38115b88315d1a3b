import { createAlarm } from '../alarm.ts';
import { parseUrl } from '../network/url.ts';
import type { Deliver, Delivered } from './deliver.ts';
import type { ClaimedDelivery, Outbox } from './outbox.ts';
import { DEFAULT_SCHEDULE, type EndState, judge, type Step } from './schedule.ts';

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
/** For how long a delivery is handed back whose host has its share of the slots already. */
const CROWDED_PAUSE_MS = 1_000;
/** For what attempts that were ended by a stop may still write. */
const LAST_WRITES_MS = 1_500;
/** Share of the slots that one host may hold: receivers that never answer must not hold up the others. */
const HOST_SHARE = 0.75;

/**
 * Sends what is due in the outbox. At least once: when this process dies or the database is gone between the receiver's
 * answer and our own write, the lease runs out and the delivery is sent again with the same webhook-id.
 */
export const createCourier = (deps: CourierDeps): Courier => {
  const { outbox, deliver, now, log, schedule = DEFAULT_SCHEDULE, random = Math.random } = deps;
  const { leaseMs = 30_000, concurrency = 16, pollMs = 1_000, graceMs = 3_000 } = deps;
  const perHost = Math.max(1, Math.floor(concurrency * HOST_SHARE));
  const busyHosts = new Map<string, number>();
  const { wake, sleep } = createAlarm();
  const underWay = new Set<Promise<void>>();
  const stopped = new AbortController();
  let stopping = false;
  let loop: Promise<void> = Promise.resolve();
  let full = false;
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

  const runOne = async (delivery: ClaimedDelivery, host: string, claimedAt: number): Promise<void> => {
    const { retryAfterMs, ...attempt } = await deliver(delivery, now(), stopped.signal);
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
    tell(log, delivery, host, attempt, step);
  };

  const begin = (delivery: ClaimedDelivery, host: string, claimedAt: number): void => {
    busyHosts.set(host, (busyHosts.get(host) ?? 0) + 1);
    const run = runOne(delivery, host, claimedAt).finally(() => {
      const left = (busyHosts.get(host) ?? 1) - 1;
      if (left === 0) busyHosts.delete(host);
      else busyHosts.set(host, left);
      underWay.delete(run);
      if (full) wake();
    });
    underWay.add(run);
  };

  /** Claims as much as there are free slots; true when it is worth looking again at once. */
  const fill = async (): Promise<boolean> => {
    const free = concurrency - underWay.size;
    if (free === 0) return false;
    const claimedAt = performance.now();
    const claimed = await outbox.claim(free, leaseMs);
    full = claimed.length === free;
    const unsent: ClaimedDelivery[] = [];
    for (const delivery of claimed) {
      const host = hostOf(delivery.url);
      if (stopping || (busyHosts.get(host) ?? 0) >= perHost) unsent.push(delivery);
      else begin(delivery, host, claimedAt);
    }
    await outbox.release(unsent, stopping ? 0 : CROWDED_PAUSE_MS);
    return full && unsent.length > 0;
  };

  const work = async (): Promise<void> => {
    while (!stopping) {
      try {
        const again = await fill();
        if (broken) log.info({}, 'the webhook outbox answers again');
        broken = false;
        if (!again && !stopping) await sleep(pollMs);
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

const tell = (log: CourierLog, delivery: ClaimedDelivery, host: string, attempt: Delivered, step: Step): void => {
  const { requestId, _id: webhookId, attempts } = delivery;
  const { status, durationMs, error } = attempt;
  const facts = { requestId, webhookId, host, attempts, status, durationMs };
  if (step.kind === 'again')
    log.info({ ...facts, error, retryInMs: step.delayMs }, 'webhook not taken; tried again later');
  else if (step.state === 'delivered') log.info(facts, 'webhook delivered');
  else log.warn({ ...facts, error }, `webhook given up: ${step.state}`);
};
