import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** Makes renames and removals in the folder survive a power cut. */
const syncDirectory = async (directory: string): Promise<void> => {
  const handle = await open(directory, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/**
 * Syncs a folder for many callers at once (group commit). One sync covers every rename that was done before it began, so
 * those who come while one runs share the next; that one may have looked at the folder before their rename.
 * @returns a function that resolves once whatever its caller has renamed before the call is durable
 */
export const createDirectorySync = (directory: string, sync = syncDirectory): (() => Promise<void>) => {
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;

  const begin = (): Promise<void> => {
    const current = sync(directory).finally(() => {
      if (running === current) running = null;
    });
    running = current;
    return current;
  };

  return () => {
    if (running === null) return begin();
    // Whether the one before failed is for its own callers to hear.
    next ??= running
      .catch(() => undefined)
      .then(() => {
        next = null;
        return begin();
      });
    return next;
  };
};
