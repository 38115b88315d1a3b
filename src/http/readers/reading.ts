import type { RequestHandler } from 'express';
import { AppError } from '../../errors.ts';
import { clientOf } from '../client.ts';
import { limitRate } from '../rate-limit.ts';
import { createSlots, halfOf } from './slots.ts';

export interface ReadLimits {
  /** Calls per minute for each client; 0: no limit. */
  readonly readsPerMinute: number;
  readonly downloadsPerMinute: number;
  /** Responses in progress at the same time, for each kind; half of them for one client. */
  readonly maxReadsInFlight: number;
}

/** Middleware for routes that read: a rate limit and a concurrency limit. */
export interface ReadGuards {
  /** Statuses, lists and deliveries: short and frequent. */
  readonly pages: RequestHandler[];
  /** Output CSVs and archives: streams over all images of a request. */
  readonly downloads: RequestHandler[];
}

/** Calls that may wait per slot, and for how long. */
const WAITING_PER_SLOT = 16;
const WAIT_MS = 10_000;

/**
 * Limits the reads of each client: calls per minute, and responses in progress. A response reads the database as the
 * client reads it, so a slow client holds its slot until it is disconnected (slow-readers.ts). One client gets at most
 * half of the slots.
 */
export const createReadGuards = ({ readsPerMinute, downloadsPerMinute, maxReadsInFlight }: ReadLimits): ReadGuards => ({
  pages: [limitRate(readsPerMinute, 'reads'), limitInFlight(maxReadsInFlight)],
  downloads: [limitRate(downloadsPerMinute, 'downloads'), limitInFlight(maxReadsInFlight)],
});

const limitInFlight = (most: number): RequestHandler => {
  const waiting = most * WAITING_PER_SLOT;
  const slots = createSlots(
    {
      ...{ most, mostPerClient: halfOf(most) },
      ...{ waiting, waitingPerClient: halfOf(waiting), waitMs: WAIT_MS },
    },
    () => new AppError('too_many_reads'),
  );
  return async (req, res, next) => {
    const gone = new AbortController();
    const leave = (): void => gone.abort(new AppError('invalid_request', 'The client disconnected.'));
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
