import { existsSync } from 'node:fs';
import axios from 'axios';
import { ConfigError } from '../config.ts';
import { errnoOf, fileErrorMessage, isDiskFull } from '../errno.ts';
import { EXIT } from './exit.ts';
import { logFileOf } from './local-service.ts';
import type { CompressOptions } from './options.ts';
import { csvErrorText, diskFullText as diskFull, shown } from './summary.ts';
import { ServiceError } from './transfer/client.ts';
import { FileError } from './transfer/fetch.ts';
import { AnswerError } from './transfer/transport.ts';
import { workFolderOf } from './work-folder.ts';

/** A failed operation on a file here, as a sentence with its name; null for any other error. */
const fileSentence = (error: unknown): string | null => {
  const { path } = (error ?? {}) as NodeJS.ErrnoException;
  const code = errnoOf(error);
  const name = typeof path === 'string' ? shown(path) : null;
  if (isDiskFull(code)) return diskFull(name);
  return name === null ? null : `${name} cannot be written: ${fileErrorMessage(code) ?? code}.`;
};

interface Explained {
  readonly message: string;
  /** The exit code. */
  readonly code: number;
  /** Of a rejected file. */
  readonly errors: ServiceError['csvErrors'];
}

const isRefusal = ({ status }: ServiceError): boolean => status === 422 || status === 400;

/** What went wrong, with a hint and without a stack trace. */
export const explained = (error: unknown, options: CompressOptions | null): Explained => {
  const because = (message: string, code: number = EXIT.notDone): Explained => ({ message, code, errors: [] });
  if (error instanceof ConfigError) return because(error.message, EXIT.invalidInput);
  if (error instanceof ServiceError) {
    if (error.code === 'disk_full' && options?.server === null) return because(diskFull(shown(options.images)));
    const code = isRefusal(error) ? EXIT.invalidInput : EXIT.notDone;
    return { message: csvErrorText(error), code, errors: error.csvErrors };
  }
  if (error instanceof FileError || error instanceof AnswerError) return because(error.message);
  if (axios.isAxiosError(error) && options?.server) {
    return because(
      `The service at ${options.server} cannot be reached (${error.code}). Check --server, or omit it to run locally.`,
    );
  }
  const sentence = fileSentence(error);
  if (sentence !== null) return because(sentence);
  const log = options?.server === null ? logFileOf(workFolderOf(options.images)) : '';
  const hint = existsSync(log) ? `\nSee the log for details: ${shown(log)}` : '';
  return because(`${error instanceof Error ? error.message : String(error)}${hint}`);
};
