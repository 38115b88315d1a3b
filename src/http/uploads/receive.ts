import { rm } from 'node:fs/promises';
import type { Request, Response } from 'express';
import multer, { MulterError } from 'multer';
import { AppError } from '../../errors.ts';
import { expectsContinue } from '../server.ts';
import { createFileStorage } from './file-storage.ts';

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
export const AROUND_FILE_BYTES = 1024 * 1024;
const DISK_FAULTS = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EMFILE', 'ENFILE', 'ENOENT', 'EACCES']);

/** Reads one body. Rejects with the error to answer; what was written of it is gone by then. */
export type Receive = (
  req: Request,
  res: Response,
  upload: {
    /** Aborted, with the error to answer, when the upload must end. */
    readonly signal: AbortSignal;
    /** Called with the length of everything that comes. */
    readonly arrived: (bytes: number) => void;
  },
) => Promise<void>;

/**
 * Reads a multipart body into `req.body` and `req.files`, the file on disk; the caller removes it. Bounded in files,
 * fields, names, values, part headers, bytes and silence; a body that is given up leaves no file.
 */
export const receiveMultipart = (options: ReceiveOptions): Receive => {
  const { directory, fileName, maxUploadBytes, stallMs } = options;
  const limits = {
    files: 1,
    fileSize: maxUploadBytes,
    fields: MAX_FIELDS,
    fieldNameSize: FIELD_NAME_BYTES,
    fieldSize: FIELD_BYTES,
    // quality[$gt] is no field of ours, and would become an object.
    fieldNestingDepth: 0,
    parts: MAX_FIELDS + 1,
    headerPairs: HEADER_PAIRS,
  };
  return async (req, res, { signal, arrived }) => {
    // Gone while something was asked before: its stream would never say so again.
    if (req.destroyed) throw new AppError('invalid_request', 'The upload was cut off.');
    const storage = createFileStorage(directory, fileName);
    const parse = multer({ storage, limits }).any();
    const read = new Promise<void>((resolve, reject) => {
      const onAbort = (): void => settle(signal.reason);
      let settled = false;
      const settle = (error?: unknown): void => {
        if (settled) return;
        settled = true;
        clearTimeout(silence);
        req.off('data', count);
        signal.removeEventListener('abort', onAbort);
        if (error === undefined) resolve();
        else reject(error);
      };
      const silence = setTimeout(() => settle(new AppError('request_timeout')), stallMs);
      let received = 0;
      const count = (chunk: Buffer): void => {
        silence.refresh();
        received += chunk.length;
        arrived(chunk.length);
        // The parser reads on to the end after an error of its own; an endless body has none.
        if (received > maxUploadBytes + AROUND_FILE_BYTES) settle(tooLarge(maxUploadBytes));
      };
      signal.addEventListener('abort', onAbort);
      if (signal.aborted) return onAbort();
      // A client that asked whether to send its body hears so only now.
      if (expectsContinue(req)) res.writeContinue();
      parse(req, res, (error?: unknown) => {
        if (settled) void removeFiles(req);
        else settle(error === undefined ? undefined : toAppError(error, () => tooLarge(maxUploadBytes)));
      });
      req.on('data', count);
    });
    try {
      await read;
    } catch (error) {
      await storage.discard();
      throw error;
    }
  };
};

const tooLarge = (maxUploadBytes: number): AppError =>
  new AppError('upload_too_large', `The upload has more than ${maxUploadBytes} bytes, the most this server takes.`);

/**
 * Bytes of the body, as the client announces them; 0 when it does not.
 * Throws `upload_too_large` for more than there may be.
 */
export const announcedBytes = (req: Request, maxUploadBytes: number): number => {
  const bytes = Number(req.headers['content-length'] ?? 0);
  if (bytes > maxUploadBytes + AROUND_FILE_BYTES) throw tooLarge(maxUploadBytes);
  return bytes;
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
