/** Widest range that still holds a date every engine can read. */
export const END_OF_TIME = Date.UTC(9000, 0, 1);
/** Fresh images have due dates below this one (the epoch plus their position); real dates lie far above it. */
export const FRESH_BEFORE = Date.UTC(2000, 0, 1);

/** A half-open range of due dates, in milliseconds since the epoch. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export type ReadRange<T> = (range: Range, limit: number) => Promise<readonly T[]>;

/**
 * Walks a range of due dates in windows that widen while they come up empty, so that each query matches few documents
 * however many wait behind them: some engines read every match before they apply a limit.
 * @param read queries one window, ordered by due date
 * @returns up to `wanted` items and the date from which the next walk may start
 */
export const walkWindows = async <T>(
  read: ReadRange<T>,
  range: Range,
  wanted: number,
): Promise<{ items: readonly T[]; next: number }> => {
  let width = Math.max(wanted, 1);
  let from = range.from;
  while (from < range.to) {
    const to = Math.min(from + width, range.to);
    const items = await read({ from, to }, wanted);
    if (items.length > 0) return { items, next: from };
    from = to;
    width *= 4;
  }
  return { items: [], next: range.to };
};
