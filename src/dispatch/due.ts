import { FRESH_BEFORE, type ReadRange } from '../requests/due-dates.ts';
import type { HostCapacity } from './hosts.ts';

/** What a claim left of a request. */
export interface ClaimLeft {
  /** Unfinished images, those included that were picked; null where not all of them were read. */
  readonly unfinished: number | null;
  /** Whether due images may be left that were not picked for lack of room in the claim. */
  readonly more: boolean;
  /** Hosts without capacity that due images wait for. */
  readonly saturatedHosts: readonly (string | null)[];
  /** Milliseconds until the next of the others is due; infinite when there is none, undefined when that is not known. */
  readonly dueInMs: number | undefined;
}

/** What a claimer remembers of the images of a request: hints, never promises, and only in its memory. */
export interface ClaimCursor {
  /** Where this claimer begins in the request; the other positions are counted from here. */
  base: number;
  /** Fresh images before this position are claimed, or belong to a host in `skipped`. */
  fresh: number;
  /** Whether the last walk over all positions found nothing: it is repeated in one query, not in narrow ones. */
  isEmpty: boolean;
  /** Hosts that had no capacity when their images were passed, and the position from which those images wait. */
  readonly skipped: Map<string, number>;
  /** The due date from which to look for requeued images. */
  requeued: number;
  /** Until when no requeued image is due, unless one is given back; by the database's clock. */
  noneRequeuedUntil: number;
  /** The request's `returns` at the last claim. */
  returns: number | undefined;
}

export const newCursor = (base = 0): ClaimCursor => ({
  ...{ base, fresh: 0, isEmpty: false, skipped: new Map() },
  ...{ requeued: FRESH_BEFORE, noneRequeuedUntil: 0, returns: undefined },
});

export interface DueImage {
  readonly _id: string;
  readonly nextAt?: Date;
  readonly inputUrl: string;
}

export interface ClaimFacts {
  /** Images of the request. */
  readonly total: number;
  /** Milliseconds since the epoch, by the database's clock. */
  readonly now: number;
  /**
   * How far ahead requeued images are read, in milliseconds: until the next one is due, claims need not look for them. No
   * longer than a lease, so that none that is taken meanwhile can be due before.
   */
  readonly aheadMs: number;
}

/** Requeued images that one claim reads. */
const REQUEUED_AT_ONCE = 100;
/** Images of one query and queries of one claim, so that a claim never takes long. */
const WIDEST = 500;
const MAX_QUERIES = 20;
const WIDER = 4;
/** Hosts without capacity of one request, after which it is not read any further. */
const MAX_SKIPPED = 1_000;

/** Picks images up to the number wanted, as long as their hosts have capacity. */
export const createPicker = <Image extends DueImage>(wanted: number, hosts: HostCapacity) => {
  const { hostOf, countedFor = (host, url) => hostOf(url) === host } = hosts;
  const images: Image[] = [];
  const capacities = new Map<string | null, number>();
  const available = (host: string | null): number => {
    const left = capacities.get(host) ?? hosts.available(host);
    capacities.set(host, left);
    return left;
  };
  return {
    images,
    isFull: () => images.length >= wanted,
    hostOf,
    countedFor,
    available,
    /** False when the host has no capacity. */
    pick(image: Image, host: string | null): boolean {
      const left = available(host);
      if (left <= 0) return false;
      capacities.set(host, left - 1);
      images.push(image);
      return true;
    },
  };
};

const dateOf = ({ nextAt }: DueImage): number => nextAt?.getTime() ?? 0;

/**
 * Picks due images of a request whose hosts have capacity: requeued ones (a retry, an expired lease), then those that
 * were passed for lack of capacity, then fresh ones.
 *
 * Images without capacity are passed and nothing is written; the position of the first one is remembered for its host.
 * So 100,000 images of a slow host are read once on the way to the fast one behind them. Ranges of due dates are narrow
 * throughout (docs/decisions/0003-claims-by-narrow-ranges.md).
 */
