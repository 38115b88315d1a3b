import type { Response } from 'express';
import { AppError } from '../errors.ts';

/** Waits with a signal that is aborted, with the error to answer, when the client leaves or `ends` is aborted. */
export const whileConnected = async <T>(
  res: Response,
  ends: AbortSignal,
  wait: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const gone = new AbortController();
  const leave = (): void => gone.abort(new AppError('invalid_request', 'The upload was interrupted.'));
  const end = (): void => gone.abort(ends.reason);
  if (ends.aborted) end();
  // Closed already: that is not emitted again.
  if (res.closed) leave();
  res.once('close', leave);
  ends.addEventListener('abort', end);
  try {
    return await wait(gone.signal);
  } finally {
    res.off('close', leave);
    ends.removeEventListener('abort', end);
  }
};
