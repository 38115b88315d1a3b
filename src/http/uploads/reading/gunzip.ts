import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { byteLimit } from '../../../network/fetch/byte-limit.ts';
import { startOf, type TemporaryFile, type TemporaryFiles } from '../temporary-files.ts';
import { uploadTooLarge } from './body.ts';
import { fromStream } from './streams.ts';

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);

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
  if (!(await startOf(file, GZIP_MAGIC.length)).equals(GZIP_MAGIC)) return file;
  const limit = byteLimit(maxUploadBytes, () => uploadTooLarge(maxUploadBytes), onBytes);
  try {
    return await files.write(createReadStream(file.path), createGunzip(), limit);
  } catch (error) {
    throw fromStream(error);
  }
};
