import { FRESH_BEFORE, type ReadRange } from '../requests/due-dates.ts';
import type { OriginRoom } from './host-limiter.ts';

/** What a claimer remembers of the images of a request; hints, never promises, and only in its memory. */
export interface ClaimCursor {
  /** Fresh images before this position are claimed, or of an origin in `skipped`. */
  fresh: number;
  /** Origins that had no room when they were passed, and from which position on images of theirs wait. */
  readonly skipped: Map<string, number>;
  /** From which due date on to look for images that come back. */
  back: number;
  /** What the last claim left: nothing due, images whose origins have no room, or images that it did not get to. */
  left: 'nothing' | 'without room' | 'unread';
  /** Origins of the images that come back and were passed by the last claim. */
  passed: ReadonlySet<string | null>;
}

export const newCursor = (): ClaimCursor => ({
  fresh: 0,
  skipped: new Map(),
  back: FRESH_BEFORE,
  left: 'nothing',
  passed: new Set(),
});

export interface DueImage {
  readonly _id: string;
  readonly nextAt?: Date;
  readonly inputUrl: string;
}

/** Images that come back and are looked at in one claim. */
const BACK_AT_ONCE = 100;
/** Images of one query, and queries of one claim, so that a claim is never long. */
const WIDEST = 500;
const QUERIES = 20;
const WIDER = 4;
/** Origins without room of one request, after which it is not read any further. */
const MOST_SKIPPED = 1_000;

/** Takes images as long as they are wanted and their origins have room. */
export const createPicker = <Image extends DueImage>(wanted: number, origins: OriginRoom) => {
  const { originOf, room, waitedAt = (origin, url) => originOf(url) === origin } = origins;
  const images: Image[] = [];
  const rooms = new Map<string | null, number>();
  const roomOf = (origin: string | null): number => {
    const left = rooms.get(origin) ?? room(origin);
    rooms.set(origin, left);
    return left;
  };
  return {
    images,
    isFull: () => images.length >= wanted,
    originOf,
    waitedAt,
    roomOf,
    /** False when its origin has no room. */
    take(image: Image, origin: string | null): boolean {
      const left = roomOf(origin);
      if (left <= 0) return false;
      rooms.set(origin, left - 1);
      images.push(image);
      return true;
    },
  };
};

const dateOf = ({ nextAt }: DueImage): number => nextAt?.getTime() ?? 0;

/**
 * Due images of a request whose origins have room: those that come back (a retry, a lapsed lease), then those
 * that were passed for want of room, then fresh ones.
 *
 * Nothing is claimed to be put aside, and nothing is written: what has no room is passed, and the place where it begins is
 * remembered for its origin. So 100,000 images of a slow origin are read once on the way to the fast one behind them.
 * Ranges of due dates are narrow throughout (docs/decisions/0003-claims-by-narrow-ranges.md).
 */
export const findDue = async <Image extends DueImage>(
  read: ReadRange<Image>,
  { total, now }: { readonly total: number; readonly now: number },
  wanted: number,
  cursor: ClaimCursor,
  origins: OriginRoom,
): Promise<readonly Image[]> => {
  const picker = createPicker<Image>(wanted, origins);
  let queries = 0;
  const passed = new Set<string | null>();
  const query: typeof read = (range, limit) => {
    queries += 1;
    return read(range, limit);
  };

  const comeBack = async (): Promise<void> => {
    const limit = Math.max(wanted, BACK_AT_ONCE);
    const found = await query({ from: cursor.back, to: now + 1 }, limit);
    for (const image of found) {
      if (picker.isFull()) break;
      const origin = picker.originOf(image.inputUrl);
      if (!picker.take(image, origin)) passed.add(origin);
    }
    // When all of them must wait, those behind them are looked at next time.
    const last = found.length === limit && picker.images.length === 0 ? found.at(-1) : undefined;
    cursor.back = last === undefined ? FRESH_BEFORE : dateOf(last) + 1;
  };

  /** One window; empty stretches are crossed faster and faster, full ones are read in small pieces. */
  const window = async (from: number, end: number, width: number) => {
    const to = Math.min(from + width, end);
    const limit = Math.min(width, WIDEST);
    const found = await query({ from, to }, limit);
    const last = found.length < limit ? undefined : found.at(-1);
    return {
      found,
      next: last === undefined ? to : dateOf(last) + 1,
      wider: found.length === 0 ? width * WIDER : Math.min(width * WIDER, WIDEST),
    };
  };

  const skippedOf = async (origin: string, from: number): Promise<void> => {
    let at = from;
    for (let width = wanted * WIDER; at < cursor.fresh && queries < QUERIES && picker.roomOf(origin) > 0; ) {
      if (picker.isFull()) break;
      const { found, next, wider } = await window(at, cursor.fresh, width);
      const untaken = found.find(
        (image) =>
          picker.waitedAt(origin, image.inputUrl) &&
          (picker.isFull() || !picker.take(image, picker.originOf(image.inputUrl))),
      );
      at = untaken === undefined ? next : dateOf(untaken);
      width = wider;
    }
    if (at < cursor.fresh) cursor.skipped.set(origin, at);
    else cursor.skipped.delete(origin);
  };

  const ahead = async (end: number): Promise<void> => {
    let width = Math.max(wanted, 1);
    while (cursor.fresh < end && queries < QUERIES && !picker.isFull() && cursor.skipped.size < MOST_SKIPPED) {
      const { found, next, wider } = await (early ?? window(cursor.fresh, end, width));
      early = undefined;
      cursor.fresh = next;
      width = wider;
      for (const image of found) {
        if (picker.isFull()) {
          cursor.fresh = dateOf(image);
          break;
        }
        const origin = picker.originOf(image.inputUrl);
        if (picker.take(image, origin) || origin === null || cursor.skipped.has(origin)) continue;
        cursor.skipped.set(origin, dateOf(image));
      }
    }
  };

  // The usual claim is of fresh images: both ranges are asked for at the same time.
  let early = cursor.skipped.size === 0 && cursor.fresh < total ? window(cursor.fresh, total, wanted) : undefined;
  await Promise.all([comeBack(), early]);
  for (const [origin, from] of [...cursor.skipped]) {
    if (!picker.isFull() && picker.roomOf(origin) > 0) await skippedOf(origin, from);
  }
  const startedAt = cursor.fresh;
  if (!picker.isFull()) await ahead(total);
  if (picker.images.length === 0 && cursor.fresh >= total && cursor.skipped.size === 0 && startedAt > 0) {
    // A claim whose answer was lost may have left images before the place where this claimer had come to.
    cursor.fresh = 0;
    await ahead(startedAt);
    if (picker.images.length === 0 && cursor.skipped.size === 0) cursor.fresh = 0;
  }
  if (cursor.fresh < total && cursor.fresh > 0 && cursor.skipped.size < MOST_SKIPPED) cursor.left = 'unread';
  else cursor.left = passed.size > 0 || cursor.skipped.size > 0 ? 'without room' : 'nothing';
  cursor.passed = passed;
  return picker.images;
};
