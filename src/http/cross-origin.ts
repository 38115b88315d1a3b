import cors from 'cors';
import type { RequestHandler } from 'express';

const EXPOSED = [
  ...['Location', 'X-Request-Id', 'Retry-After', 'RateLimit', 'RateLimit-Policy', 'Content-Disposition'],
  ...['Idempotency-Replayed', 'traceparent'],
];
const ACCEPTED = [
  ...['Authorization', 'X-Api-Key', 'Content-Type', 'Idempotency-Key', 'Last-Event-ID'],
  ...['X-Request-Id', 'traceparent'],
];
const PREFLIGHT_SECONDS = 600;

/**
 * Allows pages of these origins to call the API from a browser. Cookies are never allowed: keys are sent in headers.
 * @param origins as in a browser's `Origin`; `*` for all; empty: no CORS headers are sent
 */
export const crossOrigin = (origins: readonly string[]): RequestHandler => {
  if (origins.length === 0) return (_req, _res, next) => next();
  return cors({
    origin: origins.includes('*') ? '*' : [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'],
    allowedHeaders: ACCEPTED,
    exposedHeaders: EXPOSED,
    maxAge: PREFLIGHT_SECONDS,
  });
};
