import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { AppError, type ErrorCode } from '../errors.ts';
import { callUrn } from './call-id.ts';

/** Recognizes the database driver's outage errors; injected, because http/ does not know the driver. */
export type IsDatabaseOutage = (error: unknown) => boolean;

/** `Retry-After` in seconds, by status. */
const RETRY_AFTER_SECONDS: Readonly<Record<number, number>> = { 429: 60, 503: 5 };
/** `Retry-After` in seconds, by code: most uploads are stored within this time. */
const RETRY_AFTER_BY_CODE: Readonly<Partial<Record<ErrorCode, number>>> = {
  idempotency_key_in_use: 2,
  too_many_uploads: 10,
  uploads_busy: 10,
  too_many_previews: 5,
  previews_busy: 5,
  disk_full: 60,
  too_many_reads: 5,
};
/** Characters of the path that an error message repeats. */
const SHOWN_PATH = 200;

const shownPath = (path: string): string => (path.length > SHOWN_PATH ? `${path.slice(0, SHOWN_PATH)}…` : path);

export const notFound: RequestHandler = (req) => {
  throw new AppError(
    'route_not_found',
    `No such route: ${req.method} ${shownPath(req.path)}. See /docs for all routes.`,
  );
};

/** Rejects with `database_unavailable` before the handler runs and before an upload's body is read. */
export const requireDatabase =
  (askDatabase: () => Promise<void>): RequestHandler =>
  async (_req, _res, next) => {
    await askDatabase();
    next();
  };

/** Rejects any method with 405 and the allowed ones (RFC 9110, 15.5.6). */
export const methodNotAllowed =
  (allowed: readonly string[]): RequestHandler =>
  (req, res) => {
    res.set('Allow', allowed.join(', '));
    throw new AppError(
      'method_not_allowed',
      `${shownPath(req.path)} supports ${allowed.join(' and ')}, not ${req.method}.`,
    );
  };

/** Told about every error that something outside of this process caused; it says what is away, once for all calls. */
export type OnUnavailable = (problem: AppError) => void;

/**
 * Turns every error into `application/problem+json` (RFC 9457) with a stable `code`. Only what is this service's own is an
 * error in the log.
 */
export const answerErrors =
  (isDatabaseOutage: IsDatabaseOutage, onUnavailable: OnUnavailable = () => {}): ErrorRequestHandler =>
  (error, req, res, _next) => {
    const problem = toAppError(error, isDatabaseOutage);
    if (problem.status === 500) req.log.error({ err: error }, problem.code);
    else if (problem.status > 500) {
      req.log.debug({ err: error }, problem.code);
      onUnavailable(problem);
    }
    if (res.headersSent) {
      // The status is already sent, so only cutting the connection can signal an incomplete response.
      res.destroy();
      return;
    }
    sendProblem(res, problem, String(req.id));
  };

const CONTENT_HEADERS = ['ETag', 'Last-Modified', 'Expires', 'Content-Disposition', 'Content-Encoding'];

export const sendProblem = (res: Response, problem: AppError, instance: string): void => {
  const wait = RETRY_AFTER_BY_CODE[problem.code] ?? RETRY_AFTER_SECONDS[problem.status];
  if (wait !== undefined && !res.hasHeader('Retry-After')) res.set('Retry-After', String(wait));
  // Headers that the handler set for the content do not apply to the error.
  for (const name of CONTENT_HEADERS) res.removeHeader(name);
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
    instance: callUrn(instance),
    ...problem.details,
  });

const toAppError = (error: unknown, isDatabaseOutage: IsDatabaseOutage): AppError => {
  if (error instanceof AppError) return error;
  if (isDatabaseOutage(error)) return new AppError('database_unavailable', undefined, { cause: error });
  if (isClientError(error)) return new AppError('invalid_request', undefined, { cause: error });
  return new AppError('internal_error', undefined, { cause: error });
};

/** Express and its body parsers throw errors with a 4xx `status` for malformed requests (http-errors). */
const isClientError = (error: unknown): boolean =>
  error instanceof Error &&
  'status' in error &&
  typeof error.status === 'number' &&
  error.status >= 400 &&
  error.status < 500;
