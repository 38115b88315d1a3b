import type { PageSettings } from '../../../http/page-settings.ts';
import { imageAddress, jobAddress } from '../../address.ts';
import { type Api, messageOf } from '../../api.ts';
import { fill, h, setText } from '../../dom.ts';
import { count } from '../../format.ts';
import { isFinal, type Summary } from '../../types.ts';
import { type Choice, choose, EVERYTHING, isEverything, loadAll, MOST_CHOSEN_FROM } from './choice.ts';
import { createCompare } from './compare.ts';
import { createGrid, PART } from './grid.ts';
import { createImages } from './images.ts';
import type { Placed } from './tile.ts';
import { createToolbar } from './toolbar.ts';

/** Images are asked for less often than counts, because each answer has a page of them. */
const EVERY_MS = 1_500;
/** All of them are asked for less often still, while only some are shown. */
const ALL_EVERY_MS = 5_000;

/** Whether the entry of the history before this one is the job, so that closing is going back. */
interface Entry {
  readonly fromJob?: boolean;
}

/** The images of a job in order, of which only those in sight are loaded, and each of them before and after. */
export const createGallery = (api: Api, requestId: string, settings: PageSettings, signal: AbortSignal) => {
  let latest: Summary | null = null;
  let shownFor = '';
  let lastLoad = Number.NEGATIVE_INFINITY;
  let part = 0;
  /** The image that the address asks for before the job is known. */
  let asked: number | null = null;
  let choice = EVERYTHING;
  /** All images, as long as a choice of them is shown, and the chosen; null: the job in its order. */
  let all: readonly Placed[] | null = null;
  let chosen: readonly Placed[] | null = null;
  let choosing = false;

  const total = (): number => latest?.progress.total ?? 0;
  const fail = (error: unknown): void => {
    // While the job runs, the next poll may succeed, and the banner reports a lost connection.
    if (!signal.aborted && latest !== null && isFinal(latest)) {
      fill(notice, h('p', { class: 'error-text' }, messageOf(error)));
    }
  };

  const images = createImages(api, requestId, signal, () => {
    fill(notice);
    grid.show(false);
    compare.refresh();
  });
  const grid = createGrid(
    {
      count: () => chosen?.length ?? Math.min(PART, Math.max(0, total() - part * PART)),
      at: (index) => (chosen === null ? images.at(part * PART + index) : (chosen[index] ?? null)),
      onSight: (from, to) => {
        if (chosen === null) void images.need(part * PART + from, part * PART + to).catch(fail);
      },
      onOpen: (index) => {
        const position = chosen === null ? part * PART + index : chosen[index]?.position;
        if (position === undefined) return;
        history.pushState({ ...history.state, fromJob: true }, '', imageAddress(requestId, position));
        open(position);
      },
    },
    signal,
  );
  const compare = createCompare(settings, {
    count: () => chosen?.length ?? total(),
    placeOf: (position) => chosen?.findIndex((one) => one.position === position) ?? position,
    positionAt: (place) => (chosen === null ? (place < total() ? place : null) : (chosen[place]?.position ?? null)),
    where: (position) => `${count(position + 1)} of ${count(total())}`,
    find: (position) => images.find(position),
    onStep: (position) => {
      history.replaceState(history.state, '', imageAddress(requestId, position));
      open(position);
    },
    onClose: () => {
      if ((history.state as Entry | null)?.fromJob) history.back();
      else {
        history.replaceState(history.state, '', jobAddress(requestId));
        compare.close();
      }
    },
  });
  signal.addEventListener('abort', () => compare.close());

  const shown = h('p', { class: 'muted', role: 'status' });
  const notice = h('div', { role: 'alert' });
  const parts = h('div', { class: 'gallery-parts' });
  const tools = h('div', { class: 'gallery-tools-place' });
  const element = h(
    'section',
    { class: 'stack gallery', 'aria-labelledby': 'images-title' },
    h('div', { class: 'section-head' }, h('h2', { id: 'images-title' }, 'Images'), shown, tools, parts),
    notice,
    grid.element,
  );

  const open = (position: number): void => {
    compare.open(position).catch((error: unknown) => {
      compare.close();
      fail(error);
    });
  };

  const showChosen = (): void => {
    if (all === null) return;
    chosen = isEverything(choice) ? null : choose(all, choice);
    const none = chosen?.length === 0 ? ': none match' : '';
    setText(shown, chosen === null ? count(total()) : `${count(chosen.length)} of ${count(total())}${none}`);
  };
  /** Loads all images if they are not, or not as they are now. */
  const loadChosen = async (): Promise<void> => {
    if (choosing) return;
    choosing = true;
    try {
      all = await loadAll(api, requestId, signal);
      lastLoad = performance.now();
      showChosen();
      if (!signal.aborted) grid.show(true);
    } catch (error) {
      fail(error);
    } finally {
      choosing = false;
    }
  };
  const onChoice = (wanted: Choice): void => {
    choice = wanted;
    if (all === null && !isEverything(choice)) {
      void loadChosen().then(() => grid.reset());
      return;
    }
    showChosen();
    if (isEverything(choice)) all = null;
    grid.reset();
  };

  const showTools = (): void => {
    const limit = `Search, filter and sorting are for jobs of up to ${count(MOST_CHOSEN_FROM)} images.`;
    fill(
      tools,
      total() > MOST_CHOSEN_FROM ? h('p', { class: 'muted small' }, limit) : total() > 1 && createToolbar(onChoice),
    );
  };

  /** A choice of the part, for jobs longer than the browser can scroll. */
  const showParts = (): void => {
    const starts = Array.from({ length: Math.ceil(total() / PART) }, (_, n) => n);
    if (starts.length < 2 || parts.childElementCount > 0) return;
    const select = h(
      'select',
      {
        'aria-label': 'Images shown',
        on: {
          change: () => {
            part = Number(select.value);
            grid.reset();
          },
        },
      },
      ...starts.map((n) =>
        h('option', { value: n }, `${count(n * PART + 1)}–${count(Math.min(total(), (n + 1) * PART))}`),
      ),
    );
    fill(parts, select);
  };

  /** Loads at once when the state has changed, otherwise now and then; the last change is never missed. */
  const show = (summary: Summary): void => {
    const first = latest === null;
    latest = summary;
    const state = `${summary.status} ${summary.finishedAt}`;
    const changed = state !== shownFor;
    shownFor = state;
    if (first) {
      setText(shown, count(total()));
      showTools();
      showParts();
      grid.show(true);
      if (asked !== null) showImage(asked);
      return;
    }
    if (!changed && performance.now() - lastLoad < (chosen === null ? EVERY_MS : ALL_EVERY_MS)) return;
    if (chosen !== null) void loadChosen();
    lastLoad = performance.now();
    images.refresh(changed, isFinal(summary)).catch(fail);
  };

  /** Follows the address: opens the image at a position, or closes it. */
  const showImage = (position: number | null): void => {
    asked = position;
    if (latest === null) return;
    if (position === null) compare.close();
    else if (position < total()) open(position);
  };

  return { element, show, showImage };
};
