import express, { type Request, type Response } from 'express';
import { AppError } from '../errors.ts';
import { guardBody } from './uploads/reading/body-guard.ts';

const MAX_BYTES = 16 * 1024;
const STALL_MS = 10_000;
const NEVER = new AbortController().signal;

const parse = express.json({ limit: MAX_BYTES });

const tooLarge = (): AppError =>
  new AppError('invalid_request', `The JSON body is too large; the limit is ${MAX_BYTES} bytes.`);

/**
 * Reads a small JSON object.
 * @throws AppError `unsupported_media_type`, `invalid_request`, `request_timeout`
 */
export const readJsonBody = async (req: Request, res: Response): Promise<object> => {
  if (!req.is('application/json')) {
    throw new AppError('unsupported_media_type', 'Send a JSON object with Content-Type: application/json.');
  }
  let total = 0;
  const onChunk = (bytes: number): AppError | null => {
    total += bytes;
    return total > MAX_BYTES ? tooLarge() : null;
  };
  return guardBody(req, res, { signal: NEVER, stallMs: STALL_MS, onChunk }, async () => {
    await new Promise<void>((resolve, reject) => {
      parse(req, res, (error?: unknown) => (error === undefined ? resolve() : reject(notJson(error))));
    });
    const body: unknown = req.body;
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body;
    throw new AppError('invalid_request', 'The JSON body must be an object.');
  });
};

const notJson = (cause: unknown): AppError =>
  (cause as { status?: unknown }).status === 413
    ? tooLarge()
    : new AppError('invalid_request', 'The body is not valid JSON.', { cause });
