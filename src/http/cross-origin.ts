import cors from 'cors';
import type { RequestHandler } from 'express';

const EXPOSED = [
  ...['Location', 'X-Request-Id', 'Retry-After', 'RateLimit', 'RateLimit-Policy', 'Content-Disposition'],
  'Idempotency-Replayed',
];
const ACCEPTED = ['Authorization', 'X-Api-Key', 'Content-Type', 'Idempotency-Key', 'Last-Event-ID'];
const PREFLIGHT_SECONDS = 600;

/**
 * Lets pages of these origins call the API from a browser. Without any, no answer carries a CORS header and browsers
 * refuse. Cookies are never allowed: keys travel in headers.
 * @param origins as in a browser's `Origin`; `*` stands for all
 */
export const crossOrigin = (origins: readonly string[]): RequestHandler => {
  if (origins.length === 0) return (_req, _res, next) => next();
  return cors({
    origin: origins.includes('*') ? '*' : [...origins],
    methods: ['GET', 'HEAD', 'POST'],
    allowedHeaders: ACCEPTED,
    exposedHeaders: EXPOSED,
    maxAge: PREFLIGHT_SECONDS,
  });
};
