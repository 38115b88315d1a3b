import { randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  fdatasync,
  mkdirSync,
  openSync,
  renameSync,
  type Stats,
  writeFile,
  writeFileSync,
} from 'node:fs';
import { copyFile, link, lstat, open, readdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { errnoOf, fileErrorMessage } from '../errno.ts';
import { AppError } from '../errors.ts';
import { createDirectorySync } from './directory-sync.ts';
import { assertOutputName as assertName, contentTypeOf, type Storage, type StoredObject } from './storage.ts';

export interface LocalStorage extends Storage {
  /**
   * Removes temporary files left behind by crashes.
   * @param olderThanMs age at which a file can no longer be in use
   * @returns the number of removed files
   */
  sweepTemporary(olderThanMs: number, now?: () => number): Promise<number>;
}

const TEMPORARY = '.tmp-';

/**
 * What is copied to the kernel's cache at once; more is written by libuv's pool. Each call that goes there wakes a thread,
 * which takes several times as long as the call itself, so of a small file only the sync, which waits for the disk, does.
 */
const WRITTEN_AT_ONCE = 1024 * 1024;

const writeBehind = promisify(writeFile);
const dataSync = promisify(fdatasync);

/** The file system does not support links, or the file has too many. */
const NO_LINKS = ['EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EXDEV'];

const reasonOf = (error: unknown): string => fileErrorMessage(errnoOf(error)) ?? errnoOf(error);

const describe = (name: string, stats: Stats): StoredObject => ({
  size: stats.size,
  contentType: contentTypeOf(name),
  lastModified: stats.mtime,
  etag: `"${stats.size.toString(16)}-${Math.trunc(stats.mtimeMs).toString(16)}"`,
});

/**
 * Stores outputs as files in one folder, which is created if missing. Each file is written under a hidden temporary name,
 * synced and renamed, so readers see a complete image or none. Links are not followed.
 * @param directory relative to the working directory, or absolute
 */
export const createLocalStorage = (directory: string): LocalStorage => {
  const root = resolve(directory);
  const pathOf = (name: string): string => join(root, name);
  const syncRoot = createDirectorySync(root);

  const openTemporary = (path: string): number => {
    try {
      return openSync(path, 'wx', 0o644);
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error;
      mkdirSync(root, { recursive: true });
      return openSync(path, 'wx', 0o644);
    }
  };

  const writeDurably = async (path: string, bytes: Uint8Array): Promise<void> => {
    const file = openTemporary(path);
    try {
      if (bytes.length <= WRITTEN_AT_ONCE) writeFileSync(file, bytes);
      else await writeBehind(file, bytes);
      await dataSync(file);
    } finally {
      closeSync(file);
    }
  };

  /** Hard-links the file, or copies it if the file system does not allow another link. */
  const linkOrCopy = async (from: string, to: string): Promise<void> => {
    try {
      await link(from, to);
    } catch (error) {
      if (!NO_LINKS.includes(errnoOf(error))) throw error;
      await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      const handle = await open(to, 'r+');
      try {
        await handle.datasync();
      } finally {
        await handle.close();
      }
    }
  };

  const isMissing = async (path: string): Promise<boolean> => {
    const stats = await lstat(path).catch((error: unknown) => {
      if (errnoOf(error) === 'ENOENT') return null;
      throw error;
    });
    return stats === null || !stats.isFile();
  };

  return {
    copy: async (from, to) => {
      assertName(from);
      assertName(to);
      const temporary = pathOf(`${TEMPORARY}${randomUUID()}`);
      try {
        if (await isMissing(pathOf(from))) return false;
        await linkOrCopy(pathOf(from), temporary);
        await rename(temporary, pathOf(to));
        await syncRoot();
        return true;
      } catch (cause) {
        if (errnoOf(cause) === 'ENOENT') return false;
        throw new AppError(
          'storage_failed',
          `The result could not be stored: ${reasonOf(cause)}. It will be retried.`,
          {
            cause,
          },
        );
      } finally {
        // If both names already were links to one file, `rename` leaves the temporary one.
        await rm(temporary, { force: true }).catch(() => {});
      }
    },

    put: async (name, bytes) => {
      assertName(name);
      const temporary = pathOf(`${TEMPORARY}${randomUUID()}`);
      try {
        await writeDurably(temporary, bytes);
        renameSync(temporary, pathOf(name));
        await syncRoot();
      } catch (cause) {
        await rm(temporary, { force: true }).catch(() => {});
        throw new AppError(
          'storage_failed',
          `The result could not be stored: ${reasonOf(cause)}. It will be retried.`,
          {
            cause,
          },
        );
      }
    },

    stat: async (name) => {
      assertName(name);
      try {
        const stats = await lstat(pathOf(name));
        return stats.isFile() ? describe(name, stats) : null;
      } catch (cause) {
        if (errnoOf(cause) === 'ENOENT') return null;
        throw new AppError('storage_unavailable', undefined, { cause });
      }
    },

    read: async (name, range) => {
      assertName(name);
      try {
        const handle = await open(pathOf(name), constants.O_RDONLY | constants.O_NOFOLLOW);
        return handle.createReadStream(range);
      } catch (cause) {
        const gone = errnoOf(cause) === 'ENOENT' || errnoOf(cause) === 'ELOOP';
        throw new AppError(gone ? 'image_not_found' : 'storage_unavailable', undefined, { cause });
      }
    },

    remove: async (name) => {
      assertName(name);
      try {
        await rm(pathOf(name), { force: true });
      } catch (cause) {
        throw new AppError('storage_failed', `The image could not be removed: ${reasonOf(cause)}.`, { cause });
      }
    },

    check: async () => {
      const probe = pathOf(`${TEMPORARY}${randomUUID()}`);
      try {
        await writeDurably(probe, new Uint8Array(1));
        await rm(probe);
      } catch (cause) {
        await rm(probe, { force: true }).catch(() => {});
        throw new AppError('storage_unavailable', `The image storage is not writable: ${reasonOf(cause)}.`, { cause });
      }
    },

    publicUrl: () => null,

    locate: async () => null,

    sweepTemporary: async (olderThanMs, now = Date.now) => {
      let removed = 0;
      for (const name of await readdir(root).catch(() => [])) {
        if (!name.startsWith(TEMPORARY)) continue;
        const stats = await lstat(pathOf(name)).catch(() => null);
        if (!stats || now() - stats.mtimeMs < olderThanMs) continue;
        await rm(pathOf(name), { force: true });
        removed += 1;
      }
      return removed;
    },
  };
};
