import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import type { TemporaryFile, TemporaryFiles } from '../temporary-files.ts';
import { uploadTooLarge } from './body.ts';
import { byteLimit, fromStream } from './streams.ts';

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);

const isGzip = async ({ path }: TemporaryFile): Promise<boolean> => {
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(GZIP_MAGIC.length), 0, GZIP_MAGIC.length, 0);
    return buffer.subarray(0, bytesRead).equals(GZIP_MAGIC);
  } finally {
    await handle.close();
  }
};

/**
 * The content of a gzip file as a file of its own; any other file unchanged. A bomb ends at the limit of an upload.
 * @param onBytes called with the length of each inflated chunk
 * @throws AppError `upload_too_large` or `invalid_request`
 */
export const gunzipped = async (
  file: TemporaryFile,
  files: TemporaryFiles,
  maxUploadBytes: number,
  onBytes: (bytes: number) => void,
): Promise<TemporaryFile> => {
  if (!(await isGzip(file))) return file;
  const limit = byteLimit(maxUploadBytes, () => uploadTooLarge(maxUploadBytes), onBytes);
  try {
    return await files.write(createReadStream(file.path), createGunzip(), limit);
  } catch (error) {
    throw fromStream(error);
  }
};
