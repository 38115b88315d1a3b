import { relative } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isDiskFull } from '../../errno.ts';
import { CheckError, wrongSize } from './checks.ts';
import { ServiceError } from './client.ts';
import { type WriteOptions, writeWhole } from './files.ts';
import { AnswerError, type Opened, withIdleTimeout } from './transport.ts';

const MAX_ATTEMPTS = 3;
const FIRST_PAUSE_MS = 500;

/** A file could not be downloaded; the message names the file and has a hint. */
export class FileError extends Error {
  override readonly name = 'FileError';
}

/** Content length in bytes; null for a chunked response. */
const contentLength = ({ response }: Opened): number | null => {
  const length: unknown = response.headers['content-length'];
  if (typeof length === 'string' && /^\d{1,15}$/.test(length)) return Number(length);
  if (response.headers['transfer-encoding'] === 'chunked') return null;
  // Such a body ends with the connection, so a truncated one cannot be detected.
  throw new CheckError('the response has no Content-Length');
};

/**
 * Yields the body, and throws when it is incomplete.
 * @param size the expected size, if known; nothing beyond it is read
 */
async function* wholeBody(opened: Opened, size: number | null): AsyncGenerator<Buffer> {
  const { response } = opened;
  try {
    const length = contentLength(opened);
    // Content-Length is the encoded size, and the body is already decoded.
    const expected = response.headers['content-encoding'] === undefined ? (length ?? size) : size;
    if (expected !== null && size !== null && expected !== size) throw wrongSize(expected, size);
    let bytes = 0;
    for await (const chunk of withIdleTimeout(response.data)) {
      bytes += chunk.length;
      if (expected !== null && bytes > expected) throw wrongSize(bytes, expected);
      yield chunk;
    }
    if (expected !== null && bytes !== expected) throw wrongSize(bytes, expected);
  } finally {
    response.data.destroy();
  }
}

/** A local file error (disk full, read-only folder), which a retry does not fix. */
const isLocalFileError = (error: unknown): boolean => {
  const { path, code } = (error ?? {}) as NodeJS.ErrnoException;
  return typeof path === 'string' || isDiskFull(code ?? '') || code === 'EIO' || code === 'EFBIG';
};

const isRetryable = (error: unknown): boolean => {
  if (error instanceof ServiceError) return error.status >= 500 || error.status === 408 || error.status === 429;
  return !(error instanceof AnswerError) && !isLocalFileError(error);
};

const reasonOf = (error: unknown, host: string): string => {
  if (error instanceof CheckError) return `${error.message} from ${host}`;
  if (error instanceof ServiceError) return `${host} returned status ${error.status} (${error.message})`;
  const { code, message } = error as NodeJS.ErrnoException;
  if (error instanceof AnswerError || isLocalFileError(error)) return message;
  return `the connection to ${host} failed (${code ?? message})`;
};

const hintFor = (error: unknown): string => {
  if (isLocalFileError(error)) return 'Free up disk space or choose another folder, then run the same command again.';
  return error instanceof CheckError
    ? 'Run the same command again; if the error persists, check that PUBLIC_URL or S3_PUBLIC_URL of the service points to its outputs.'
    : 'Run the same command again; existing files are not downloaded again.';
};

export interface FileToFetch extends WriteOptions {
  readonly file: string;
  /** The source host, for messages. */
  readonly host: string;
  /** Sends the request; called once per attempt. */
  readonly open: () => Promise<Opened>;
  /** In bytes; null when unknown. */
  readonly size: number | null;
}

/**
 * Downloads a response into a file, completely and checked, with retries.
 * @throws FileError after the last attempt; the signal's reason when it aborts
 */
export const fetchFile = async (target: FileToFetch, signal: AbortSignal): Promise<void> => {
  const { file, host, open, size } = target;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await writeWhole(file, wholeBody(await open(), size), target);
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (attempt < MAX_ATTEMPTS && isRetryable(error)) {
        await pause(FIRST_PAUSE_MS * attempt, undefined, { signal });
        continue;
      }
      const name = relative(process.cwd(), file);
      throw new FileError(`${name} was not saved: ${reasonOf(error, host)}. ${hintFor(error)}`, { cause: error });
    }
  }
};
