import type { CsvFaultCode } from '../errors.ts';

export type { CsvFaultCode };

/** One thing that is wrong with an uploaded CSV, for the person who has to mend it. */
export interface CsvFault {
  /** Physical line, from 1. */
  readonly line: number;
  /** The column's name as the header row has it (or should have it); null where no one column is meant. */
  readonly column: string | null;
  readonly code: CsvFaultCode;
  /** What is wrong, with the value, and what to do. */
  readonly message: string;
}

/** Faults of one file that are told; the others are counted. */
export const FAULTS_KEPT = 100;

/** Of a serial number, a product name or the name of a column: they are shown wherever the request is. */
export const MAX_VALUE_CHARACTERS = 500;

/** @param what for people, for example `product name` */
export const tooLong = (what: string, value: string): string =>
  `The ${what} ${shown(value)} has ${value.length} characters; at most ${MAX_VALUE_CHARACTERS} are allowed. Shorten it, and put longer texts in another column.`;

const SHOWN_CHARACTERS = 80;

/** A value of the user's inside a message: in quotes, on one line, cut to 80 characters. */
export const shown = (value: string): string => {
  // Cut before cleaning: a cell may be as long as a row. A surrogate cut in half would be no valid text.
  const cut = value.length > SHOWN_CHARACTERS;
  const head = cut ? `${value.slice(0, SHOWN_CHARACTERS - 1).replace(/[\uD800-\uDBFF]$/, '')}…` : value;
  return `"${head.replace(/[\s\p{Cc}]/gu, ' ')}"`;
};
