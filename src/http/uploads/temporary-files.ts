import { createWriteStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** A file of an upload on disk. */
export interface TemporaryFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

/** The first bytes of a file; fewer if it is shorter. */
export const startOf = async ({ path }: TemporaryFile, bytes: number): Promise<Buffer> => {
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
};

/** The temporary files of one upload. */
export interface TemporaryFiles {
  /** Writes a stream to a new file. An incomplete file is removed at once. */
  write(source: Readable, ...steps: readonly Transform[]): Promise<TemporaryFile>;
  /** A path for a file that someone else writes; it is removed with the others. */
  reserve(): string;
  /** Bytes handed to all writes so far. */
  bytes(): number;
  /** Aborts the writes and resolves once nothing of the upload is left on disk. */
  discard(): Promise<void>;
}

/** @param fileName a new name in the folder; the client's file name is never used in a path */
export const createTemporaryFiles = (directory: string, fileName: () => string): TemporaryFiles => {
  const discarded = new AbortController();
  const { signal } = discarded;
  const writes = new Set<Promise<TemporaryFile>>();
  const paths: string[] = [];
  let bytes = 0;

  const reserve = (): string => {
    const path = join(directory, fileName());
    paths.push(path);
    return path;
  };

  const writeFile = async (source: Readable, steps: readonly Transform[]): Promise<TemporaryFile> => {
    signal.throwIfAborted();
    const path = reserve();
    const count = new Transform({
      transform(chunk, _encoding, done) {
        bytes += chunk.length;
        done(null, chunk);
      },
    });
    const output = createWriteStream(path);
    try {
      await pipeline([source, ...steps, count, output], { signal });
      return { path, size: output.bytesWritten };
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
  };
  return {
    write(source, ...steps) {
      const write = writeFile(source, steps);
      writes.add(write);
      return write;
    },
    reserve,
    bytes: () => bytes,
    async discard() {
      discarded.abort();
      await Promise.allSettled(writes);
      await Promise.all(paths.map((path) => rm(path, { force: true })));
    },
  };
};
