import type { RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import { AppError } from '../errors.ts';
import { clientOf } from './client.ts';
import { createClientCounts } from './readers/client-counts.ts';

const MINUTE_MS = 60_000;

/**
 * At most so many calls a minute for each tenant, or for each client address where no key is needed. Says how it stands
 * in `RateLimit` and `RateLimit-Policy` (draft 8 of the IETF's RateLimit fields). Counted in this process alone.
 * @param perMinute 0: no limit and no headers
 * @param what the calls' name in the header and for people, for example `uploads`
 */
export const limitRate = (perMinute: number, what: string): RequestHandler => {
  if (perMinute === 0) return (_req, _res, next) => next();
  return rateLimit({
    windowMs: MINUTE_MS,
    limit: perMinute,
    identifier: what,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    // Its own checks write to the console, past the log; what they look for is settled by TRUST_PROXY.
    validate: false,
    keyGenerator: clientOf,
    store: createClientCounts(MINUTE_MS),
    handler: (_req, res, next) => {
      const seconds = Number(res.getHeader('Retry-After') ?? 60);
      next(
        new AppError(
          'rate_limited',
          `More than ${perMinute} ${what} in a minute. Try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`,
        ),
      );
    },
  });
};
