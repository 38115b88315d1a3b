import { readFileSync } from 'node:fs';

/**
 * Files and sockets that the service needs open at the same time: about a hundred for its modules, threads and database,
 * the rest for connections. With fewer, modules and threads fail to load halfway.
 */
export const OPEN_FILES_NEEDED = 256;

/** The limit of this process; null if it is unknown or unlimited. */
export const openFilesLimit = (): number | null => {
  try {
    const [, soft] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return soft === undefined ? null : Number(soft);
  } catch {
    return null;
  }
};

/** The message when the limit is too low, otherwise null. Duplicated in scripts/prepare.mjs. */
export const openFilesError = (limit: number | null): string | null =>
  limit === null || limit >= OPEN_FILES_NEEDED
    ? null
    : `This process may open ${limit} files but needs at least ${OPEN_FILES_NEEDED}. Raise the limit with "ulimit -n 1024" in this shell, LimitNOFILE=1024 in a systemd unit or --ulimit nofile=1024 for a container, and start again.`;
