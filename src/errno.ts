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

/** The errno code of a Node error, such as `ENOSPC`; `unknown` if it has none. */
export const errnoOf = (error: unknown): string =>
  String((error as NodeJS.ErrnoException | undefined)?.code ?? 'unknown');

/** What a code of the file system means, as the end of a sentence; undefined for other codes. */
export const fileErrorMessage = (code: string): string | undefined => FILE_ERRORS[code];

export const isDiskFull = (code: string): boolean => code === 'ENOSPC' || code === 'EDQUOT';

export const isTooManyFiles = (code: string): boolean => code === 'EMFILE' || code === 'ENFILE';
