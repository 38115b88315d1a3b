import type { Request, Response } from 'express';
import multer, { MulterError, type StorageEngine } from 'multer';
import { AppError } from '../../../errors.ts';
import type { TemporaryFile, TemporaryFiles } from '../temporary-files.ts';
import { type BodyLimits, OVERHEAD_BYTES, type ReceivedBody, type Receiving, uploadTooLarge } from './body.ts';
import { guardBody } from './body-guard.ts';
import { fromStream } from './streams.ts';
import { isFileField } from './text-fields.ts';

const MAX_FIELDS = 40;
const FIELD_BYTES = 16 * 1024;
/** Of a field that has the CSV as text. */
const TEXT_FILE_BYTES = 1024 * 1024;
const FIELD_NAME_BYTES = 100;
const HEADER_PAIRS = 50;
/** Bytes of the file that are between the parser and the disk. */
const IN_TRANSIT_BYTES = 1024 * 1024;

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
    fieldSize: TEXT_FILE_BYTES,
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
    if (total > maxUploadBytes + OVERHEAD_BYTES) return uploadTooLarge(maxUploadBytes);
    // What is not in the file is in memory.
    return total - files.bytes() > OVERHEAD_BYTES + IN_TRANSIT_BYTES ? fieldsTooLarge() : null;
  };
  const storage = createStorage(files);
  // Names of files are sent in the character set of the form (HTML), which is UTF-8 for all clients of today.
  const parse = multer({ storage, limits, defParamCharset: 'utf8' }).any();
  return guardBody(req, res, { signal, stallMs, onChunk }, async () => {
    await new Promise<void>((resolve, reject) => {
      parse(req, res, (error?: unknown) => {
        if (error === undefined) resolve();
        else reject(toAppError(error, maxUploadBytes));
      });
    });
    const fields: Record<string, unknown> = { ...req.body };
    for (const [name, value] of Object.entries(fields)) {
      if (!isFileField(name) && sizeOf(value) > FIELD_BYTES) throw fieldTooLong();
    }
    const { file, name: fileName } = storage.stored();
    return { file, fields, fileName };
  });
};

const sizeOf = (value: unknown): number => [value].flat().reduce<number>((sum, text) => sum + String(text).length, 0);

const fieldTooLong = (): AppError =>
  new AppError('invalid_request', 'The multipart body is not allowed: Field value too long.');

const fieldsTooLarge = (): AppError =>
  new AppError(
    'upload_too_large',
    'A CSV in a text field is limited to 1 MiB. Send it as a file: curl -F file=@products.csv .../api/upload (with @, not <)',
  );

interface Stored {
  readonly file: TemporaryFile | null;
  readonly name: string | null;
}

/** Writes the file of a multipart body; whoever created the temporary files discards them. */
const createStorage = (files: TemporaryFiles): StorageEngine & { readonly stored: () => Stored } => {
  let stored: Stored = { file: null, name: null };
  return {
    stored: () => stored,
    _handleFile(_req, file, done) {
      files.write(file.stream).then(
        (written) => {
          stored = { file: written, name: file.originalname };
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
  const known = fromStream(error);
  if (known !== error || !(error instanceof Error)) return known;
  return new AppError('invalid_request', `The multipart body cannot be read: ${error.message}.`, { cause: error });
};

const fromMulter = (error: MulterError, maxUploadBytes: number): AppError => {
  switch (error.code) {
    case 'LIMIT_FILE_SIZE':
      return uploadTooLarge(maxUploadBytes);
    case 'LIMIT_FILE_COUNT':
    case 'LIMIT_UNEXPECTED_FILE':
      return new AppError('too_many_files', undefined, { cause: error });
    case 'LIMIT_FIELD_VALUE':
      return isFileField(error.field) ? fieldsTooLarge() : fieldTooLong();
    default:
      return new AppError('invalid_request', `The multipart body is not allowed: ${error.message}.`, { cause: error });
  }
};
