import { AppError } from '../../../errors.ts';

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
