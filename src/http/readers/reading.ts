import type { RequestHandler } from 'express';
import { AppError } from '../../errors.ts';
import { clientOf } from '../client.ts';
import { limitRate } from '../rate-limit.ts';
import { createSlots, halfOf } from './slots.ts';

export interface ReadLimits {
  /** Calls a minute for each client; 0: no limit. */
  readonly readsPerMinute: number;
  readonly downloadsPerMinute: number;
  /** Answers that are being made at the same time, of either kind; half of them for one client. */
  readonly maxReadsInFlight: number;
}

/** Two handlers to stand before a route, one behind the other. */
export interface ReadGuards {
  /** Statuses, lists and deliveries: short answers, asked for often. */
  readonly pages: RequestHandler[];
  /** Output CSVs and archives: streams over all images of a request. */
  readonly downloads: RequestHandler[];
}

/** For each place so many calls may wait for one, and for so long. */
const WAITING_PER_PLACE = 16;
const WAIT_MS = 10_000;

/**
 * What each client may read: calls a minute, and answers at the same time. Each answer reads the database as it is
 * taken, so that a place is held by whoever does not read, until it is let go (slow-readers.ts); the other half of the
 * places is there for the others.
 */
export const createReadGuards = ({ readsPerMinute, downloadsPerMinute, maxReadsInFlight }: ReadLimits): ReadGuards => ({
  pages: [limitRate(readsPerMinute, 'reads'), limitInFlight(maxReadsInFlight)],
  downloads: [limitRate(downloadsPerMinute, 'downloads'), limitInFlight(maxReadsInFlight)],
});

const limitInFlight = (most: number): RequestHandler => {
  const waiting = most * WAITING_PER_PLACE;
  const slots = createSlots(
    {
      ...{ most, mostPerClient: halfOf(most) },
      ...{ waiting, waitingPerClient: halfOf(waiting), waitMs: WAIT_MS },
    },
    () => new AppError('too_many_reads'),
  );
  return async (req, res, next) => {
    const gone = new AbortController();
    const leave = (): void => gone.abort(new AppError('invalid_request', 'The client left.'));
    res.once('close', leave);
    const slot = await slots.take(clientOf(req, res), 0, gone.signal);
    res.off('close', leave);
    if (res.destroyed || res.closed) {
      slot.release();
      return;
    }
    res.once('close', () => slot.release());
    next();
  };
};
