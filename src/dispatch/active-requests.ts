import { type ActiveRequest, ALL_IDS, type IdRange } from '../requests/request-store.ts';

/** Most requests of each state that one look reads. */
const PAGE = 1_000;
/** Ids are split into so many parts more at a time, by their first hexadecimal digits; at most into 16³. */
const SPLIT = 4;
const MOST_PARTS = 4_096;
const DIGITS = 3;

export interface ActivePage {
  readonly range: IdRange;
  /** All active requests whose ids are in the range; no more than can be told when it is as narrow as it gets. */
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
 * Reads which requests are active: all at once while there are few, else one part of them after the other, so that a look
 * costs the same however many there are.
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
