import type { Connection } from 'mongoose';
import { AppError } from '../errors.ts';
import { withDeadline } from '../timing/deadline.ts';

/** A database that takes longer to answer a ping counts as unavailable. */
const TIMEOUT_MS = 2_000;
/** How long a successful ping is cached: of ten statuses a second, two ask. */
const FRESH_MS = 500;

/**
 * Checks that the database responds, with at most two pings a second for any number of callers. It fails within two
 * seconds even if the database hangs, so callers get an answer promptly.
 * @returns a function that rejects with `database_unavailable`
 */
export const createDatabaseProbe = (connection: Connection): (() => Promise<void>) => {
  let goodUntil = Number.NEGATIVE_INFINITY;
  let pinging: Promise<void> | null = null;

  const ping = async (): Promise<void> => {
    const sendPing = async (): Promise<unknown> => connection.db?.command({ ping: 1 }, { timeoutMS: TIMEOUT_MS });
    try {
      await withDeadline(TIMEOUT_MS, sendPing);
      goodUntil = performance.now() + FRESH_MS;
    } catch (cause) {
      throw new AppError('database_unavailable', undefined, { cause });
    } finally {
      pinging = null;
    }
  };

  return async () => {
    if (performance.now() < goodUntil) return;
    pinging ??= ping();
    await pinging;
  };
};
