import { joinUrlCells } from './urls.ts';

/** The column that an output CSV has more than its input. */
export const OUTPUT_COLUMN = 'Output Image Urls';

/** Beginnings that make a spreadsheet run a cell as a formula, the full-width ones of East Asian keyboards included. */
const FORMULA = /^(?:\s*[=+\-@＝＋－＠]|[\t\r\n])/;
/** Only sign, digits, separators and an exponent: it computes nothing. */
const NUMBER = /^[+-]\d[\d.,]*(?:e[+-]?\d+)?$/i;

/** Makes a cell harmless for spreadsheets with a leading `'` (OWASP, CSV injection); plain numbers stay. */
const harmless = (cell: string): string => (FORMULA.test(cell) && !NUMBER.test(cell) ? `'${cell}` : cell);

/**
 * One line of CSV as in RFC 4180, with CRLF at its end.
 * A cell is quoted where it must be, and where it begins or ends with white space. A cell that a spreadsheet would run
 * as a formula (it begins with `= + - @` or one of their full-width forms, also behind white space, or with a tab or
 * newline) gets a leading `'`; plain numbers such as `-5` or `+3.5e2` stay as they are.
 */
export const csvLine = (cells: readonly string[], delimiter = ','): string =>
  `${cells.map((cell) => quoted(harmless(cell), delimiter)).join(delimiter)}\r\n`;

/** Not `replaceAll`, whose time grows faster than a cell of quotes does. */
const doubled = (cell: string): string => cell.split('"').join('""');

const quoted = (cell: string, delimiter: string): string =>
  cell.includes(delimiter) || /["\r\n]|^\s|\s$/.test(cell) ? `"${doubled(cell)}"` : cell;

/** The header row of the output CSV: the input's columns in their order, then `Output Image Urls`. */
export const outputHeader = (header: readonly string[], delimiter = ','): string =>
  csvLine([...header, OUTPUT_COLUMN], delimiter);

/**
 * A row of the output CSV, as wide as its header row: short rows are filled up, and unquoted URLs beyond the header's
 * width go back into the last column.
 * @param cells the row as it was read
 * @param outputUrls in the order of the input's URLs, `''` for an image that has no output: `url1,,url3`
 */
export const outputRow = (
  cells: readonly string[],
  header: readonly string[],
  outputUrls: readonly string[],
  delimiter = ',',
): string => {
  const last = header.length - 1;
  const lastCell = joinUrlCells(cells.slice(last), delimiter)
    .filter((text) => text !== '')
    .join(',');
  const before = header.slice(0, last).map((_, index) => cells[index] ?? '');
  return csvLine([...before, lastCell, outputUrls.join(',')], delimiter);
};
