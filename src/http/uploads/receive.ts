import { rm } from 'node:fs/promises';
import type { Request, Response } from 'express';
import multer, { MulterError } from 'multer';
import { AppError } from '../../errors.ts';
import { expectsContinue } from '../server.ts';
import { createFileStorage } from './file-storage.ts';

export interface ReceiveOptions {
  readonly directory: string;
  /** A new name in that folder; the client's file name is never used in a path. */
  readonly fileName: () => string;
  /** Limit for the file. */
  readonly maxUploadBytes: number;
  /** An upload is aborted after this long without data. */
  readonly stallMs: number;
}

const MAX_FIELDS = 20;
const FIELD_BYTES = 16 * 1024;
const FIELD_NAME_BYTES = 100;
const HEADER_PAIRS = 50;
/** Allowance for what surrounds the file: fields, part headers, boundaries. */
export const MULTIPART_OVERHEAD_BYTES = 1024 * 1024;
const DISK_ERRORS = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EMFILE', 'ENFILE', 'ENOENT', 'EACCES']);

/** Reads one body. On failure rejects with the error to answer, after removing what was written. */
export type Receive = (
  req: Request,
  res: Response,
  upload: {
    /** Aborted with the error to answer when the upload must end. */
    readonly signal: AbortSignal;
    /** Called with the length of each chunk. */
    readonly received: (bytes: number) => void;
  },
) => Promise<void>;

/**
 * Reads a multipart body into `req.body` and `req.files`; the caller removes the file. Limits files, fields, names,
 * values, part headers, bytes and idle time; an aborted body leaves no file.
 */
export const receiveMultipart = (options: ReceiveOptions): Receive => {
  const { directory, fileName, maxUploadBytes, stallMs } = options;
  const limits = {
    files: 1,
    fileSize: maxUploadBytes,
    fields: MAX_FIELDS,
    fieldNameSize: FIELD_NAME_BYTES,
    fieldSize: FIELD_BYTES,
    // Otherwise quality[$gt] would become an object.
    fieldNestingDepth: 0,
    parts: MAX_FIELDS + 1,
    headerPairs: HEADER_PAIRS,
  };
  return async (req, res, { signal, received }) => {
    // The client may have left during earlier checks; the stream would not emit that again.
    if (req.destroyed) throw new AppError('invalid_request', 'The upload was interrupted.');
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
      let total = 0;
      const count = (chunk: Buffer): void => {
        silence.refresh();
        total += chunk.length;
        received(chunk.length);
        // After an error the parser reads on to the end, which an endless body never reaches.
        if (total > maxUploadBytes + MULTIPART_OVERHEAD_BYTES) settle(tooLarge(maxUploadBytes));
      };
      signal.addEventListener('abort', onAbort);
      if (signal.aborted) return onAbort();
      // Only now may a client that sent `Expect: 100-continue` send its body.
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
  new AppError('upload_too_large', `The upload is larger than ${maxUploadBytes} bytes, the limit of this server.`);

/**
 * Bytes of the body according to `Content-Length`; 0 without it.
 * @throws AppError `upload_too_large`
 */
export const announcedBytes = (req: Request, maxUploadBytes: number): number => {
  const bytes = Number(req.headers['content-length'] ?? 0);
  if (bytes > maxUploadBytes + MULTIPART_OVERHEAD_BYTES) throw tooLarge(maxUploadBytes);
  return bytes;
};

/** Removes the files received for a request. */
export const removeFiles = async (req: Request): Promise<void> => {
  const files = Array.isArray(req.files) ? req.files : [];
  await Promise.all(files.map((file) => rm(file.path, { force: true })));
};

/** The parser throws bare errors for bodies that are cut off or malformed; those of the disk have a `code`. */
const toAppError = (error: unknown, tooLarge: () => AppError): unknown => {
  if (error instanceof MulterError) return fromMulter(error, tooLarge);
  if (!(error instanceof Error)) return error;
  if ('syscall' in error && 'code' in error) {
    return DISK_ERRORS.has(String(error.code))
      ? new AppError('storage_unavailable', 'The upload could not be written to disk.', {
          cause: error,
        })
      : new AppError('invalid_request', 'The upload was interrupted.', { cause: error });
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
      return new AppError('invalid_request', `The multipart body is not allowed: ${error.message}.`, {
        cause: error,
      });
  }
};
