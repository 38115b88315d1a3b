import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { StorageEngine } from 'multer';

export interface FileStorage extends StorageEngine {
  /** Aborts the write and resolves once nothing of the upload is left on disk. */
  discard(): Promise<void>;
}

/**
 * Writes the files of one upload to a folder. An incomplete file is removed immediately: the parser alone would keep
 * writing while data arrives, and keep the file until the connection closes.
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
