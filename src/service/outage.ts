import { isDatabaseOutage } from '../database/connect.ts';
import { AppError } from '../errors.ts';

export interface OutageLog {
  debug(facts: object, message: string): void;
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
}

export interface OutageOptions {
  /** The warning and the line of its end. */
  readonly down: string;
  readonly up: string;
  readonly log: OutageLog;
  /** Resolves when what was away is back. */
  readonly probe: () => Promise<unknown>;
  /** Monotonic clock in milliseconds. */
  readonly now?: () => number;
  readonly everyMs?: number;
}

export interface Outage {
  /** Something failed because this is away: said once, until it is back. */
  failed(reason: unknown): void;
  readonly isDown: boolean;
  stop(): void;
}

const PROBE_EVERY_MS = 1_000;
/** What fails this soon after a recovery may have begun before it: then the probe decides. */
const LATE_FAILURES_MS = 30_000;
const LONGEST_REASON = 300;

/** Names and messages without a stack: an outage is no bug. */
export const reasonOf = (error: unknown): string => {
  // The message of this one is for callers, and the same for every cause.
  const isGeneric = error instanceof AppError && error.code === 'database_unavailable';
  const cause = isGeneric && error.cause !== undefined ? error.cause : error;
  if (cause instanceof AppError) return cause.publicMessage.slice(0, LONGEST_REASON);
  const { name, message } = (cause ?? {}) as { name?: unknown; message?: unknown };
  const text = typeof message === 'string' ? `${String(name ?? 'Error')}: ${message}` : String(cause);
  return text.slice(0, LONGEST_REASON);
};

/** One warning when something goes away, however many notice it, and one line when it is back. */
export const createOutage = (options: OutageOptions): Outage => {
  const { down, up, log, probe, now = () => performance.now(), everyMs = PROBE_EVERY_MS } = options;
  let since: number | null = null;
  let recoveredAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let asking = false;
  let stopped = false;

  const next = (): void => {
    if (stopped) return;
    timer = setTimeout(ask, everyMs);
    timer.unref();
  };
  const ask = async (): Promise<void> => {
    const back = await probe().then(
      () => true,
      () => false,
    );
    if (stopped || since === null) return;
    if (!back) return next();
    recoveredAt = now();
    log.info({ seconds: Math.round((recoveredAt - since) / 1_000) }, up);
    since = null;
  };
  const begin = (reason: unknown): void => {
    if (since !== null || stopped) return;
    since = now();
    log.warn({ reason: reasonOf(reason) }, `${down}: ${reasonOf(reason)}`);
    next();
  };

  return {
    failed(reason) {
      if (since !== null || asking || stopped) return;
      if (now() - recoveredAt >= LATE_FAILURES_MS) return begin(reason);
      asking = true;
      void probe()
        .catch(() => begin(reason))
        .finally(() => {
          asking = false;
        });
    },
    get isDown() {
      return since !== null;
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
};

/** A log in which errors of an unreachable database are said by its outage, whoever meets them. */
export const withoutOutages = (log: OutageLog, database: Pick<Outage, 'failed'>): OutageLog => ({
  debug: (facts, message) => log.debug(facts, message),
  info: (facts, message) => log.info(facts, message),
  warn(facts, message) {
    const { err } = facts as { readonly err?: unknown };
    if (!isDatabaseOutage(err)) return log.warn(facts, message);
    database.failed(err);
    log.debug(facts, message);
  },
});
