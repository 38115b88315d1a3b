import { FRESH_BEFORE, type Range, type ReadRange } from '../requests/due-dates.ts';
import type { DueImage } from './due.ts';

/** Fresh images that are read at once, as a multiple of those that were asked for, at least and at most. */
const AHEAD = { times: 16, least: 64, most: 256 };
/** Characters of URLs that are kept. */
const MOST_CHARACTERS = 64 * 1024;

interface Stretch<Image> {
  readonly from: number;
  readonly to: number;
  readonly images: readonly Image[];
}

const NOTHING = { from: 0, to: 0, images: [] } as const;

/** What is kept of a request between claims. */
export interface ReadAhead<Image extends DueImage> {
  /** Reads ranges of due dates; fresh images, whose dates are positions, from where this instance begins. */
  readonly read: ReadRange<Image>;
  /** Drops images that were claimed, here or elsewhere. */
  drop(images: readonly Image[]): void;
  /** Drops all of them: the next read asks the database. */
  clear(): void;
}

/**
 * Reads the fresh images of a request in stretches that serve several claims, so that most claims need no read at all. What
 * is kept is a hint: other instances may have claimed it, and the lease decides.
 * @param base where this instance begins: position 0 of what it returns is that position of the request, and after the
 *   request's last image comes its first. Instances that begin at different places do not claim the same images.
 */
export const createReadAhead = <Image extends DueImage>(
  readRange: ReadRange<Image>,
  total: number,
  base: number,
): ReadAhead<Image> => {
  let kept: Stretch<Image> = NOTHING;
  const dateOf = ({ nextAt }: Image): number => nextAt?.getTime() ?? 0;

  /** The range in the request's own positions: two where it goes over the end. */
  const piecesOf = ({ from, to }: Range): readonly (Range & { readonly shift: number })[] => {
    const end = total - base;
    return [
      { from: from + base, to: Math.min(to, end) + base, shift: -base },
      { from: Math.max(from, end) - end, to: to - end, shift: end },
    ].filter((piece) => piece.from < piece.to);
  };

  const load = async (range: Range, limit: number): Promise<Stretch<Image>> => {
    const images: Image[] = [];
    for (const { shift, ...piece } of piecesOf(range)) {
      if (images.length >= limit) break;
      const found = await readRange(piece, limit - images.length);
      images.push(...found.map((image) => ({ ...image, nextAt: new Date(dateOf(image) + shift) })));
    }
    const last = images.length < limit ? undefined : images.at(-1);
    return { from: range.from, to: last === undefined ? range.to : dateOf(last) + 1, images };
  };

  /** The stretch as far as its URLs may be kept, but at least as far as it was asked for. */
  const bounded = (stretch: Stretch<Image>, asked: number): Stretch<Image> => {
    let characters = 0;
    const tooMany = stretch.images.findIndex((image, index) => {
      characters += image.inputUrl.length;
      return index >= asked && characters > MOST_CHARACTERS;
    });
    const first = tooMany === -1 ? undefined : stretch.images[tooMany];
    return first === undefined
      ? stretch
      : { from: stretch.from, to: dateOf(first), images: stretch.images.slice(0, tooMany) };
  };

  return {
    async read(range, limit) {
      if (range.from >= FRESH_BEFORE) return readRange(range, limit);
      if (range.from < kept.from || range.from >= kept.to) kept = { ...NOTHING, from: range.from, to: range.from };
      const within = kept.images.filter((image) => dateOf(image) >= range.from);
      const found = within.filter((image) => dateOf(image) < range.to);
      if (found.length >= limit || range.to <= kept.to) return found.slice(0, limit);
      const width = Math.min(Math.max(limit * AHEAD.times, AHEAD.least), AHEAD.most);
      const to = Math.max(range.to, Math.min(kept.to + width, total));
      const next = await load({ from: kept.to, to }, Math.max(limit, width));
      kept = bounded({ from: range.from, to: next.to, images: [...within, ...next.images] }, limit);
      return kept.images.filter((image) => dateOf(image) < range.to).slice(0, limit);
    },
    drop(images) {
      const ids = new Set(images.map(({ _id }) => _id));
      kept = { ...kept, images: kept.images.filter(({ _id }) => !ids.has(_id)) };
    },
    clear() {
      kept = NOTHING;
    },
  };
};
