import { countKnownColumns } from './columns.ts';
import type { CsvError, CsvErrorCode } from './csv-errors.ts';
import { type Delimiter, parseRecord } from './record.ts';

/** Bytes read for detection; a header row is far shorter. */
export const HEAD_BYTES = 64 * 1024;

const SAVE_AS_CSV = 'In Excel, choose File › Save As › CSV UTF-8, then upload that file.';
const SAVE_AS_UTF8 = 'Save it as CSV UTF-8 (in a text editor: encoding UTF-8), then upload that file.';

/** First bytes that identify file types other than CSV. */
const SIGNATURES: readonly { bytes: readonly number[]; code: CsvErrorCode; message: string }[] = [
  // UTF-32 little-endian starts with the same two bytes.
  ...[
    [0xff, 0xfe],
    [0xfe, 0xff],
  ].map((bytes) => ({
    bytes,
    code: 'csv_invalid_encoding' as const,
    message: `The file is encoded in UTF-16, not UTF-8. ${SAVE_AS_UTF8}`,
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
    message: 'The file is compressed with gzip. Unpack it, then upload the CSV itself.',
  },
  {
    bytes: [...Buffer.from('%PDF-')],
    code: 'csv_not_text',
    message: 'The file is a PDF, not a CSV. Upload the original table, saved as CSV UTF-8.',
  },
  ...[[0x89, ...Buffer.from('PNG')], [0xff, 0xd8, 0xff], [...Buffer.from('GIF8')], [...Buffer.from('RIFF')]].map(
    (bytes) => ({
      bytes,
      code: 'csv_not_text' as const,
      message: 'The file is an image, not a CSV. Upload a CSV that contains the URLs of the images.',
    }),
  ),
];

const startsWith = (head: Buffer, bytes: readonly number[]): boolean =>
  bytes.every((byte, index) => head[index] === byte);

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** Length of the UTF-8 byte order mark at the start: 3, or 0 if there is none. */
export const byteOrderMarkLength = (head: Buffer): number =>
  startsWith(head, [...BYTE_ORDER_MARK]) ? BYTE_ORDER_MARK.length : 0;

/**
 * Detects by its first bytes that a file is not a CSV.
 * @param head the first {@link HEAD_BYTES} of the file, or all of it
 * @returns null if it may be a CSV
 */
export const detectWrongFileType = (head: Buffer): CsvError | null => {
  const error = (code: CsvErrorCode, message: string): CsvError => ({ line: 1, column: null, code, message });
  if (head.length === 0) {
    return error('csv_empty', 'The file is empty. Add a header row and at least one product row.');
  }
  const signature = SIGNATURES.find(({ bytes }) => startsWith(head, bytes));
  if (signature !== undefined) return error(signature.code, signature.message);

  const text = head.toString('utf8', byteOrderMarkLength(head), 1024);
  if (/^\s*<(!doctype|html|head|body|table|\?xml|!--)/i.test(text)) {
    const message =
      'The file is an HTML or XML page, not a CSV; the download link may have led to a login or error page.';
    return error('csv_html', `${message} Download the CSV itself, then upload it.`);
  }
  // In UTF-16, every second byte of ASCII text is NUL.
  if (isUtf16(head)) {
    return error('csv_invalid_encoding', `The file is encoded in UTF-16, not UTF-8. ${SAVE_AS_UTF8}`);
  }
  return null;
};

const isUtf16 = (head: Buffer): boolean => {
  const zeroAt = (offsets: readonly number[]): boolean => offsets.every((at) => head[at] === 0);
  return zeroAt([0, 2, 4]) !== zeroAt([1, 3, 5]);
};

const DELIMITERS: readonly Delimiter[] = [',', ';', '\t'];

/**
 * Detects the delimiter: the one that finds the most of the three columns in the header row, then the most cells.
 * @param head as for {@link detectWrongFileType}
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

/** The first row with anything other than blanks and delimiters. */
const headerCells = (text: string, delimiter: Delimiter): readonly string[] => {
  let at = 0;
  while (at < text.length) {
    const { cells, end } = parseRecord(text, at, delimiter);
    if (cells.some((cell) => /[^\s,;]/.test(cell))) return cells;
    at = end;
  }
  return [];
};
