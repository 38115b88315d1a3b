import type { PageSettings } from '../../../http/page-settings.ts';
import { type Api, messageOf } from '../../api.ts';
import { fill, h } from '../../dom.ts';
import { count } from '../../format.ts';
import { isFinal, type Status, type Summary } from '../../types.ts';
import { createCompare } from './compare.ts';
import { createTile, isSettled, type Shown, type Tile } from './tile.ts';

const PAGE = 48;
/** Pages opened automatically while the job runs; further ones open on a click. */
const AUTO_OPENED_PAGES = 3;
/** Images are requested less often than counts, because each response has a page of them. */
const EVERY_MS = 1_500;

interface Page {
  readonly path: string;
  settled: boolean;
}

/** The images of a job in order, updated as they finish; only open pages are requested. */
export const createGallery = (api: Api, requestId: string, settings: PageSettings, signal: AbortSignal) => {
  const tiles = new Map<string, Tile>();
  const pages: Page[] = [{ path: `/api/status/${requestId}?limit=${PAGE}`, settled: false }];
  let next: string | null = null;
  let loading = false;
  let lastLoad = Number.NEGATIVE_INFINITY;
  let latest: Summary | null = null;
  let shownFor = '';

  const grid = h('ul', { class: 'grid' });
  const shown = h('p', { class: 'muted' });
  const notice = h('div', { role: 'alert' });
  const more = h('div', { class: 'actions actions-center' });
  const compare = createCompare(settings, () => [...tiles.values()].map((tile) => tile.shown()).filter(canCompare));
  const element = h(
    'section',
    { class: 'stack', 'aria-labelledby': 'images-title' },
    h('div', { class: 'section-head' }, h('h2', { id: 'images-title' }, 'Images'), shown),
    grid,
    notice,
    more,
  );

  const place = ({ products }: Status): boolean => {
    let settled = true;
    for (const { images, ...product } of products) {
      for (const image of images) {
        settled &&= isSettled(image);
        const known = tiles.get(image.id);
        if (known !== undefined) {
          known.update({ ...product, image });
          continue;
        }
        const tile = createTile({ ...product, image }, () => compare.open(image.id));
        tiles.set(image.id, tile);
        grid.append(tile.element);
      }
    }
    return settled;
  };

  const load = async (): Promise<void> => {
    if (loading || signal.aborted) return;
    loading = true;
    lastLoad = performance.now();
    try {
      for (const [index, page] of pages.entries()) {
        if (page.settled) continue;
        const status = await api.follow<Status>(page.path);
        if (signal.aborted) return;
        page.settled = place(status) || isFinal(status);
        if (index === pages.length - 1) next = status.next;
      }
      fill(notice);
      if (pages.at(-1)?.settled && pages.length < AUTO_OPENED_PAGES && latest !== null && !isFinal(latest)) openNext();
    } catch (error) {
      // While the job runs, the next poll may succeed, and the banner reports a lost connection.
      if (latest !== null && isFinal(latest)) fill(notice, h('p', { class: 'error-text' }, messageOf(error)));
    } finally {
      loading = false;
      showMore();
    }
  };

  const openNext = (): void => {
    if (next === null) return;
    pages.push({ path: next, settled: false });
    next = null;
  };

  const showMore = (): void => {
    const total = latest?.progress.total ?? 0;
    shown.textContent = tiles.size < total ? `${count(tiles.size)} of ${count(total)} shown` : '';
    const open = (): void => {
      openNext();
      more.replaceChildren();
      void load();
    };
    const label = `Show ${count(Math.min(PAGE, total - tiles.size))} more`;
    // Keeps the existing button, because a new one would lose the focus.
    if (next === null) more.replaceChildren();
    else if (more.textContent !== label)
      fill(more, h('button', { type: 'button', class: 'button', on: { click: open } }, label));
  };

  /** Loads at once when the state has changed, otherwise throttled; the last change is never missed. */
  const show = (summary: Summary): void => {
    latest = summary;
    const state = `${summary.status} ${summary.finishedAt}`;
    const changed = state !== shownFor;
    if (changed) {
      shownFor = state;
      for (const page of pages) page.settled = false;
    }
    if (!changed && performance.now() - lastLoad < EVERY_MS) return;
    void (loading && changed ? waitAndLoad() : load());
  };
  const waitAndLoad = async (): Promise<void> => {
    while (loading && !signal.aborted) await new Promise((resolve) => setTimeout(resolve, 50));
    await load();
  };

  return { element, show };
};

const canCompare = ({ image }: Shown): boolean => image.status === 'completed';
