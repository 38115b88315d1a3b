import { readFileSync } from 'node:fs';

/**
 * Files and sockets that the service needs to open at the same time: about a hundred to load and start with its threads
 * and its database, and some for connections. Below it, modules and threads fail to load halfway.
 */
export const OPEN_FILES_NEEDED = 256;

/** How many this process may open; null where the system does not say, or sets no limit. */
export const openFilesLimit = (): number | null => {
  try {
    const [, soft] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return soft === undefined ? null : Number(soft);
  } catch {
    return null;
  }
};

/** What to tell a person when the limit is too low; null when it is not. The same stands in scripts/prepare.mjs. */
export const openFilesFault = (limit: number | null): string | null =>
  limit === null || limit >= OPEN_FILES_NEEDED
    ? null
    : `This process may open ${limit} files, and needs at least ${OPEN_FILES_NEEDED}. Raise the limit with "ulimit -n 1024" in this shell, LimitNOFILE=1024 in a systemd unit or --ulimit nofile=1024 for a container, and start again.`;
