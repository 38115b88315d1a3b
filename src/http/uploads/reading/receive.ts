import type { Request, Response } from 'express';
import { AppError } from '../../../errors.ts';
import type { BodyLimits, ReceivedBody, Receiving } from './body.ts';
import { readMultipart } from './multipart.ts';
import { readRawFile, readTextFields } from './plain-body.ts';
import { withTextAsFile } from './text-fields.ts';

const MULTIPART = 'multipart/form-data';
const FIELD_TYPES = ['application/x-www-form-urlencoded', 'application/json'];
/** Types of bodies that are the file itself; what it is shows its content. */
export const FILE_TYPES = [
  'text/csv',
  'text/plain',
  'text/tab-separated-values',
  'application/csv',
  'application/vnd.ms-excel',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  'application/gzip',
  'application/octet-stream',
];
const ENCODINGS = /^(?:identity|(?:x-)?gzip)?$/i;

/**
 * Checks the headers of an upload, before it waits for a place.
 * @throws AppError `unsupported_media_type`
 */
export const assertReadable = (req: Request): void => {
  if (!req.is([MULTIPART, ...FIELD_TYPES, ...FILE_TYPES])) throw new AppError('unsupported_media_type');
  const encoding = req.headers['content-encoding'] ?? '';
  if (!ENCODINGS.test(encoding)) {
    throw new AppError('unsupported_media_type', 'The only supported Content-Encoding is gzip.');
  }
  if (req.is(MULTIPART) && /gzip/i.test(encoding)) {
    throw new AppError(
      'unsupported_media_type',
      'A multipart body cannot be compressed as a whole. Compress the file: curl -F file=@products.csv.gz .../api/upload',
    );
  }
};

/**
 * Reads the body of an upload, within limits for files, fields, bytes and idle time. Rejects with the error to answer; the
 * caller discards the files.
 */
export const receiveBody = async (
  req: Request,
  res: Response,
  limits: BodyLimits,
  receiving: Receiving,
): Promise<ReceivedBody> => {
  const read = req.is(MULTIPART) ? readMultipart : req.is(FIELD_TYPES) ? readTextFields : readRawFile;
  return withTextAsFile(await read(req, res, limits, receiving), receiving.files);
};
