import { crc32 } from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { damaged, SAVE_AGAIN, WorkbookError } from './workbook-error.ts';

/** A workbook has a few parts per sheet, and one for each embedded picture. */
const MAX_ENTRIES = 50_000;
/** The largest sheet Excel can have, with ten cells of 30 characters in each row, is half of it. */
const MAX_PART_BYTES = 1024 ** 3;
/** Deflate reaches 1,032; sheets of empty formatted cells about 50. */
const MAX_RATIO = 250;
const RATIO_FROM_BYTES = 16 * 1024 ** 2;
const STORED = 0;
const DEFLATED = 8;

/** The parts of a workbook by name, in any case and without a leading slash (ECMA-376 part 2). */
export interface Archive {
  has(name: string): boolean;
  /** Unpacked bytes; 0 if there is no such part. */
  size(name: string): number;
  /**
   * Unpacks a part.
   * @throws WorkbookError if it is missing, damaged, encrypted or too large
   */
  read(name: string): AsyncIterable<Uint8Array>;
  close(): void;
}

/**
 * Opens a ZIP file by its central directory. The caller closes it.
 * @throws WorkbookError, or an error of the file system
 */
export const openArchive = async (path: string): Promise<Archive> => {
  const zip = await openPromise(path, { autoClose: false }).catch(rethrow);
  try {
    const entries = await readDirectory(zip);
    return {
      has: (name) => entries.has(keyOf(name)),
      size: (name) => entries.get(keyOf(name))?.uncompressedSize ?? 0,
      read: (name) => unpack(zip, name, entries.get(keyOf(name))),
      close: () => zip.close(),
    };
  } catch (error) {
    zip.close();
    throw error;
  }
};

const keyOf = (name: string): string => name.replace(/^\//, '').toLowerCase();

const readDirectory = async (zip: ZipFile): Promise<ReadonlyMap<string, Entry>> => {
  if (zip.entryCount > MAX_ENTRIES) {
    throw new WorkbookError(`The workbook has ${zip.entryCount} parts; at most ${MAX_ENTRIES} are read. ${SAVE_AGAIN}`);
  }
  const entries = new Map<string, Entry>();
  try {
    for await (const entry of zip.eachEntry()) {
      const key = keyOf(entry.fileName);
      if (!entries.has(key)) entries.set(key, entry);
    }
  } catch (error) {
    rethrow(error);
  }
  return entries;
};

async function* unpack(zip: ZipFile, name: string, entry: Entry | undefined): AsyncGenerator<Uint8Array> {
  if (entry === undefined) throw damaged(`its part ${name} is missing`);
  if (entry.isEncrypted()) {
    throw new WorkbookError('The workbook is protected by a password. Save a copy without one, then upload that file.');
  }
  if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED) {
    throw damaged(`its part ${name} is compressed with an unknown method`);
  }
  const { uncompressedSize: bytes, compressedSize } = entry;
  if (bytes > MAX_PART_BYTES || (bytes > RATIO_FROM_BYTES && bytes > MAX_RATIO * compressedSize)) {
    const message = `The workbook's part ${name} has ${bytes} bytes unpacked, more than the limit.`;
    throw new WorkbookError(`${message} Split the table into several files, or save it as CSV UTF-8.`);
  }
  let checksum = 0;
  try {
    // Ends with an error at the first byte beyond the size that was checked.
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      checksum = crc32(chunk, checksum);
      yield chunk;
    }
  } catch (error) {
    rethrow(error);
  }
  if (checksum !== entry.crc32) throw damaged(`the checksum of its part ${name} is wrong`);
}

/** Errors of the file system are not about the content. */
const rethrow = (error: unknown): never => {
  if (error instanceof WorkbookError || (error instanceof Error && 'syscall' in error)) throw error;
  throw damaged(error instanceof Error ? error.message.replace(/\.$/, '') : String(error), error);
};
