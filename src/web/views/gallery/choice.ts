import type { Api } from '../../api.ts';
import { pagesOf } from './pages.ts';
import { nameOf, type Placed } from './tile.ts';

/** Longer jobs are shown in their order alone: what is chosen from is held by the page as a whole. */
export const MOST_CHOSEN_FROM = 5_000;

export interface Choice {
  readonly state: 'all' | 'completed' | 'failed';
  readonly words: string;
  readonly order: 'position' | 'saving' | 'size';
}

export const EVERYTHING: Choice = { state: 'all', words: '', order: 'position' };

export const isEverything = ({ state, words, order }: Choice): boolean =>
  state === 'all' && words.trim() === '' && order === 'position';

export const loadAll = async (api: Api, requestId: string, signal: AbortSignal): Promise<Placed[]> => {
  const all: Placed[] = [];
  for await (const images of pagesOf(api, requestId, signal)) {
    all.push(...images);
    if (all.length >= MOST_CHOSEN_FROM) break;
  }
  return all;
};

const savedBytes = ({ image: { bytesIn, bytesOut } }: Placed): number =>
  bytesIn === null || bytesOut === null ? Number.NEGATIVE_INFINITY : bytesIn - bytesOut;
const sizeOf = ({ image }: Placed): number => image.bytesOut ?? Number.NEGATIVE_INFINITY;

/** Those in the state whose product has all of the words; the largest saving or file first. */
export const choose = (all: readonly Placed[], { state, words, order }: Choice): Placed[] => {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const chosen = all.filter((one) => {
    if (state !== 'all' && one.image.status !== state) return false;
    const text = `${nameOf(one)} ${one.serialNumber}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
  if (order === 'position') return chosen;
  const by = order === 'saving' ? savedBytes : sizeOf;
  return chosen.sort((one, other) =>
    by(other) === by(one) ? one.position - other.position : by(other) > by(one) ? 1 : -1,
  );
};
