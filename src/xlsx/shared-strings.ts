import { unescapeText } from './cell-text.ts';
import { damaged, WorkbookError } from './workbook-error.ts';
import { readXml } from './xml.ts';

/** The texts of a workbook, which its cells refer to by their position. */
export type SharedStrings = (index: number) => string;

const MAX_BYTES = 128 * 1024 ** 2;
const OFFSET_BYTES = 4;
/** A character of UTF-16 has at most 3 bytes of UTF-8 for its 2. */
const GROWTH = 1.5;

export const NO_STRINGS: SharedStrings = (index) => {
  throw damaged(`a cell refers to the text ${index}, which does not exist`);
};

/**
 * Reads all shared strings: the runs of a formatted text are joined, phonetic ones are left out. They are kept in one
 * buffer, because a million strings as such would need several times the memory.
 * @param partBytes size of the part, for the buffer; memory that is not written to is not used
 * @throws WorkbookError
 */
export const readSharedStrings = async (
  chunks: AsyncIterable<Uint8Array>,
  partBytes: number,
): Promise<SharedStrings> => {
  const buffer = Buffer.allocUnsafeSlow(Math.min(Math.ceil(partBytes * GROWTH), MAX_BYTES));
  let ends = new Uint32Array(1024);
  let count = 0;
  let used = 0;
  let text = '';
  let inText = false;
  let phonetic = false;
  const assertRoom = (bytes: number): void => {
    if (used + bytes + count * OFFSET_BYTES <= MAX_BYTES) return;
    const message = `The texts of the workbook have more than ${MAX_BYTES / 1024 ** 2} MiB.`;
    throw new WorkbookError(`${message} Split it into several files, or save it as CSV UTF-8.`);
  };
  await readXml(chunks, {
    open: (name) => {
      if (name === 'si') text = '';
      else if (name === 'rPh') phonetic = true;
      else if (name === 't') inText = !phonetic;
    },
    text: (piece) => {
      if (!inText) return;
      assertRoom(text.length + piece.length);
      text += piece;
    },
    close: (name) => {
      if (name === 't') inText = false;
      else if (name === 'rPh') phonetic = false;
      else if (name === 'si') {
        const value = unescapeText(text);
        assertRoom(Buffer.byteLength(value) + OFFSET_BYTES);
        used += buffer.write(value, used);
        if (count === ends.length) {
          const longer = new Uint32Array(ends.length * 2);
          longer.set(ends);
          ends = longer;
        }
        ends[count] = used;
        count += 1;
      }
    },
  });
  return (index) => {
    if (!Number.isInteger(index) || index < 0 || index >= count) return NO_STRINGS(index);
    return buffer.toString('utf8', index === 0 ? 0 : ends[index - 1], ends[index]);
  };
};
