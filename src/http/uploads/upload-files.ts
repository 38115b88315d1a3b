import { randomUUID } from 'node:crypto';
import { readdir, rm, stat, statfs } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** Distinguishes a process from a later one with the same pid; null if no such process is running. */
export type ProcessMark = (pid: number) => string | null;

/** Longer than any upload. Files of other machines, whose processes cannot be checked, are removed at this age. */
const OLDEST_MS = 60 * 60_000;

const fileSafe = (text: string): string => text.replace(/[^A-Za-z0-9-]/g, '_');

/** A name that identifies the process, so that a later start knows whether the file is still being written. */
export const uploadFileName = (processMark: ProcessMark): string =>
  [fileSafe(hostname()), process.pid, fileSafe(processMark(process.pid) ?? ''), randomUUID()].join('.');

/** Removes uploads whose process is gone, and old ones of other machines that share the folder. */
export const sweepUploads = async (directory: string, processMark: ProcessMark, now: number): Promise<number> => {
  let removed = 0;
  for (const name of await readdir(directory)) {
    const file = join(directory, name);
    const [host, pid, mark] = name.split('.');
    const here = host === fileSafe(hostname()) && mark !== undefined;
    const abandoned = here
      ? fileSafe(processMark(Number(pid)) ?? 'gone') !== mark
      : await stat(file).then(
          ({ mtimeMs }) => mtimeMs < now - OLDEST_MS,
          () => false,
        );
    if (!abandoned) continue;
    await rm(file, { force: true });
    removed += 1;
  }
  return removed;
};

/** Bytes of a folder's disk: those free for this user, and the total. */
export const diskSpace = async (directory: string): Promise<{ readonly free: number; readonly total: number }> => {
  const { bavail, blocks, bsize } = await statfs(directory);
  return { free: bavail * bsize, total: blocks * bsize };
};
