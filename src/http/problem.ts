import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { MulterError } from 'multer';
import { AppError } from '../errors.ts';

/** Turns what the database driver throws in an outage into `database_unavailable`; injected, http/ knows no driver. */
export type IsDatabaseOutage = (error: unknown) => boolean;

/** Seconds after which a client may try again what failed for want of the database or the store. */
const RETRY_AFTER_SECONDS = 5;

export const notFound: RequestHandler = (req) => {
  throw new AppError('route_not_found', `There is nothing at ${req.method} ${req.path}. The README lists every call.`);
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
    throw new AppError('method_not_allowed', `${req.path} takes ${allowed.join(' and ')}, not ${req.method}.`);
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

export const sendProblem = (res: Response, problem: AppError, instance: string): void => {
  if (problem.status === 503) res.set('Retry-After', String(RETRY_AFTER_SECONDS));
  res
    .status(problem.status)
    .type('application/problem+json')
    .send(
      JSON.stringify({
        type: `urn:bulk-image-processor:problem:${problem.code}`,
        title: STATUS_CODES[problem.status],
        status: problem.status,
        code: problem.code,
        detail: problem.publicMessage,
        instance: `urn:uuid:${instance}`,
        ...problem.details,
      }),
    );
};

const toAppError = (error: unknown, isDatabaseOutage: IsDatabaseOutage): AppError => {
  if (error instanceof AppError) return error;
  if (error instanceof MulterError) return fromMulter(error);
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

const fromMulter = (error: MulterError): AppError => {
  switch (error.code) {
    case 'LIMIT_FILE_SIZE':
      return new AppError('upload_too_large', undefined, { cause: error });
    case 'LIMIT_FILE_COUNT':
    case 'LIMIT_UNEXPECTED_FILE':
      return new AppError('too_many_files', undefined, { cause: error });
    default:
      return new AppError('invalid_request', `The multipart body is not acceptable: ${error.message}.`, {
        cause: error,
      });
  }
};
