import { relative } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isDiskFull } from '../errno.ts';
import { CheckError, wrongSize } from './checks.ts';
import { ServiceError } from './client.ts';
import { type WriteOptions, writeWhole } from './files.ts';
import { AnswerError, alive, type Opened } from './transport.ts';

const TRIES = 3;
const FIRST_PAUSE_MS = 500;

/** A file could not be brought here; its message names the file and says what to do. */
export class FileError extends Error {
  override readonly name = 'FileError';
}

/** Bytes that the answer announces; null when it ends with its last chunk. */
const announced = ({ response }: Opened): number | null => {
  const length: unknown = response.headers['content-length'];
  if (typeof length === 'string' && /^\d{1,15}$/.test(length)) return Number(length);
  if (response.headers['transfer-encoding'] === 'chunked') return null;
  // Such a body ends when the connection does, and nobody can tell whether all of it came.
  throw new CheckError('the answer does not say how long it is');
};

/**
 * All bytes of the answer, or an error.
 * @param size what they must be, if that is known; nothing beyond it is read
 */
async function* wholeBody(opened: Opened, size: number | null): AsyncGenerator<Buffer> {
  const { response } = opened;
  try {
    const length = announced(opened);
    // A body that was encoded on its way is decoded by now, and the length is that of the encoded one.
    const expected = response.headers['content-encoding'] === undefined ? (length ?? size) : size;
    if (expected !== null && size !== null && expected !== size) throw wrongSize(expected, size);
    let bytes = 0;
    for await (const chunk of alive(response.data)) {
      bytes += chunk.length;
      if (expected !== null && bytes > expected) throw wrongSize(bytes, expected);
      yield chunk;
    }
    if (expected !== null && bytes !== expected) throw wrongSize(bytes, expected);
  } finally {
    response.data.destroy();
  }
}

/** The disk is full, the folder is read-only: trying again changes nothing. */
const isOfThisMachine = (error: unknown): boolean => {
  const { path, code } = (error ?? {}) as NodeJS.ErrnoException;
  return typeof path === 'string' || isDiskFull(code ?? '') || code === 'EIO' || code === 'EFBIG';
};

const passes = (error: unknown): boolean => {
  if (error instanceof ServiceError) return error.status >= 500 || error.status === 408 || error.status === 429;
  return !(error instanceof AnswerError) && !isOfThisMachine(error);
};

const reasonOf = (error: unknown, host: string): string => {
  if (error instanceof CheckError) return `${error.message} from ${host}`;
  if (error instanceof ServiceError) return `${host} answered ${error.status} (${error.message})`;
  const { code, message } = error as NodeJS.ErrnoException;
  if (error instanceof AnswerError || isOfThisMachine(error)) return message;
  return `the connection to ${host} failed (${code ?? message})`;
};

const cureOf = (error: unknown): string => {
  if (isOfThisMachine(error)) return 'Make room or choose another folder, then run the same command again.';
  return error instanceof CheckError
    ? 'Run the same command again; if it stays so, check that PUBLIC_URL or S3_PUBLIC_URL of the service leads to its outputs.'
    : 'Run the same command again; what is here already is not fetched again.';
};

export interface Wanted extends WriteOptions {
  readonly file: string;
  /** Whom it comes from, for messages. */
  readonly host: string;
  /** Asks for it, anew with each try. */
  readonly open: () => Promise<Opened>;
  /** In bytes, before any change; null when it is not known. */
  readonly size: number | null;
}

/**
 * Brings an answer into a file, whole and checked, with a few tries.
 * @throws FileError after the last try; when the signal aborts, what it aborts with
 */
export const fetchFile = async (wanted: Wanted, signal: AbortSignal): Promise<void> => {
  const { file, host, open, size } = wanted;
  for (let tries = 1; ; tries += 1) {
    try {
      await writeWhole(file, wholeBody(await open(), size), wanted);
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (tries < TRIES && passes(error)) {
        await pause(FIRST_PAUSE_MS * tries, undefined, { signal });
        continue;
      }
      const name = relative(process.cwd(), file);
      throw new FileError(`${name} was not stored: ${reasonOf(error, host)}. ${cureOf(error)}`, { cause: error });
    }
  }
};