export const findDue = async <Image extends DueImage>(
  read: ReadRange<Image>,
  { total, now, aheadMs }: ClaimFacts,
  wanted: number,
  cursor: ClaimCursor,
  hosts: HostCapacity,
): Promise<{ readonly due: readonly Image[]; readonly left: ClaimLeft }> => {
  const picker = createPicker<Image>(wanted, hosts);
  let queries = 0;
  const saturated = new Set<string | null>();
  const query: typeof read = (range, limit) => {
    queries += 1;
    return read(range, limit);
  };

  const pickRequeued = async (): Promise<void> => {
    const limit = Math.max(wanted, REQUEUED_AT_ONCE);
    const { requeued: from } = cursor;
    const ahead = await query({ from, to: now + aheadMs }, limit);
    const found = ahead.filter((image) => dateOf(image) <= now);
    for (const image of found) {
      if (picker.isFull()) break;
      const host = picker.hostOf(image.inputUrl);
      if (!picker.pick(image, host)) saturated.add(host);
    }
    // When all of these must wait, the next claim reads those behind them.
    const last = found.length === limit && picker.images.length === 0 ? found.at(-1) : undefined;
    cursor.requeued = last === undefined ? FRESH_BEFORE : dateOf(last) + 1;
    const [next] = ahead;
    const isKnown = from === FRESH_BEFORE && found.length === 0;
    cursor.noneRequeuedUntil = isKnown ? (next === undefined ? now + aheadMs : dateOf(next)) : 0;
  };

  /** One window: empty stretches are crossed faster and faster, full ones are read in small pieces. */
  const readWindow = async (from: number, end: number, width: number) => {
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

  const pickSkipped = async (host: string, from: number): Promise<void> => {
    let at = from;
    for (let width = wanted * WIDER; at < cursor.fresh && queries < MAX_QUERIES && picker.available(host) > 0; ) {
      if (picker.isFull()) break;
      const { found, next, wider } = await readWindow(at, cursor.fresh, width);
      const unpicked = found.find(
        (image) =>
          picker.countedFor(host, image.inputUrl) &&
          (picker.isFull() || !picker.pick(image, picker.hostOf(image.inputUrl))),
      );
      at = unpicked === undefined ? next : dateOf(unpicked);
      width = wider;
    }
    if (at < cursor.fresh) cursor.skipped.set(host, at);
    else cursor.skipped.delete(host);
  };

  const pickFresh = async (end: number): Promise<void> => {
    let width = cursor.isEmpty ? Math.max(end, 1) : Math.max(wanted, 1);
    while (cursor.fresh < end && queries < MAX_QUERIES && !picker.isFull() && cursor.skipped.size < MAX_SKIPPED) {
      const { found, next, wider } = await (early ?? readWindow(cursor.fresh, end, width));
      early = undefined;
      cursor.fresh = next;
      width = wider;
      for (const image of found) {
        if (picker.isFull()) {
          cursor.fresh = dateOf(image);
          break;
        }
        const host = picker.hostOf(image.inputUrl);
        if (picker.pick(image, host) || host === null || cursor.skipped.has(host)) continue;
        cursor.skipped.set(host, dateOf(image));
      }
    }
  };

  // Most claims are of fresh images, so both ranges are read at the same time.
  let early = cursor.skipped.size === 0 && cursor.fresh < total ? readWindow(cursor.fresh, total, wanted) : undefined;
  const isTimeForRequeued = now >= cursor.noneRequeuedUntil;
  await Promise.all([isTimeForRequeued && pickRequeued(), early]);
  for (const [host, from] of [...cursor.skipped]) {
    if (!picker.isFull() && picker.available(host) > 0) await pickSkipped(host, from);
  }
  const startedAt = cursor.fresh;
  if (!picker.isFull()) await pickFresh(total);
  if (picker.images.length === 0 && cursor.fresh >= total && cursor.skipped.size === 0) {
    if (startedAt > 0) {
      // A claim whose answer was lost may have left images before the position that this claimer had reached.
      cursor.fresh = 0;
      await pickFresh(startedAt);
    }
    cursor.isEmpty = picker.images.length === 0 && cursor.skipped.size === 0 && cursor.fresh >= startedAt;
    if (cursor.isEmpty) cursor.fresh = total;
  }
  const isUnread = cursor.fresh < total && cursor.skipped.size < MAX_SKIPPED;
  return {
    due: picker.images,
    left: {
      unfinished: null,
      // With something picked, the next claim shows what is left.
      more: isUnread || picker.isFull(),
      saturatedHosts: isUnread ? [] : [...saturated, ...cursor.skipped.keys()],
      dueInMs: cursor.noneRequeuedUntil > now ? cursor.noneRequeuedUntil - now : undefined,
    },
  };
};
