import type { CsvError, CsvErrorCode } from './csv-errors.ts';
import { byteOrderMarkLength, startsWith } from './encoding.ts';

/** Bytes read for detection; a header row is far shorter. */
export const HEAD_BYTES = 64 * 1024;

const SAVE_AS_CSV = 'In Excel, choose File › Save As › CSV UTF-8, then upload that file.';
const SAVE_AS_UTF8 = 'Save it as CSV UTF-8 (in a text editor: encoding UTF-8), then upload that file.';

/** First bytes that identify file types other than CSV. */
const SIGNATURES: readonly { bytes: readonly number[]; code: CsvErrorCode; message: string }[] = [
  {
    bytes: [0xff, 0xfe, 0, 0],
    code: 'csv_invalid_encoding',
    message: `The file is encoded in UTF-32. ${SAVE_AS_UTF8}`,
  },
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
  return null;
};
