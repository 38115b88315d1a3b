/** Columns of a sheet: A to XFD. */
const MAX_COLUMNS = 16_384;
/** Digits that Excel shows of a number; a double needs 17, and 1.1 is stored as 1.1000000000000001. */
const SHOWN_DIGITS = 15;

/** The column of a reference such as `C5`, from 0; null if it has none. */
export const columnOf = (reference: string | undefined): number | null => {
  if (reference === undefined) return null;
  let column = 0;
  for (let at = 0; at < reference.length && at < 4; at += 1) {
    const letter = (reference.charCodeAt(at) & 0xdf) - 64;
    if (letter < 1 || letter > 26) break;
    column = column * 26 + letter;
  }
  return column >= 1 && column <= MAX_COLUMNS ? column - 1 : null;
};

/** The row of a reference such as `C5`, from 1; null if it has none. */
export const rowOf = (reference: string): number | null => {
  const digits = /^[a-z]{1,3}(\d{1,7})$/i.exec(reference)?.[1];
  return digits === undefined ? null : Number(digits);
};

/** `0` → `A`, `26` → `AA`. */
export const columnLetters = (column: number): string => {
  let letters = '';
  for (let rest = column; rest >= 0; rest = Math.floor(rest / 26) - 1) {
    letters = String.fromCharCode(65 + (rest % 26)) + letters;
  }
  return letters;
};

/**
 * Formats a number as a person would: `1.0` → `1`, `4.006381333931E12` → `4006381333931`, without the rounding errors of
 * binary fractions. What is not a number is unchanged.
 */
export const numberText = (value: string): string => {
  if (/^-?[1-9]\d{0,14}$/.test(value)) return value;
  const number = Number(value);
  if (value.trim() === '' || !Number.isFinite(number)) return value;
  return String(Number.isSafeInteger(number) ? number : Number(number.toPrecision(SHOWN_DIGITS)));
};

/** Characters that XML does not allow are written as `_x0001_`, and `_x005F_` escapes such a text (ST_Xstring). */
export const unescapeText = (text: string): string =>
  text.includes('_x')
    ? text.replace(/_x([0-9a-f]{4})_/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    : text;

/** What XML does not allow, and what would read as one of these: the escape of a character begins with `_` too. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML does not allow
const ESCAPED = /[\u0000-\u0008\u000b-\u001f\ufffe\uffff]|_(?=x[0-9a-f]{4}[_\u0000-\u0008\u000b-\u001f\ufffe\uffff])/gi;
const MARKUP: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

const codeOf = (character: string): string =>
  `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`;

/** The text as content of an XML element; `unescapeText` is its inverse. */
export const escapeText = (text: string): string =>
  text.replace(ESCAPED, codeOf).replace(/[&<>]/g, (character) => MARKUP[character] ?? character);

const LINK_FORMULA =
  /^\s*(?:IFERROR\(\s*__xludf\.DUMMYFUNCTION\("\s*)?(?:_xlfn\.)?(?:HYPERLINK|IMAGE)\(\s*"{1,2}([^"]*)"/i;

/** The URL of a formula such as `HYPERLINK("https://…","Photo")`; null for all others. The formula is never calculated. */
export const linkOfFormula = (formula: string): string | null => LINK_FORMULA.exec(formula)?.[1] ?? null;
