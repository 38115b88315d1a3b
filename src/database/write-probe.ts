import type { Connection } from 'mongoose';
import { AppError } from '../errors.ts';
import { settlesWithin } from '../timing/deadline.ts';

/** How long a write that was acknowledged stands for others. */
const GOOD_FOR_MS = 5_000;
/** The pause after a write that failed, so that a database in trouble is not asked by every caller. */
const PAUSE_MS = 1_000;
/** Nobody waits longer for an answer; the write may take longer, and its end counts all the same. */
const ANSWER_WITHIN_MS = 3_000;
const DUPLICATE_KEY = 11000;

const MARK = { collection: 'meta', id: 'writable' };

/**
 * One small write that counts as all others do: acknowledged by the journal of the majority. Always to the same document.
 * @throws the driver's error
 */
export const writeMark = async (connection: Connection): Promise<void> => {
  const marks = connection.collection<{ _id: string; at: Date }>(MARK.collection);
  // The time changes, because a write that changes nothing proves nothing.
  const write = () => marks.updateOne({ _id: MARK.id }, { $set: { at: new Date() } }, { upsert: true });
  await write().catch((error: { code?: unknown }) => {
    // Two first writes at once: the other one has made the document.
    if (error.code === DUPLICATE_KEY) return write();
    throw error;
  });
};

export interface WriteProbe {
  /** @throws AppError `database_unavailable` when writes fail or take too long */
  check(): Promise<void>;
  /** A write has failed elsewhere, so what was found before no longer stands. */
  doubt(): void;
}

/** Servers name their errors in CamelCase; anything else is not repeated. */
const nameOf = (error: unknown): string => {
  const { codeName } = (error ?? {}) as { codeName?: unknown };
  return typeof codeName === 'string' && /^[A-Za-z]{1,60}$/.test(codeName) ? ` (${codeName})` : '';
};

const noWrites = (cause: unknown): AppError =>
  new AppError(
    'database_unavailable',
    `The database answers, and accepts no writes at the moment${nameOf(cause)}: its replica set may have no primary or no majority.`,
    { cause },
  );

/**
 * Checks that the database takes writes: a ping also answers where there is no majority for them. At most one write every
 * second, one every 5 s while they succeed, and never two at once.
 * @param now monotonic clock in milliseconds
 */
export const createWriteProbe = (
  write: () => Promise<void>,
  now: () => number = () => performance.now(),
): WriteProbe => {
  let failure: AppError | null = null;
  let nextAt = Number.NEGATIVE_INFINITY;
  let writing: Promise<void> | null = null;

  const begin = async (): Promise<void> => {
    try {
      await write();
      failure = null;
    } catch (error) {
      failure = noWrites(error);
    } finally {
      nextAt = now() + (failure === null ? GOOD_FOR_MS : PAUSE_MS);
      writing = null;
    }
  };

  return {
    async check() {
      if (now() >= nextAt) writing ??= begin();
      // A failure is answered at once; whether it is over is found out meanwhile.
      if (failure === null && writing !== null && !(await settlesWithin(writing, ANSWER_WITHIN_MS))) {
        failure = noWrites(undefined);
      }
      if (failure !== null) throw failure;
    },
    doubt() {
      if (failure === null) nextAt = Number.NEGATIVE_INFINITY;
    },
  };
};
