import type { Request, Response } from 'express';
import { AppError } from '../../errors.ts';
import type { BodyLimits, ReceivedBody, Receiving } from './body.ts';
import { readMultipart } from './multipart.ts';

/** @throws AppError `unsupported_media_type` */
export const assertReadable = (req: Request): void => {
  if (!req.is('multipart/form-data')) throw new AppError('unsupported_media_type');
};

/**
 * Reads the body of an upload, within limits for files, fields, bytes and idle time. Rejects with the error to answer; the
 * caller discards the files.
 */
export const receiveBody = (
  req: Request,
  res: Response,
  limits: BodyLimits,
  receiving: Receiving,
): Promise<ReceivedBody> => readMultipart(req, res, limits, receiving);
