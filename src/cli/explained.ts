import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import axios from 'axios';
import { ConfigError } from '../config.ts';
import { errnoOf, isDiskFull } from '../errno.ts';
import { EXIT } from './exit.ts';
import { logFileOf } from './local-service.ts';
import type { CompressOptions } from './options.ts';
import { csvErrorText, diskFullText as diskFull, shown } from './summary.ts';
import { ServiceError } from './transfer/client.ts';
import { FileError } from './transfer/fetch.ts';
import { AnswerError } from './transfer/transport.ts';
import { workFolderOf } from './work-folder.ts';

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the disk is read-only',
  ENOTDIR: 'a part of its path is a file',
};

/** A failed operation on a file here, as a sentence with its name; null for any other error. */
const fileSentence = (error: unknown): string | null => {
  const { path } = (error ?? {}) as NodeJS.ErrnoException;
  const code = errnoOf(error) ?? '';
  const name = typeof path === 'string' ? relative(process.cwd(), path) || '.' : null;
  if (isDiskFull(code)) {
    return diskFull(name);
  }
  return name === null ? null : `${name} cannot be written: ${REASONS[code] ?? code}.`;
};

/** What went wrong, with a hint and without a stack trace, and the exit code. */
export const explained = (
  error: unknown,
  options: CompressOptions | null,
): { readonly message: string; readonly code: number } => {
  if (error instanceof ConfigError) return { message: error.message, code: EXIT.invalidInput };
  if (error instanceof ServiceError && error.code === 'disk_full' && options?.server === null) {
    return { message: diskFull(shown(options.images)), code: EXIT.notDone };
  }
  if (error instanceof ServiceError) {
    const code = error.status === 422 || error.status === 400 ? EXIT.invalidInput : EXIT.notDone;
    return { message: csvErrorText(error), code };
  }
  if (error instanceof FileError || error instanceof AnswerError) return { message: error.message, code: EXIT.notDone };
  if (axios.isAxiosError(error) && options?.server) {
    const message = `The service at ${options.server} cannot be reached (${error.code}). Check --server, or omit it to run locally.`;
    return { message, code: EXIT.notDone };
  }
  const sentence = fileSentence(error);
  if (sentence !== null) return { message: sentence, code: EXIT.notDone };
  const log = options?.server === null ? logFileOf(workFolderOf(options.images)) : '';
  const hint = existsSync(log) ? `\nSee the log for details: ${shown(log)}` : '';
  return { message: `${error instanceof Error ? error.message : String(error)}${hint}`, code: EXIT.notDone };
};
