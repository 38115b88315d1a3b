import { MAX_OUTPUTS, OUTPUT_FORMAT_NAMES } from '../../output-formats.ts';

/**
 * How people, forms and client libraries write values: in any case, with blanks around them, `on` for true. The OpenAPI
 * document names the canonical values first and these as an alternative (openapi/parts.ts).
 */

/** White space of the patterns of the OpenAPI document. */
const BLANKS = '[\\t\\n\\r ]*';

const anyCase = (word: string): string => word.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);

const wordsOf = (words: readonly string[]): string => `(?:${words.map(anyCase).join('|')})`;

/** Matches these words in any case, or nothing, with blanks around them. For the OpenAPI document only. */
export const spellingsOf = (...words: readonly string[]): string => `^${BLANKS}${wordsOf(words)}?${BLANKS}$`;

/** Matches a blank field, which counts as absent. */
export const BLANK_FIELD = `^${BLANKS}$`;

/** A colour of three or six digits in any case, or nothing. */
export const COLOUR_SPELLINGS = `^${BLANKS}(?:#?(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6}))?${BLANKS}$`;

/** Quality and longest side of an output, 1 to 100 and 1 to 65500. */
const QUALITY = '(?:100|[1-9][0-9]?)';
const SIDE = '(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|65500)';
const outputsOf = (formats: string, blanks: string): string => {
  const output = `${formats}:${QUALITY}(?::${SIDE})?`;
  return `${output}(?:${blanks},${blanks}${output}){0,${MAX_OUTPUTS - 1}}`;
};

/** Up to five outputs such as `jpeg:50,webp:50:1600`, and these in any case with blanks around them, or nothing. */
export const OUTPUTS = `^${outputsOf(`(?:${OUTPUT_FORMAT_NAMES.join('|')})`, '')}$`;
export const OUTPUTS_SPELLINGS = `^${BLANKS}(?:${outputsOf(wordsOf([...OUTPUT_FORMAT_NAMES, 'jpg']), BLANKS)})?${BLANKS}$`;

/** A schema's other spellings, as a pattern in its metadata under this name. */
export const SPELLINGS = 'x-spellings';
/** Title of the alternative that has them in the OpenAPI document. */
export const OTHER_SPELLINGS = 'Other spellings';

export const YES = ['true', '1', 'on', 'yes'];
export const NO = ['false', '0', 'off', 'no'];
export const YES_SPELLINGS = `^${BLANKS}${wordsOf(YES)}${BLANKS}$`;
