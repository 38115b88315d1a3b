import type { Request } from 'express';
import { AppError } from '../../../errors.ts';
import type { TemporaryFile, TemporaryFiles } from '../temporary-files.ts';

export interface BodyLimits {
  /** Limit for the file. */
  readonly maxUploadBytes: number;
  /** An upload is aborted after this long without data. */
  readonly stallMs: number;
}

export interface Receiving {
  readonly files: TemporaryFiles;
  /** Aborted with the error to answer when the upload must end. */
  readonly signal: AbortSignal;
  /** Called with the length of each chunk. */
  readonly received: (bytes: number) => void;
}

export interface ReceivedBody {
  /** Null if the body has no file. */
  readonly file: TemporaryFile | null;
  /** Texts, or lists of texts where a field was repeated. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** As its sender calls the file; null if it has no name. */
  readonly fileName: string | null;
}

/** Allowance for what surrounds the file: fields, part headers, boundaries. Fields are kept in memory. */
export const OVERHEAD_BYTES = 2 * 1024 * 1024;

export const uploadTooLarge = (maxUploadBytes: number): AppError =>
  new AppError('upload_too_large', `The upload is larger than ${maxUploadBytes} bytes, the limit of this server.`);

/**
 * Bytes of the body according to `Content-Length`; 0 without it.
 * @throws AppError `upload_too_large`
 */
export const announcedBytes = (req: Request, maxUploadBytes: number): number => {
  const bytes = Number(req.headers['content-length'] ?? 0);
  if (bytes > maxUploadBytes + OVERHEAD_BYTES) throw uploadTooLarge(maxUploadBytes);
  return bytes;
};
