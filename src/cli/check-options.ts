import { access, constants, stat } from 'node:fs/promises';
import { errnoOf, readErrorMessage } from '../errno.ts';
import { type CompressOptions, UsageError } from './options.ts';
import { shown } from './summary.ts';

const kindOf = async (path: string): Promise<'folder' | 'file' | null> =>
  stat(path).then(
    (found) => (found.isDirectory() ? 'folder' : 'file'),
    () => null,
  );

/** @throws UsageError when the file cannot be read */
export const requireReadable = async (file: string): Promise<void> => {
  if ((await kindOf(file)) === 'folder') {
    throw new UsageError(`${shown(file)} is a folder; give a CSV or Excel file`);
  }
  await access(file, constants.R_OK).catch((error: unknown) => {
    const code = errnoOf(error);
    if (code === 'ENOENT') throw new UsageError(`File not found: ${shown(file)}`);
    throw new UsageError(`${shown(file)} cannot be read: ${readErrorMessage(code) ?? code}`);
  });
};

/**
 * Checks what can be checked before anything starts: the input and the places of the output.
 * @throws UsageError with the error and the fix
 */
export const checkPlaces = async ({ input, stdin, out, images }: CompressOptions): Promise<void> => {
  if (stdin && process.stdin.isTTY) {
    throw new UsageError('"-" reads the file from standard input; for example: cat products.csv | … compress -');
  }
  if (input !== null && !stdin) await requireReadable(input);
  if ((await kindOf(out)) === 'folder')
    throw new UsageError(`--out ${shown(out)} is a folder; give the name of a file`);
  if ((await kindOf(images)) === 'file') throw new UsageError(`--images ${shown(images)} is a file; give a folder`);
};

/** `maxWidth` is `--max-width`. */
const optionOf = (field: string): string =>
  `--${field === 'imageColumns' ? 'image-column' : field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/**
 * Checks the values of the options by the rules of the service.
 * @throws UsageError
 */
export const checkFields = async (fields: CompressOptions['fields']): Promise<void> => {
  // Loaded only when something is about to start, as it takes a while.
  const { uploadFields } = await import('../http/parameters/upload.ts');
  const [issue] = uploadFields(() => true).safeParse(fields).error?.issues ?? [];
  if (issue === undefined) return;
  const message = issue.message
    .replace(/\boutputs\b(?=, whose)/, '--outputs')
    .replace('be sent with', 'be combined with');
  throw new UsageError(`${optionOf(String(issue.path[0] ?? ''))} ${message}`);
};
