import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { StorageEngine } from 'multer';

export interface FileStorage extends StorageEngine {
  /** Ends what is being written, takes no more, and resolves when nothing of it is on disk any longer. */
  discard(): Promise<void>;
}

/**
 * Puts the files of one upload into a folder. A file that is not whole is removed at once: the parser by itself would
 * go on writing for as long as something comes, and hold the file until the connection has closed.
 */
export const createFileStorage = (directory: string, fileName: () => string): FileStorage => {
  const discarded = new AbortController();
  const { signal } = discarded;
  const paths: string[] = [];
  let written: Promise<unknown> = Promise.resolve();
  return {
    _handleFile(_req, file, done) {
      const path = join(directory, fileName());
      const write = async (): Promise<number> => {
        signal.throwIfAborted();
        const output = createWriteStream(path);
        paths.push(path);
        try {
          await pipeline(file.stream, output, { signal });
          return output.bytesWritten;
        } catch (error) {
          await rm(path, { force: true });
          throw error;
        }
      };
      written = write().then(
        (size) => done(null, { path, size }),
        (error: unknown) => done(error),
      );
    },
    _removeFile(_req, file, done) {
      rm(file.path, { force: true }).then(() => done(null), done);
    },
    async discard() {
      discarded.abort();
      await written;
      await Promise.all(paths.map((path) => rm(path, { force: true })));
    },
  };
};
