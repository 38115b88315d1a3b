import type { Api } from '../../api.ts';
import type { Status } from '../../types.ts';
import { isSettled, type Placed } from './tile.ts';

/** Images in a page, and pages that are kept: what is remembered of a job of any size is bounded. */
const PAGE = 60;
const PAGES_KEPT = 40;

interface Page {
  readonly images: readonly Placed[];
  /** Nothing in it will change by itself. */
  readonly settled: boolean;
  /** Asked for again, although it is shown meanwhile. */
  readonly stale: boolean;
}

/**
 * The images of a job by their position, from 0. Positions have no gaps, so the page of any place is asked for directly.
 * @param onChange called with everything that has become known or has changed
 */
export const createImages = (api: Api, requestId: string, signal: AbortSignal, onChange: () => void) => {
  /** By number; the one used last is last. */
  const pages = new Map<number, Page>();
  let wanted: readonly [from: number, to: number] = [0, PAGE];
  let loading: Promise<void> | null = null;
  let ended = false;

  const pageOf = (position: number): number => Math.floor(position / PAGE);

  const keep = (number: number, page: Page): void => {
    pages.delete(number);
    pages.set(number, page);
    for (const oldest of pages.keys()) {
      if (pages.size <= PAGES_KEPT) break;
      pages.delete(oldest);
    }
  };

  const read = async (number: number): Promise<void> => {
    const images: Placed[] = [];
    const from = number * PAGE;
    let settled = true;
    // A page with very long URLs comes in parts.
    while (images.length < PAGE) {
      const after = from + images.length - 1;
      const place = after < 0 ? '' : `&after=${after}`;
      const status: Status = await api.status(requestId, `?limit=${PAGE - images.length}${place}`, signal);
      const before = images.length;
      for (const { images: found, ...product } of status.products) {
        for (const image of found) {
          settled &&= isSettled(image);
          images.push({ ...product, image, position: from + images.length });
        }
      }
      if (status.next === null || images.length === before) break;
    }
    keep(number, { images, settled: settled || ended, stale: false });
    onChange();
  };

  const next = (): number | null => {
    for (let number = pageOf(wanted[0]); number <= pageOf(wanted[1] - 1); number += 1) {
      const page = pages.get(number);
      if (page === undefined || page.stale) return number;
    }
    return null;
  };

  /** One page at a time, and always one of those that are wanted by then: what was scrolled past is not fetched. */
  const loadWanted = async (): Promise<void> => {
    for (let number = next(); number !== null && !signal.aborted; number = next()) await read(number);
  };

  const load = (): Promise<void> => {
    loading ??= loadWanted().finally(() => {
      loading = null;
    });
    return loading;
  };

  return {
    at: (position: number): Placed | null => {
      const number = pageOf(position);
      const page = pages.get(number);
      return page?.images[position - number * PAGE] ?? null;
    },
    /** Loads what lies from `from` to before `to`; with nothing to load no request is made. */
    need: (from: number, to: number): Promise<void> => {
      wanted = [from, Math.max(to, from + 1)];
      for (let number = pageOf(from); number <= pageOf(wanted[1] - 1); number += 1) {
        const page = pages.get(number);
        if (page !== undefined) keep(number, page);
      }
      return next() === null ? Promise.resolve() : load();
    },
    /** Loads one image, wherever it is. */
    find: async (position: number): Promise<Placed | null> => {
      const number = pageOf(position);
      if (!pages.has(number)) await read(number);
      return pages.get(number)?.images[position - number * PAGE] ?? null;
    },
    /** Asks again for what may have changed and is in sight; the rest when it comes into sight. */
    refresh: (everything: boolean, final: boolean): Promise<void> => {
      ended = final;
      for (const [number, page] of pages) {
        if (everything || !page.settled) pages.set(number, { ...page, stale: true });
      }
      return load();
    },
  };
};
