import { Buffer, isUtf8 } from 'node:buffer';

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

export interface FileEncoding {
  readonly encoding: Encoding;
  /** The file starts with a byte order mark. */
  readonly bom: boolean;
}

/** Opens the file at its beginning; called once per pass. */
export type OpenFile = () => AsyncIterable<Uint8Array>;

const BYTE_ORDER_MARKS: readonly (readonly [Encoding, readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];

export const startsWith = (head: Uint8Array, bytes: readonly number[]): boolean =>
  bytes.every((byte, index) => head[index] === byte);

/** Length of the byte order mark of UTF-8 at the start, which some programs write twice; 0 if there is none. */
export const byteOrderMarkLength = (head: Uint8Array): number => {
  let length = 0;
  while (length < 6 && startsWith(head.subarray(length), [0xef, 0xbb, 0xbf])) length += 3;
  return length;
};

/** In UTF-16, every second byte of ASCII text is NUL. */
const unmarkedUtf16 = (head: Uint8Array): Encoding | null => {
  const zeroAt = (offsets: readonly number[]): boolean => offsets.every((at) => head[at] === 0);
  const [high, low] = [zeroAt([0, 2, 4]), zeroAt([1, 3, 5])];
  return high === low ? null : high ? 'utf-16be' : 'utf-16le';
};

/** The encoding by the first bytes; null if only the whole file can tell. */
export const encodingOfHead = (head: Uint8Array): FileEncoding | null => {
  const marked = BYTE_ORDER_MARKS.find(([, bytes]) => startsWith(head, bytes));
  if (marked !== undefined) return { encoding: marked[0], bom: true };
  const encoding = unmarkedUtf16(head);
  return encoding === null ? null : { encoding, bom: false };
};

/**
 * Windows-1252 if the whole file is not UTF-8 and looks like it: text in UTF-8 with a few broken bytes has more valid
 * sequences than invalid ones, and its letters would be garbled.
 */
export const detectEncoding = async (head: Uint8Array, open: OpenFile): Promise<FileEncoding> => {
  const known = encodingOfHead(head);
  if (known !== null) return known;
  const utf8: FileEncoding = { encoding: 'utf-8', bom: false };
  if (await isWholeUtf8(open)) return utf8;
  const { valid, invalid, undefinedBytes } = await countSequences(open);
  return undefinedBytes === 0 && invalid > valid ? { encoding: 'windows-1252', bom: false } : utf8;
};

/** The number of bytes at the end that start a sequence which the next chunk completes: 0 to 3. */
const unfinishedBytes = (bytes: Uint8Array): number => {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < lengthOf(byte) ? back : 0;
  }
  return 0;
};

const lengthOf = (lead: number): number => (lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2);

/** The file's bytes, cut between the sequences of UTF-8, so that nothing depends on the size of its chunks. */
async function* wholeSequences(open: OpenFile): AsyncGenerator<Buffer> {
  let carried = Buffer.alloc(0);
  for await (const chunk of open()) {
    const bytes = Buffer.concat([carried, chunk]);
    const end = bytes.length - unfinishedBytes(bytes);
    yield bytes.subarray(0, end);
    carried = bytes.subarray(end);
  }
  yield carried;
}

const isWholeUtf8 = async (open: OpenFile): Promise<boolean> => {
  for await (const bytes of wholeSequences(open)) if (!isUtf8(bytes)) return false;
  return true;
};

/** Bytes that Windows-1252 does not define. */
const UNDEFINED = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d]);

/** Counts sequences of UTF-8 beyond ASCII, and bytes that belong to none. */
const countSequences = async (open: OpenFile): Promise<{ valid: number; invalid: number; undefinedBytes: number }> => {
  let [valid, invalid, undefinedBytes] = [0, 0, 0];
  for await (const bytes of wholeSequences(open)) {
    for (let at = 0; at < bytes.length; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte < 0x80) continue;
      const length = byte >= 0xc2 && byte <= 0xf4 ? lengthOf(byte) : 1;
      const rest = bytes.subarray(at + 1, at + length);
      const follows = length > 1 && rest.length === length - 1 && rest.every((next) => (next & 0xc0) === 0x80);
      if (follows) {
        valid += 1;
        at += length - 1;
      } else {
        invalid += 1;
        if (UNDEFINED.has(byte)) undefinedBytes += 1;
      }
    }
  }
  return { valid, invalid, undefinedBytes };
};

/** The bytes are not text in the detected encoding. */
export class UndecodableText extends Error {
  override readonly name = 'UndecodableText';
}

/**
 * Decodes a file's chunks to UTF-8; UTF-8 itself is passed through, as it is checked record by record.
 * @throws UndecodableText
 */
export async function* toUtf8(chunks: AsyncIterable<Uint8Array>, encoding: Encoding): AsyncGenerator<Uint8Array> {
  if (encoding === 'utf-8') {
    yield* chunks;
    return;
  }
  const decoder = new TextDecoder(encoding, { fatal: true });
  const decode = (chunk?: Uint8Array): Buffer => {
    try {
      return Buffer.from(decoder.decode(chunk, { stream: chunk !== undefined }));
    } catch (cause) {
      throw new UndecodableText(`not valid ${encoding}`, { cause });
    }
  };
  for await (const chunk of chunks) yield decode(chunk);
  yield decode();
}
