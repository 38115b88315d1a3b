import { open } from 'node:fs/promises';
import { detectWrongFileType } from '../../csv/sniff.ts';
import { sniff } from '../../images/sniff.ts';
import { OUTPUT_FORMAT_NAMES, OUTPUT_FORMATS, type OutputFormat } from '../../output-formats.ts';

/** The response has the wrong type or size; the message describes what was received. */
export class CheckError extends Error {
  override readonly name = 'CheckError';
}

const IMAGE_HEAD_BYTES = 1024;
/** Upper bound for a header row. */
const CSV_HEAD_BYTES = 1024 * 1024;

/** Bytes of the end record of a ZIP archive without a comment (APPNOTE 4.3.16), and its first ones. */
const ZIP_END_BYTES = 22;
const ZIP_END = Buffer.from('PK\x05\x06', 'latin1');
const ZIP_START = Buffer.from('PK\x03\x04', 'latin1');

interface Ends {
  readonly bytes: number;
  readonly head: Buffer;
  readonly tail: Buffer;
}

const endsOf = async (file: string, headBytes: number, tailBytes = 1): Promise<Ends> => {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const read = async (from: number, length: number): Promise<Buffer> => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, from);
      return buffer.subarray(0, bytesRead);
    };
    return {
      bytes: size,
      head: await read(0, Math.min(size, headBytes)),
      tail: await read(Math.max(0, size - tailBytes), tailBytes),
    };
  } finally {
    await handle.close();
  }
};

export const formatOf = (name: string): OutputFormat | undefined =>
  OUTPUT_FORMAT_NAMES.find((format) => name.endsWith(`.${OUTPUT_FORMATS[format].extension}`));

const counted = (bytes: number): string => (bytes === 1 ? '1 byte' : `${bytes} bytes`);

export const wrongSize = (received: number, expected: number): CheckError =>
  new CheckError(`received ${counted(received)} instead of ${counted(expected)}`);

/**
 * @param bytes the size the service reports; null if it reports none
 * @throws CheckError unless the file has this size and this format's signature
 */
export const checkImage = async (file: string, format: OutputFormat, bytes: number | null): Promise<void> => {
  const found = await endsOf(file, IMAGE_HEAD_BYTES);
  const kind = sniff(found.head);
  if (kind !== format) {
    const received = kind === 'unknown' ? 'data of an unknown type' : kind.toUpperCase();
    throw new CheckError(`received ${counted(found.bytes)} of ${received} instead of a ${format.toUpperCase()} image`);
  }
  if (bytes !== null && found.bytes !== bytes) throw wrongSize(found.bytes, bytes);
};

export interface ExpectedCsv {
  /** Names of input columns that its header row has. */
  readonly columns: readonly string[];
  /** Whether it has columns of outputs too. */
  readonly added: boolean;
}

/** @throws CheckError unless the file is an output CSV with the expected columns and a terminated last line */
export const checkCsv = async (file: string, { columns, added }: ExpectedCsv): Promise<void> => {
  const { bytes, head, tail } = await endsOf(file, CSV_HEAD_BYTES);
  const text = head.toString('utf8');
  const hasColumns = columns.every((name) => text.includes(name.split('"').join('""')));
  if (detectWrongFileType(head) !== null || !hasColumns || (added && !/output/i.test(text))) {
    throw new CheckError(`received ${counted(bytes)} that are not the output CSV`);
  }
  if (tail.toString('latin1') !== '\n') throw new CheckError('the last line of the CSV is truncated');
};

/** @throws CheckError unless the file is a complete ZIP archive, as a workbook is */
export const checkWorkbook = async (file: string): Promise<void> => {
  const { bytes, head, tail } = await endsOf(file, ZIP_START.length, ZIP_END_BYTES);
  if (!head.equals(ZIP_START)) throw new CheckError(`received ${counted(bytes)} that are not the output workbook`);
  if (!tail.subarray(0, ZIP_END.length).equals(ZIP_END)) throw new CheckError('the end of the workbook is missing');
};
