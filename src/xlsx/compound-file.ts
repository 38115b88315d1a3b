import { open } from 'node:fs/promises';

/** Bytes of a compound file (MS-CFB) that are looked at: its header, and the first sector of its directory. */
const HEADER_BYTES = 512;
const DIRECTORY_BYTES = 4_096;

const SAVE_AS = 'In Excel, save it as .xlsx or CSV UTF-8, then upload that file.';

/**
 * What an Office file from before 2007, or one with a password, is: a message with what to do.
 * @param path a file that starts with the signature of a compound file
 */
export const describeCompoundFile = async (path: string): Promise<string> => {
  const file = await open(path);
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    await file.read(header, 0, HEADER_BYTES, 0);
    const sectorBytes = header.readUInt16LE(30) === 12 ? 4_096 : 512;
    const directory = Buffer.alloc(DIRECTORY_BYTES);
    await file.read(directory, 0, DIRECTORY_BYTES, (header.readUInt32LE(48) + 1) * sectorBytes);
    const has = (name: string): boolean => directory.includes(Buffer.from(`${name}\0`, 'utf16le'));
    if (has('EncryptedPackage')) {
      return 'The workbook is protected by a password. Save a copy without one, then upload that file.';
    }
    if (has('Workbook') || has('Book')) return `The file is an old Excel workbook (.xls). ${SAVE_AS}`;
    return 'The file is an old Office document, not a table. Upload an .xlsx or CSV file.';
  } finally {
    await file.close();
  }
};
