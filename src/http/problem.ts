import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { AppError, type ErrorCode } from '../errors.ts';

/** Turns what the database driver throws in an outage into `database_unavailable`; injected, http/ knows no driver. */
export type IsDatabaseOutage = (error: unknown) => boolean;

/** By status, the seconds after which a client may try again: when the database or the store is back, images are done. */
const RETRY_AFTER_SECONDS: Readonly<Record<number, number>> = { 429: 60, 503: 5 };
/** And by code: most uploads are stored within this, and a lease that ends by itself is asked for a few times. */
const RETRY_AFTER_BY_CODE: Readonly<Partial<Record<ErrorCode, number>>> = {
  idempotency_key_in_use: 2,
  too_many_uploads: 10,
  uploads_busy: 10,
  disk_full: 60,
  too_many_reads: 5,
};
/** An address may be as long as all headers together; an answer repeats no more of it than this. */
const SHOWN_PATH = 200;

const shownPath = (path: string): string => (path.length > SHOWN_PATH ? `${path.slice(0, SHOWN_PATH)}…` : path);

export const notFound: RequestHandler = (req) => {
  throw new AppError(
    'route_not_found',
    `There is nothing at ${req.method} ${shownPath(req.path)}. The README lists every call.`,
  );
};

/** Answers `database_unavailable` before the call is begun, and before the body of an upload is read. */
export const requireDatabase =
  (askDatabase: () => Promise<void>): RequestHandler =>
  async (_req, _res, next) => {
    await askDatabase();
    next();
  };

/** Answers a method that a path does not take, and says which it does (RFC 9110, 15.5.6). */
export const methodNotAllowed =
  (...allowed: string[]): RequestHandler =>
  (req, res) => {
    res.set('Allow', allowed.join(', '));
    throw new AppError(
      'method_not_allowed',
      `${shownPath(req.path)} takes ${allowed.join(' and ')}, not ${req.method}.`,
    );
  };

/** The one place where errors become answers: `application/problem+json` (RFC 9457) with a stable `code`. */
export const answerErrors =
  (isDatabaseOutage: IsDatabaseOutage): ErrorRequestHandler =>
  (error, req, res, _next) => {
    const problem = toAppError(error, isDatabaseOutage);
    if (problem.status >= 500) req.log.error({ err: error }, problem.code);
    if (res.headersSent) {
      // The answer has begun: cutting it off is the only honest way left to say that it is not whole.
      res.destroy();
      return;
    }
    sendProblem(res, problem, String(req.id));
  };

const OF_THE_CONTENT = ['ETag', 'Last-Modified', 'Expires', 'Content-Disposition', 'Content-Encoding'];

export const sendProblem = (res: Response, problem: AppError, instance: string): void => {
  const wait = RETRY_AFTER_BY_CODE[problem.code] ?? RETRY_AFTER_SECONDS[problem.status];
  if (wait !== undefined && !res.hasHeader('Retry-After')) res.set('Retry-After', String(wait));
  // What the handler had said of the answer that it meant to give is not true of the error.
  for (const name of OF_THE_CONTENT) res.removeHeader(name);
  const text = problemText(problem, instance);
  res.status(problem.status).set({
    'Cache-Control': 'no-store',
    'Content-Type': 'application/problem+json; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(text)),
  });
  res.end(text);
};

/** The body of a problem document. */
export const problemText = (problem: AppError, instance: string): string =>
  JSON.stringify({
    type: `urn:bulk-image-processor:problem:${problem.code}`,
    title: STATUS_CODES[problem.status],
    status: problem.status,
    code: problem.code,
    detail: problem.publicMessage,
    instance: `urn:uuid:${instance}`,
    ...problem.details,
  });

const toAppError = (error: unknown, isDatabaseOutage: IsDatabaseOutage): AppError => {
  if (error instanceof AppError) return error;
  if (isDatabaseOutage(error)) return new AppError('database_unavailable', undefined, { cause: error });
  if (isClientError(error)) return new AppError('invalid_request', undefined, { cause: error });
  return new AppError('internal_error', undefined, { cause: error });
};

/** What Express and its body parsers throw for malformed requests carries a 4xx `status` (http-errors). */
const isClientError = (error: unknown): boolean =>
  error instanceof Error &&
  'status' in error &&
  typeof error.status === 'number' &&
  error.status >= 400 &&
  error.status < 500;
