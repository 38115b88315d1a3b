import { resolve } from 'node:path';
import type { Config } from './config.ts';
import { errnoOf, fileErrorMessage, isDiskFull, isTooManyFiles } from './errno.ts';
import { AppError } from './errors.ts';
import { isLoopback } from './http/listening.ts';

/** Shown at startup. */
export interface StartFacts {
  readonly url: string;
  readonly hosts: readonly string[];
  /** For example `secantusdb in /app/data/secantusdb`, or a URI without its password. */
  readonly database: string;
}

const storageOf = ({ storage }: Config): string =>
  storage.kind === 'local' ? `the folder ${resolve(storage.directory)}` : `the bucket ${storage.bucket}`;

/** What is said at the start, in one go: the headline, and the facts below it. */
export const welcome = (config: Config, { url, database, hosts }: StartFacts) => {
  const { access, role } = config;
  const isWorker = role === 'worker';
  const key = access.apiKeys.length > 0 ? ' -H "X-Api-Key: KEY"' : '';
  const reach = whoMayReach(config, hosts);
  const facts: Readonly<Record<string, string>> = {
    ...(!isWorker && { reference: `${url}/docs` }),
    database,
    images: storageOf(config),
    memory: memoryLine(config),
    ...(reach?.level === 'info' && { access: reach.message }),
    ...(access.apiKeys.length > 0 &&
      access.operatorKeys.length === 0 && { metrics: 'closed, because API_KEYS is set and OPERATOR_KEYS is not' }),
    ...(!isWorker && { try: `curl -F file=@products.csv${key} ${url}/api/upload` }),
  };
  const headline = isWorker ? `Ready: processing images, with probes at ${url}/ready` : `Ready: the page is at ${url}`;
  return { headline, facts };
};

/** For a terminal. */
export const welcomeText = ({ headline, facts }: ReturnType<typeof welcome>): string =>
  [headline, ...Object.entries(facts).map(([name, value]) => `  ${name.padEnd(10)} ${value}`), ''].join('\n');

const mebibytes = (bytes: number): string => `${Math.floor(bytes / 1024 ** 2)} MiB`;

/** The effective memory limits, from the environment or the available memory. */
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
  `${mebibytes(memoryBytes)}, of which ${mebibytes(limits.maxDecodeBytesInFlight)} for images being compressed, ${mebibytes(limits.maxDownloadBytesInFlight)} for downloads (${mebibytes(limits.maxImageBytes)} each at most) and ${mebibytes(databaseCacheBytes)} for the cache of an embedded database`;

/** Who can reach a service without API keys; null if there is nothing to report. A worker has no API. */
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
    message: `HOST is ${host} and API_KEYS is not set: anyone who can reach this port can upload, list, cancel and retry. Set API_KEYS.`,
  };
};

/** @returns null if the code says nothing about the folder */
const folderError = (variable: string, folder: string, code: string): string | null => {
  const reason = isTooManyFiles(code) ? undefined : fileErrorMessage(code);
  if (reason === undefined) return null;
  const hint = isDiskFull(code) ? 'Free some space' : 'Fix that';
  return `The folder ${folder} cannot be written: ${reason}. ${hint}, or set ${variable} to another folder.`;
};

/** The usual startup errors, each in one line with how to fix it. */
export const startupError = (error: unknown, config: Config): string => {
  const { code = '', message, syscall = '' } = error as NodeJS.ErrnoException;
  if (error instanceof AppError) return appErrorMessage(error, config);
  if (isTooManyFiles(code)) {
    return `This process has reached its limit of open files (${code}). Raise the limit, for example with "ulimit -n 1024", and start again.`;
  }
  if (syscall === 'listen' || syscall === 'getaddrinfo') {
    if (code === 'EADDRINUSE')
      return `Port ${config.port} is in use. Stop the other program, or set PORT to a free one.`;
    if (code === 'EACCES') return `This user may not listen on port ${config.port}. Set PORT to one above 1023.`;
    return `HOST ${config.host ?? ''} is not an address of this machine. Use one that is, or 0.0.0.0 for all of them.`;
  }
  const reason = syscall === '' ? null : folderError('DATA_DIR', resolve(config.dataDirectory), code);
  return reason ?? `The service could not start: ${message}`;
};

const appErrorMessage = (error: AppError, { storage }: Config): string => {
  if (error.code !== 'storage_unavailable' || storage.kind !== 'local') return error.publicMessage;
  return folderError('PROCESSED_DIR', resolve(storage.directory), errnoOf(error.cause)) ?? error.publicMessage;
};
