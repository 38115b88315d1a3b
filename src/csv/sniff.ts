import { countKnownColumns } from './columns.ts';
import type { CsvFault, CsvFaultCode } from './faults.ts';
import { type Delimiter, parseRecord } from './record.ts';

/** As much of a file's beginning as is looked at; a header row is far shorter. */
export const HEAD_BYTES = 64 * 1024;

const SAVE_AS_CSV = 'Open it in the spreadsheet program, save it as "CSV UTF-8 (comma delimited)" and send that.';
const SAVE_AS_UTF8 = 'Save it as "CSV UTF-8" (in an editor: encoding UTF-8) and send that.';

/** First bytes that give a file away. */
const SIGNATURES: readonly { bytes: readonly number[]; code: CsvFaultCode; message: string }[] = [
  // UTF-32 little-endian begins with the same two bytes.
  ...[
    [0xff, 0xfe],
    [0xfe, 0xff],
  ].map((bytes) => ({
    bytes,
    code: 'csv_invalid_encoding' as const,
    message: `The file is encoded in UTF-16, not in UTF-8. ${SAVE_AS_UTF8}`,
  })),
  {
    bytes: [0x50, 0x4b, 0x03, 0x04],
    code: 'csv_spreadsheet',
    message: `The file is an Excel workbook (.xlsx) or another ZIP archive, not a CSV. ${SAVE_AS_CSV}`,
  },
  {
    bytes: [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1],
    code: 'csv_spreadsheet',
    message: `The file is an old Excel workbook (.xls) or another Office document, not a CSV. ${SAVE_AS_CSV}`,
  },
  {
    bytes: [0x1f, 0x8b],
    code: 'csv_not_text',
    message: 'The file is compressed with gzip. Unpack it and send the CSV itself.',
  },
  {
    bytes: [...Buffer.from('%PDF-')],
    code: 'csv_not_text',
    message: 'The file is a PDF, not a CSV. Send the table it was made from, saved as "CSV UTF-8".',
  },
  ...[[0x89, ...Buffer.from('PNG')], [0xff, 0xd8, 0xff], [...Buffer.from('GIF8')], [...Buffer.from('RIFF')]].map(
    (bytes) => ({
      bytes,
      code: 'csv_not_text' as const,
      message: 'The file is an image, not a CSV. Send a CSV that holds the URLs of the images.',
    }),
  ),
];

const beginsWith = (head: Buffer, bytes: readonly number[]): boolean =>
  bytes.every((byte, index) => head[index] === byte);

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** The length of the UTF-8 byte order mark at the beginning: 3, or 0 where there is none. */
export const byteOrderMarkLength = (head: Buffer): number =>
  beginsWith(head, [...BYTE_ORDER_MARK]) ? BYTE_ORDER_MARK.length : 0;

/**
 * Tells from its first bytes that a file is something else than a CSV.
 * @param head the first {@link HEAD_BYTES} of the file, or all of it
 * @returns null where it may be a CSV
 */
export const sniffFault = (head: Buffer): CsvFault | null => {
  const fault = (code: CsvFaultCode, message: string): CsvFault => ({ line: 1, column: null, code, message });
  if (head.length === 0) {
    return fault('csv_empty', 'The file is empty. Send a header row and at least one product.');
  }
  const signature = SIGNATURES.find(({ bytes }) => beginsWith(head, bytes));
  if (signature !== undefined) return fault(signature.code, signature.message);

  const text = head.toString('utf8', byteOrderMarkLength(head), 1024);
  if (/^\s*<(!doctype|html|head|body|table|\?xml|!--)/i.test(text)) {
    const message =
      'The file is an HTML or XML page, not a CSV; a download link may have led to a login or error page.';
    return fault('csv_html', `${message} Download the CSV itself and send that.`);
  }
  // ASCII in UTF-16 has a NUL in every second byte.
  if (isUtf16(head)) {
    return fault('csv_invalid_encoding', `The file is encoded in UTF-16, not in UTF-8. ${SAVE_AS_UTF8}`);
  }
  return null;
};

const isUtf16 = (head: Buffer): boolean => {
  const zeroAt = (offsets: readonly number[]): boolean => offsets.every((at) => head[at] === 0);
  return zeroAt([0, 2, 4]) !== zeroAt([1, 3, 5]);
};

const DELIMITERS: readonly Delimiter[] = [',', ';', '\t'];

/**
 * The delimiter of a file: the one under which the header row has the most of the three columns, then the most cells.
 * @param head as for {@link sniffFault}
 */
export const detectDelimiter = (head: Buffer): Delimiter => {
  const text = head.toString('utf8', byteOrderMarkLength(head));
  let best: { delimiter: Delimiter; known: number; cells: number } = { delimiter: ',', known: 0, cells: 0 };
  for (const delimiter of DELIMITERS) {
    const cells = headerCells(text, delimiter);
    const known = countKnownColumns(cells);
    if (known > best.known || (known === best.known && cells.length > best.cells)) {
      best = { delimiter, known, cells: cells.length };
    }
  }
  return best.delimiter;
};

/** The first row that has more than blanks and delimiters, whichever they are. */
const headerCells = (text: string, delimiter: Delimiter): readonly string[] => {
  let at = 0;
  while (at < text.length) {
    const { cells, end } = parseRecord(text, at, delimiter);
    if (cells.some((cell) => /[^\s,;]/.test(cell))) return cells;
    at = end;
  }
  return [];
};
