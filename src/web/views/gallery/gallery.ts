import type { PageSettings } from '../../../http/page-settings.ts';
import { imageAddress, jobAddress } from '../../address.ts';
import { type Api, messageOf } from '../../api.ts';
import { fill, h, setText } from '../../dom.ts';
import { count } from '../../format.ts';
import { isFinal, type Summary } from '../../types.ts';
import { createCompare } from './compare.ts';
import { createGrid, PART } from './grid.ts';
import { createImages } from './images.ts';

/** Images are asked for less often than counts, because each answer has a page of them. */
const EVERY_MS = 1_500;

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
      count: () => Math.min(PART, Math.max(0, total() - part * PART)),
      at: (index) => images.at(part * PART + index),
      onSight: (from, to) => void images.need(part * PART + from, part * PART + to).catch(fail),
      onOpen: (index) => {
        const position = part * PART + index;
        history.pushState({ ...history.state, fromJob: true }, '', imageAddress(requestId, position));
        open(position);
      },
    },
    signal,
  );
  const compare = createCompare(settings, {
    count: total,
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

  const shown = h('p', { class: 'muted' });
  const notice = h('div', { role: 'alert' });
  const parts = h('div', { class: 'gallery-parts' });
  const element = h(
    'section',
    { class: 'stack gallery', 'aria-labelledby': 'images-title' },
    h('div', { class: 'section-head' }, h('h2', { id: 'images-title' }, 'Images'), shown, parts),
    notice,
    grid.element,
  );

  const open = (position: number): void => {
    compare.open(position).catch((error: unknown) => {
      compare.close();
      fail(error);
    });
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
      showParts();
      grid.show(true);
      if (asked !== null) showImage(asked);
      return;
    }
    if (!changed && performance.now() - lastLoad < EVERY_MS) return;
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
