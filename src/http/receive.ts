import { rm } from 'node:fs/promises';
import type { Request, RequestHandler } from 'express';
import multer, { MulterError } from 'multer';
import { AppError } from '../errors.ts';

export interface ReceiveOptions {
  readonly directory: string;
  /** A new name in that folder; what the sender calls the file is never part of a path. */
  readonly fileName: () => string;
  /** Of the file. */
  readonly maxUploadBytes: number;
  /** An upload of which nothing came for this long is given up. */
  readonly stallMs: number;
}

const MAX_FIELDS = 20;
const FIELD_BYTES = 16 * 1024;
const FIELD_NAME_BYTES = 100;
const HEADER_PAIRS = 50;
/** What may stand around the file: fields, part headers, boundaries. */
const AROUND_FILE_BYTES = 1024 * 1024;
const DISK_FAULTS = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EMFILE', 'ENFILE', 'ENOENT', 'EACCES']);

/**
 * Reads a multipart body into `req.body` and `req.files`, the file on disk; the caller removes it. Bounded in files,
 * fields, names, values, part headers, bytes and silence; a body that is given up leaves no file.
 */
export const receiveMultipart = (options: ReceiveOptions): RequestHandler => {
  const { maxUploadBytes, stallMs } = options;
  const parse = multer({
    storage: multer.diskStorage({
      destination: options.directory,
      filename: (_req, _file, named) => named(null, options.fileName()),
    }),
    limits: {
      files: 1,
      fileSize: maxUploadBytes,
      fields: MAX_FIELDS,
      fieldNameSize: FIELD_NAME_BYTES,
      fieldSize: FIELD_BYTES,
      // quality[$gt] is no field of ours, and would become an object.
      fieldNestingDepth: 0,
      parts: MAX_FIELDS + 1,
      headerPairs: HEADER_PAIRS,
    },
  }).any();
  const tooLarge = (): AppError =>
    new AppError('upload_too_large', `The upload has more than ${maxUploadBytes} bytes, the most this server takes.`);

  return (req, res, next) => {
    if (Number(req.headers['content-length']) > maxUploadBytes + AROUND_FILE_BYTES) return next(tooLarge());
    // Gone while something was asked before: its stream would never say so again.
    if (req.destroyed) return next(new AppError('invalid_request', 'The upload was cut off.'));
    let settled = false;
    const settle = (error?: unknown): void => {
      if (settled) return;
      settled = true;
      clearTimeout(silence);
      req.off('data', count);
      // Once it is answered, a request no longer hears that its connection has closed, and without that the parser would
      // hold the file for ever.
      if (error !== undefined && !req.closed) {
        const end = (): void => void req.destroy();
        req.socket.once('close', end);
        req.once('close', () => req.socket.off('close', end));
      }
      next(error);
    };
    const silence = setTimeout(() => settle(new AppError('request_timeout')), stallMs);
    let received = 0;
    const count = (chunk: Buffer): void => {
      silence.refresh();
      received += chunk.length;
      // The parser reads on to the end after an error of its own; an endless body has none.
      if (received > maxUploadBytes + AROUND_FILE_BYTES) settle(tooLarge());
    };
    parse(req, res, (error?: unknown) => {
      if (settled) void removeFiles(req);
      else settle(error === undefined ? undefined : toAppError(error, tooLarge));
    });
    req.on('data', count);
  };
};

/** Removes what was received of a request. */
export const removeFiles = async (req: Request): Promise<void> => {
  const files = Array.isArray(req.files) ? req.files : [];
  await Promise.all(files.map((file) => rm(file.path, { force: true })));
};

/** The parser throws bare errors for bodies that are cut off or malformed; those of the disk have a `code`. */
const toAppError = (error: unknown, tooLarge: () => AppError): unknown => {
  if (error instanceof MulterError) return fromMulter(error, tooLarge);
  if (!(error instanceof Error)) return error;
  if ('syscall' in error && 'code' in error) {
    return DISK_FAULTS.has(String(error.code))
      ? new AppError('storage_unavailable', 'The upload could not be written to the disk of this server.', {
          cause: error,
        })
      : new AppError('invalid_request', 'The upload was cut off.', { cause: error });
  }
  return new AppError('invalid_request', `The multipart body cannot be read: ${error.message}.`, { cause: error });
};

const fromMulter = (error: MulterError, tooLarge: () => AppError): AppError => {
  switch (error.code) {
    case 'LIMIT_FILE_SIZE':
      return tooLarge();
    case 'LIMIT_FILE_COUNT':
    case 'LIMIT_UNEXPECTED_FILE':
      return new AppError('too_many_files', undefined, { cause: error });
    default:
      return new AppError('invalid_request', `The multipart body is not acceptable: ${error.message}.`, {
        cause: error,
      });
  }
};
