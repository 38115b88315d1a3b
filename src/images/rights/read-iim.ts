import { decodeText, MAX_CREATORS } from './text.ts';
import type { Rights } from './types.ts';

/** Datasets of record 2 (IPTC-IIM 4.2, chapter 6). */
const BY_LINE = 80;
const CREDIT = 110;
const COPYRIGHT_NOTICE = 116;
const TAG_MARKER = 0x1c;

/** The resource of Photoshop's that holds the datasets (Adobe Photoshop File Formats, image resources). */
const IIM_RESOURCE = 0x0404;

/** @param iptc as sharp returns it: Photoshop's resources, or the datasets alone; what is malformed ends the reading */
export const readIimRights = (iptc: Buffer): Rights => {
  const bytes = iptc[0] === TAG_MARKER ? iptc : datasetsIn(iptc);
  const creators: string[] = [];
  const texts = new Map<number, string>();
  for (let at = 0; at + 5 <= bytes.length && bytes[at] === TAG_MARKER; ) {
    const [record, dataset, length] = [bytes[at + 1], bytes[at + 2] ?? 0, bytes.readUInt16BE(at + 3)];
    const end = at + 5 + length;
    // Above 32,767 the length is that of the length, which no text of rights needs.
    if (length > 0x7fff || end > bytes.length) break;
    const text = decodeText(bytes.subarray(at + 5, end));
    if (record === 2 && text !== '') {
      if (dataset === BY_LINE && creators.length < MAX_CREATORS) creators.push(text);
      else if (!texts.has(dataset)) texts.set(dataset, text);
    }
    at = end;
  }
  const [credit, notice] = [texts.get(CREDIT), texts.get(COPYRIGHT_NOTICE)];
  return {
    ...(creators.length > 0 && { creators }),
    ...(credit !== undefined && { credit }),
    ...(notice !== undefined && { notice }),
  };
};

const datasetsIn = (bytes: Buffer): Buffer => {
  const start = bytes.toString('latin1', 0, 14) === 'Photoshop 3.0\0' ? 14 : 0;
  for (let at = start; at + 12 <= bytes.length && bytes.toString('latin1', at, at + 4) === '8BIM'; ) {
    const id = bytes.readUInt16BE(at + 4);
    // The name has its length before it, and both are padded to an even number.
    const named = 1 + (bytes[at + 6] ?? 0);
    const sized = at + 6 + named + (named & 1);
    if (sized + 4 > bytes.length) break;
    const size = bytes.readUInt32BE(sized);
    const from = sized + 4;
    if (id === IIM_RESOURCE) return bytes.subarray(from, from + size);
    at = from + size + (size & 1);
  }
  return Buffer.alloc(0);
};
