import { Transform } from 'node:stream';
import { AppError } from '../../../errors.ts';

/** Passes bytes on, and fails with the error once there are more than `maxBytes`. */
export const byteLimit = (
  maxBytes: number,
  error: () => AppError,
  onChunk: (bytes: number) => void = () => undefined,
): Transform => {
  let total = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      total += chunk.length;
      if (total > maxBytes) return done(error());
      onChunk(chunk.length);
      done(null, chunk);
    },
  });
};

const DISK_ERRORS = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EMFILE', 'ENFILE', 'ENOENT', 'EACCES']);

/** An error of zlib or of the disk, by its code, as the error to answer; others unchanged. */
export const fromStream = (error: unknown): unknown => {
  if (typeof error !== 'object' || error === null || !('code' in error)) return error;
  const code = String(error.code);
  if (code.startsWith('Z_')) {
    const message = 'The gzip data is damaged or incomplete. Compress the file again.';
    return new AppError('invalid_request', message, { cause: error });
  }
  if (!('syscall' in error)) return error;
  return DISK_ERRORS.has(code)
    ? new AppError('storage_unavailable', 'The upload could not be written to disk.', { cause: error })
    : new AppError('invalid_request', 'The upload was interrupted.', { cause: error });
};
