import type { Request, Response } from 'express';
import { AppError } from '../../../errors.ts';
import { expectsContinue } from '../../server.ts';

export interface BodyGuard {
  /** Aborted with the error to answer when the upload must end. */
  readonly signal: AbortSignal;
  /** The body is given up after this long without data. */
  readonly stallMs: number;
  /** Called with the length of each chunk; may return the error to answer. */
  readonly onChunk: (bytes: number) => AppError | null;
}

/**
 * Reads a body, and rejects as soon as it stalls, its upload is aborted or a chunk is refused, even if `read` goes on:
 * a parser that reads an endless body to its end never would.
 * @param read attaches its own reader to the request at once
 */
export const guardBody = async <T>(
  req: Request,
  res: Response,
  { signal, stallMs, onChunk }: BodyGuard,
  read: () => Promise<T>,
): Promise<T> => {
  // The client may have left during earlier checks; the stream would not emit that again.
  if (req.destroyed) throw new AppError('invalid_request', 'The upload was interrupted.');
  signal.throwIfAborted();
  let end: (error: unknown) => void = () => undefined;
  const ended = new Promise<never>((_resolve, reject) => {
    end = reject;
  });
  const onAbort = (): void => end(signal.reason);
  const silence = setTimeout(() => end(new AppError('request_timeout')), stallMs);
  const onData = (chunk: Buffer): void => {
    silence.refresh();
    const error = onChunk(chunk.length);
    if (error !== null) end(error);
  };
  signal.addEventListener('abort', onAbort);
  // Only now may a client that sent `Expect: 100-continue` send its body.
  if (expectsContinue(req)) res.writeContinue();
  try {
    const whole = read();
    req.on('data', onData);
    return await Promise.race([whole, ended]);
  } finally {
    clearTimeout(silence);
    req.off('data', onData);
    signal.removeEventListener('abort', onAbort);
  }
};
