import { joinUrlCells } from './urls.ts';

/** The column added to the output CSV. */
export const OUTPUT_COLUMN = 'Output Image Urls';

/** Prefixes that make a spreadsheet run a cell as a formula, including the full-width ones of East Asian keyboards. */
const FORMULA = /^(?:\s*[=+\-@＝＋－＠]|[\t\r\n])/;
/** Only sign, digits, separators and an exponent, which is safe. */
const NUMBER = /^[+-]\d[\d.,]*(?:e[+-]?\d+)?$/i;

/** Prefixes formula-like cells with `'` against CSV injection (OWASP); plain numbers are unchanged. */
const harmless = (cell: string): string => (FORMULA.test(cell) && !NUMBER.test(cell) ? `'${cell}` : cell);

/**
 * Formats one line of CSV as in RFC 4180, ending with CRLF.
 * A cell is quoted if necessary, or if it starts or ends with white space. A cell that a spreadsheet would run as a
 * formula (it starts with `= + - @` or a full-width form of these, also after white space, or with a tab or newline)
 * gets a leading `'`; plain numbers such as `-5` or `+3.5e2` are unchanged.
 */
export const csvLine = (cells: readonly string[], delimiter = ','): string =>
  `${cells.map((cell) => quoted(harmless(cell), delimiter)).join(delimiter)}\r\n`;

/** Not `replaceAll`, whose run time is superlinear for a cell full of quotes. */
const doubled = (cell: string): string => cell.split('"').join('""');

const quoted = (cell: string, delimiter: string): string =>
  cell.includes(delimiter) || /["\r\n]|^\s|\s$/.test(cell) ? `"${doubled(cell)}"` : cell;

/** The output CSV's header row: the input's columns in order, then `Output Image Urls`. */
export const outputHeader = (header: readonly string[], delimiter = ','): string =>
  csvLine([...header, OUTPUT_COLUMN], delimiter);

/**
 * Formats a row of the output CSV, as wide as its header row: short rows are padded, and unquoted URLs beyond the
 * header's width are moved back into the last column.
 * @param cells the row as read
 * @param outputUrls in the order of the input's URLs, `''` for an image without output: `url1,,url3`
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
