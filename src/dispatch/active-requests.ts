import { type ActiveRequest, ALL_IDS, type IdRange } from '../requests/request-store.ts';

/** Requests that are read at once. */
const PAGE = 1_000;
/** Ids are split into so many parts more at a time, by their first hexadecimal digits; at most into 16³. */
const SPLIT = 4;
const MOST_PARTS = 4_096;
const DIGITS = 3;

export interface ActivePage {
  readonly range: IdRange;
  /** All active requests whose ids are in the range; the narrowest range may have more than were read. */
  readonly requests: readonly ActiveRequest[];
}

/** The part as a range of ids, which are random and so spread evenly. */
const rangeOf = (part: number, parts: number): IdRange => {
  const border = (n: number): string => ((n * MOST_PARTS) / parts).toString(16).padStart(DIGITS, '0');
  return {
    from: part === 0 ? ALL_IDS.from : border(part),
    to: part === parts - 1 ? ALL_IDS.to : border(part + 1),
  };
};

/**
 * Reads which requests are active: all at once while there are few, else one part after the other, so that a read always
 * costs the same.
 */
export const createActiveReader = (read: (range: IdRange, limit: number) => Promise<readonly ActiveRequest[]>) => {
  let parts = 1;
  let part = 0;

  return async (): Promise<ActivePage> => {
    for (;;) {
      const range = rangeOf(part, parts);
      const requests = await read(range, PAGE);
      if (requests.length >= PAGE && parts < MOST_PARTS) {
        parts *= SPLIT;
        part *= SPLIT;
        continue;
      }
      part = (part + 1) % parts;
      if (part % SPLIT === 0 && parts > 1 && requests.length < PAGE / SPLIT / SPLIT) {
        parts /= SPLIT;
        part /= SPLIT;
      }
      return { range, requests };
    }
  };
};
