import type { CsvErrorCode } from '../errors.ts';

export type { CsvErrorCode };

/** One problem in an uploaded CSV, with a hint on how to fix it. */
export interface CsvError {
  /** Physical line, from 1. */
  readonly line: number;
  /** The column's name in the header row (or its expected name); null if the error is not about one column. */
  readonly column: string | null;
  readonly code: CsvErrorCode;
  /** What is wrong, with the offending value, and how to fix it. */
  readonly message: string;
}

/** Errors listed per file; further ones are only counted. */
export const MAX_LISTED_ERRORS = 100;

/** Limit for serial numbers, product names and column names, which every view of the request shows. */
export const MAX_VALUE_CHARACTERS = 500;

/** @param what the kind of value, for example `product name` */
export const tooLong = (what: string, value: string): string =>
  `The ${what} ${shown(value)} has ${value.length} characters; at most ${MAX_VALUE_CHARACTERS} are allowed. Shorten it, or move the text to another column.`;

const SHOWN_CHARACTERS = 80;

/** Formats a user's value for a message: quoted, on one line, cut to 80 characters. */
export const shown = (value: string): string => {
  // Cut before cleaning, because a cell may be as long as a row. A lone surrogate would be invalid text.
  const cut = value.length > SHOWN_CHARACTERS;
  const head = cut ? `${value.slice(0, SHOWN_CHARACTERS - 1).replace(/[\uD800-\uDBFF]$/, '')}…` : value;
  return `"${head.replace(/[\s\p{Cc}]/gu, ' ')}"`;
};
