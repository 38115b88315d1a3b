import type { RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import { AppError } from '../errors.ts';
import { clientOf } from './client.ts';
import { createClientCounts } from './readers/client-counts.ts';

const MINUTE_MS = 60_000;

/**
 * Limits the calls per minute of each tenant, or of each client address without keys. Reports the state in `RateLimit`
 * and `RateLimit-Policy` (draft 8 of the IETF's RateLimit fields). Counted per process.
 * @param perMinute 0: no limit and no headers
 * @param what name of the calls in the header and the message, for example `uploads`
 */
export const limitRate = (perMinute: number, what: string): RequestHandler => {
  if (perMinute === 0) return (_req, _res, next) => next();
  return rateLimit({
    windowMs: MINUTE_MS,
    limit: perMinute,
    identifier: what,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    // Its checks log to the console; TRUST_PROXY already covers what they look for.
    validate: false,
    keyGenerator: clientOf,
    store: createClientCounts(MINUTE_MS),
    handler: (_req, res, next) => {
      const seconds = Number(res.getHeader('Retry-After') ?? 60);
      next(
        new AppError(
          'rate_limited',
          `More than ${perMinute} ${what} per minute. Try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`,
        ),
      );
    },
  });
};
