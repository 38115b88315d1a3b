import express, { type Request, type Response } from 'express';
import { AppError } from '../errors.ts';
import { guardBody } from './uploads/reading/body-guard.ts';

const SMALL_BYTES = 16 * 1024;
const STALL_MS = 10_000;
const NEVER = new AbortController().signal;

export type ReadJsonBody = (req: Request, res: Response) => Promise<object>;

/** Whether a body follows the headers (RFC 9112, 6.3). */
export const hasBody = (req: Request): boolean =>
  req.get('transfer-encoding') !== undefined || Number(req.get('content-length') ?? 0) > 0;

/**
 * Makes a reader of JSON objects of at most `maxBytes`. It throws AppError `unsupported_media_type`, `invalid_request` and
 * `request_timeout`.
 */
export const createReadJsonBody = (maxBytes: number): ReadJsonBody => {
  const parse = express.json({ limit: maxBytes });
  const tooLarge = (): AppError =>
    new AppError('invalid_request', `The JSON body is too large; the limit is ${maxBytes} bytes.`);
  const notJson = (cause: unknown): AppError =>
    (cause as { status?: unknown }).status === 413
      ? tooLarge()
      : new AppError('invalid_request', 'The body is not valid JSON.', { cause });

  return async (req, res) => {
    if (!req.is('application/json')) {
      throw new AppError('unsupported_media_type', 'Send a JSON object with Content-Type: application/json.');
    }
    let total = 0;
    const onChunk = (bytes: number): AppError | null => {
      total += bytes;
      return total > maxBytes ? tooLarge() : null;
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
};

/** Reads a small JSON object. */
export const readJsonBody = createReadJsonBody(SMALL_BYTES);
