const FILE_ERRORS: Readonly<Record<string, string>> = {
  EACCES: 'this user has no write permission',
  EPERM: 'this user has no write permission',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of the path is not a folder',
  EEXIST: 'a file with this name already exists',
  ENOENT: 'it does not exist and cannot be created',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
};

/** The same of a file that is only read. */
const READ_ERRORS: Readonly<Record<string, string>> = {
  ...FILE_ERRORS,
  ...{ EACCES: 'this user has no read permission', EPERM: 'this user has no read permission' },
  ...{ ENOENT: 'there is no such file', EIO: 'the disk reports an error' },
};

/** The errno code of a Node error, such as `ENOSPC`; `unknown` if it has none. */
export const errnoOf = (error: unknown): string =>
  String((error as NodeJS.ErrnoException | undefined)?.code ?? 'unknown');

/** What a code of the file system means, as the end of a sentence; undefined for other codes. */
export const fileErrorMessage = (code: string): string | undefined => FILE_ERRORS[code];

/** What it means for a file that is read. */
export const readErrorMessage = (code: string): string | undefined => READ_ERRORS[code];

const DISK_FULL = ['ENOSPC', 'EDQUOT'];

export const isDiskFull = (code: string): boolean => DISK_FULL.includes(code);

/** Whether a message with the words of {@link fileErrorMessage} says so. */
export const saysDiskFull = (message: string): boolean =>
  DISK_FULL.some((code) => message.includes(FILE_ERRORS[code] ?? code));

export const isTooManyFiles = (code: string): boolean => code === 'EMFILE' || code === 'ENFILE';
