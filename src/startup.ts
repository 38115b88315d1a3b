import { resolve } from 'node:path';
import type { Config } from './config.ts';
import { AppError } from './errors.ts';
import { isLoopback } from './http/listening.ts';

/** What a person is told at the start: what runs, and what to do with it. */
export interface StartFacts {
  readonly url: string;
  /** For example `secantusdb in /app/data/secantusdb`, or an address without its password. */
  readonly database: string;
}

const storageOf = ({ storage }: Config): string =>
  storage.kind === 'local' ? `the folder ${resolve(storage.directory)}` : `the bucket ${storage.bucket}`;

/** A few lines; the first says that the service is ready. */
export const welcome = (config: Config, { url, database }: StartFacts): string[] => {
  const places = [`  database   ${database}`, `  images     ${storageOf(config)}`];
  if (config.role === 'worker') return [`Ready: working on images, with probes at ${url}/ready`, ...places];
  const key = config.access.apiKeys.length > 0 ? ' -H "X-Api-Key: KEY"' : '';
  return [
    `Ready: the page is at ${url}`,
    `  reference  ${url}/docs`,
    ...places,
    `  try        curl -F file=@products.csv${key} ${url}/api/upload`,
  ];
};

const mebibytes = (bytes: number): string => `${Math.floor(bytes / 1024 ** 2)} MiB`;

/** What the limits on memory came to, from the environment or from the memory there is. */
export const memoryFacts = ({ limits, memoryBytes, databaseCacheBytes, tasksPerThread, workerThreads }: Config) => ({
  memoryBytes,
  maxDecodeBytesInFlight: limits.maxDecodeBytesInFlight,
  maxDownloadBytesInFlight: limits.maxDownloadBytesInFlight,
  maxImageBytes: limits.maxImageBytes,
  databaseCacheBytes,
  workerThreads,
  tasksPerThread,
});

export const memoryLine = ({ limits, memoryBytes, databaseCacheBytes }: Config): string =>
  `Memory: ${mebibytes(memoryBytes)}, of which ${mebibytes(limits.maxDecodeBytesInFlight)} for images being compressed, ${mebibytes(limits.maxDownloadBytesInFlight)} for downloads (${mebibytes(limits.maxImageBytes)} each at most) and ${mebibytes(databaseCacheBytes)} for the cache of an embedded database`;

/** Who can reach a service whose API is open; null where there is nothing to say. A worker has no API. */
export const whoMayReach = (
  { access, host, role }: Config,
  hosts: readonly string[],
): { readonly level: 'info' | 'warn'; readonly message: string } | null => {
  if (access.apiKeys.length > 0) return null;
  if (host === null) {
    return {
      level: 'info',
      message: `Listening on this machine only (${hosts.join(' and ')}), because API_KEYS is not set. To open the service to others, set API_KEYS (or HOST=0.0.0.0 without keys).`,
    };
  }
  if (role === 'worker' || isLoopback(host)) return null;
  return {
    level: 'warn',
    message: `HOST is ${host} and API_KEYS is not set: whoever reaches this port can upload, list, cancel and retry. Set API_KEYS.`,
  };
};

/** What the system says about a folder or file, in words. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'it lies on a file system that is read-only',
  ENOTDIR: 'a part of its path is a file',
  EEXIST: 'there is a file of that name',
  ENOENT: 'it cannot be created',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of this user is used up',
};

const TOO_MANY_FILES = ['EMFILE', 'ENFILE'];

const folderFault = (variable: string, folder: string, code: string): string => {
  const cure = code === 'ENOSPC' || code === 'EDQUOT' ? 'Make room' : 'Mend that';
  return `The folder ${folder} cannot be written: ${REASONS[code]}. ${cure}, or set ${variable} to another folder.`;
};

/** What usually goes wrong at the start, each with its cure in the same line. */
export const startFault = (error: unknown, config: Config): string => {
  const { code = '', message, syscall = '' } = error as NodeJS.ErrnoException;
  if (error instanceof AppError) return appFault(error, config);
  if (TOO_MANY_FILES.includes(code)) {
    return `This process may open no more files (${code}). Raise the limit, for example with "ulimit -n 1024", and start again.`;
  }
  if (syscall === 'listen' || syscall === 'getaddrinfo') {
    if (code === 'EADDRINUSE')
      return `Port ${config.port} is in use. Stop the other program, or set PORT to a free one.`;
    if (code === 'EACCES') return `Port ${config.port} may not be opened. Set PORT to one above 1023.`;
    return `HOST ${config.host ?? ''} is no address of this machine. Set it to one, or to 0.0.0.0 for all of them.`;
  }
  if (REASONS[code] !== undefined && syscall !== '') {
    return folderFault('DATA_DIR', resolve(config.dataDirectory), code);
  }
  return `The service could not start: ${message}`;
};

const appFault = (error: AppError, { storage }: Config): string => {
  const code = String((error.cause as NodeJS.ErrnoException | undefined)?.code);
  if (error.code === 'storage_unavailable' && storage.kind === 'local' && REASONS[code] !== undefined) {
    return folderFault('PROCESSED_DIR', resolve(storage.directory), code);
  }
  return error.publicMessage;
};
