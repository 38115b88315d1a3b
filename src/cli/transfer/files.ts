import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { processMark } from '../../embedded/processes.ts';

/** SHA-256 of a file, in hexadecimal. */
export const digestOf = async (file: string): Promise<string> => {
  const digest = createHash('sha256');
  await pipeline(createReadStream(file), digest);
  return digest.digest('hex');
};

export interface WriteOptions {
  /** Validates the finished temporary file; if it throws, the file is not renamed. */
  readonly check?: (temporary: string) => Promise<void>;
}

const temporaryName = (file: string): string => `.${basename(file)}.${process.pid}.tmp`;
const TEMPORARY = /^\d+\.tmp$/;

/**
 * Writes to a temporary file in the same folder, checks and syncs it, then renames it: after a crash the name has the
 * complete new file or the old one.
 */
export const writeWhole = async (
  file: string,
  source: AsyncIterable<Buffer>,
  { check }: WriteOptions = {},
): Promise<void> => {
  await mkdir(dirname(file), { recursive: true });
  const temporary = join(dirname(file), temporaryName(file));
  // Opened first: a stream that fails before its file is open would create it after it was removed.
  const handle = await open(temporary, 'w');
  try {
    // `flush` syncs before closing; without it, the renamed file may be empty after a power cut.
    const target = handle.createWriteStream({ flush: true });
    await pipeline(source, target);
    await check?.(temporary);
    await rename(temporary, file);
    await syncFolder(dirname(file));
  } catch (error) {
    // The stream closes it; when it is closed already that is fine.
    await handle.close().catch(() => {});
    await rm(temporary, { force: true });
    throw error;
  }
};

/** Makes the rename durable, where the system can sync a folder. */
const syncFolder = async (folder: string): Promise<void> => {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Removes temporary files of killed runs from a folder, for target names accepted by `isOurs`. */
export const sweepTemporary = async (folder: string, isOurs: (name: string) => boolean): Promise<void> => {
  for (const entry of await readdir(folder).catch(() => [])) {
    const parts = entry.split('.');
    const [pid = '', ending = ''] = parts.slice(-2);
    const name = parts.slice(1, -2).join('.');
    if (parts[0] !== '' || !TEMPORARY.test(`${pid}.${ending}`) || !isOurs(name) || processMark(Number(pid)) !== null)
      continue;
    await rm(join(folder, entry), { force: true });
  }
};
