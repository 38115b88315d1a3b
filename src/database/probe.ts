import type { Connection } from 'mongoose';
import { AppError } from '../errors.ts';

/** A database that needs longer than this for a ping counts as away, in milliseconds. */
const PATIENCE_MS = 2_000;
/** For how long a good answer stands. */
const FRESH_MS = 100;

/**
 * Asks whether the database answers, at most ten times a second however many callers there are. It fails within two seconds
 * also when the database hangs and neither answers nor refuses, so that callers can be told at once.
 * @returns a function that rejects with `database_unavailable`
 */
export const createDatabaseProbe = (connection: Connection): (() => Promise<void>) => {
  let goodUntil = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | null = null;

  const ask = async (): Promise<void> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE_MS} ms`)), PATIENCE_MS);
    });
    const ping = async (): Promise<unknown> => connection.db?.command({ ping: 1 }, { timeoutMS: PATIENCE_MS });
    try {
      await Promise.race([ping(), late]);
      goodUntil = performance.now() + FRESH_MS;
    } catch (cause) {
      throw new AppError('database_unavailable', undefined, { cause });
    } finally {
      clearTimeout(timer);
      asking = null;
    }
  };

  return async () => {
    if (performance.now() < goodUntil) return;
    asking ??= ask();
    await asking;
  };
};
