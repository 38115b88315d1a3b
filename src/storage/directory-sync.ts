import { closeSync, constants, fsync, openSync } from 'node:fs';
import { promisify } from 'node:util';

const sync = promisify(fsync);

/** Makes renames and removals in the folder durable. */
const syncDirectory = async (directory: string): Promise<void> => {
  const folder = openSync(directory, constants.O_RDONLY);
  try {
    await sync(folder);
  } finally {
    closeSync(folder);
  }
};

/**
 * Syncs a folder for many callers at once (group commit). A sync covers only renames made before it started, so callers
 * that arrive during one share the next.
 * @returns a function that resolves once all renames made before the call are durable
 */
export const createDirectorySync = (directory: string, syncFolder = syncDirectory): (() => Promise<void>) => {
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;

  const start = (): Promise<void> => {
    const current = syncFolder(directory).finally(() => {
      if (running === current) running = null;
    });
    running = current;
    return current;
  };

  return () => {
    if (running === null) return start();
    // A failure of the running sync is reported to its own callers.
    next ??= running
      .catch(() => undefined)
      .then(() => {
        next = null;
        return start();
      });
    return next;
  };
};
