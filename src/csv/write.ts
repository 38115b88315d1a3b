/** `escape`: cells that a spreadsheet would run as a formula get a leading `'`; `keep`: all cells are unchanged. */
export type FormulaMode = 'escape' | 'keep';

/** Prefixes of formulas, including the full-width ones of East Asian keyboards. */
const FORMULA = /^(?:\s*[=+\-@＝＋－＠]|[\t\r\n])/;
/** Only sign, digits, separators and an exponent, which is safe. */
const NUMBER = /^[+-]\d[\d.,]*(?:e[+-]?\d+)?$/i;
/**
 * Words after a sign, as in `-40 % Sale` and `@home`: without parentheses, operators other than signs, references to
 * sheets or programs and cell addresses, a spreadsheet has nothing to calculate or call.
 */
const WORDS = /^[+\-@＋－＠] ?[\p{L}\p{N}][\p{L}\p{N} .,%&'’°€$£#:;?"“”„-]*$/u;
/** A word that is neither a cell address such as A1 or R1C1 nor a number. */
const REAL_WORD = /(?:^|[^\p{L}\p{N}])\p{L}{2,}(?:[^\p{L}\p{N}]|$)/u;
/** Joins or spans addresses. */
const OPERATOR_BETWEEN = /[\p{L}\p{N}] ?[&:] ?[\p{L}\p{N}]/u;

const isText = (cell: string): boolean => WORDS.test(cell) && REAL_WORD.test(cell) && !OPERATOR_BETWEEN.test(cell);

/** Prefixes formula-like cells with `'` against CSV injection (OWASP); numbers and plain words are unchanged. */
const harmless = (cell: string): string =>
  FORMULA.test(cell) && !NUMBER.test(cell) && !isText(cell) ? `'${cell}` : cell;

/**
 * Formats one line of CSV as in RFC 4180, ending with CRLF.
 * A cell is quoted if necessary, or if it starts or ends with white space. A cell that a spreadsheet would run as a
 * formula (it starts with `= + - @` or a full-width form of these, also after white space, or with a tab or newline)
 * gets a leading `'`; numbers such as `-5` and words such as `-40 % Sale` are unchanged.
 */
export const csvLine = (cells: readonly string[], delimiter = ',', formulas: FormulaMode = 'escape'): string =>
  `${cells.map((cell) => quoted(formulas === 'keep' ? cell : harmless(cell), delimiter)).join(delimiter)}\r\n`;

/** Not `replaceAll`, whose run time is superlinear for a cell full of quotes. */
const doubled = (cell: string): string => cell.split('"').join('""');

const quoted = (cell: string, delimiter: string): string =>
  cell.includes(delimiter) || /["\r\n]|^\s|\s$/.test(cell) ? `"${doubled(cell)}"` : cell;
