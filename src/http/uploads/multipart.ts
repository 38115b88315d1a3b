import type { Request, Response } from 'express';
import multer, { MulterError, type StorageEngine } from 'multer';
import { AppError } from '../../errors.ts';
import { type BodyLimits, OVERHEAD_BYTES, type ReceivedBody, type Receiving, uploadTooLarge } from './body.ts';
import { guardBody } from './body-guard.ts';
import type { TemporaryFile, TemporaryFiles } from './temporary-files.ts';

const MAX_FIELDS = 20;
const FIELD_BYTES = 16 * 1024;
const FIELD_NAME_BYTES = 100;
const HEADER_PAIRS = 50;
const DISK_ERRORS = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EMFILE', 'ENFILE', 'ENOENT', 'EACCES']);

/** Reads a multipart body with at most one file. */
export const readMultipart = (
  req: Request,
  res: Response,
  { maxUploadBytes, stallMs }: BodyLimits,
  { files, signal, received }: Receiving,
): Promise<ReceivedBody> => {
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
  let total = 0;
  const onChunk = (bytes: number): AppError | null => {
    total += bytes;
    received(bytes);
    // After an error the parser reads on to the end, which an endless body never reaches.
    return total > maxUploadBytes + OVERHEAD_BYTES ? uploadTooLarge(maxUploadBytes) : null;
  };
  const storage = createStorage(files);
  const parse = multer({ storage, limits }).any();
  return guardBody(req, res, { signal, stallMs, onChunk }, async () => {
    await new Promise<void>((resolve, reject) => {
      parse(req, res, (error?: unknown) => {
        if (error === undefined) resolve();
        else reject(toAppError(error, maxUploadBytes));
      });
    });
    return { file: storage.stored(), fields: { ...req.body } };
  });
};

/** Writes the file of a multipart body; whoever created the temporary files discards them. */
const createStorage = (files: TemporaryFiles): StorageEngine & { readonly stored: () => TemporaryFile | null } => {
  let stored: TemporaryFile | null = null;
  return {
    stored: () => stored,
    _handleFile(_req, file, done) {
      files.write(file.stream).then(
        (written) => {
          stored = written;
          done(null, written);
        },
        (error: unknown) => done(error),
      );
    },
    _removeFile(_req, _file, done) {
      done(null);
    },
  };
};

/** The parser throws bare errors for bodies that are cut off or malformed; those of the disk have a `code`. */
const toAppError = (error: unknown, maxUploadBytes: number): unknown => {
  if (error instanceof MulterError) return fromMulter(error, maxUploadBytes);
  if (!(error instanceof Error)) return error;
  if ('syscall' in error && 'code' in error) {
    return DISK_ERRORS.has(String(error.code))
      ? new AppError('storage_unavailable', 'The upload could not be written to disk.', { cause: error })
      : new AppError('invalid_request', 'The upload was interrupted.', { cause: error });
  }
  return new AppError('invalid_request', `The multipart body cannot be read: ${error.message}.`, { cause: error });
};

const fromMulter = (error: MulterError, maxUploadBytes: number): AppError => {
  switch (error.code) {
    case 'LIMIT_FILE_SIZE':
      return uploadTooLarge(maxUploadBytes);
    case 'LIMIT_FILE_COUNT':
    case 'LIMIT_UNEXPECTED_FILE':
      return new AppError('too_many_files', undefined, { cause: error });
    default:
      return new AppError('invalid_request', `The multipart body is not allowed: ${error.message}.`, { cause: error });
  }
};
