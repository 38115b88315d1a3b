import { h } from '../../dom.ts';
import { createTile, type Shown, type Tile } from './tile.ts';

/** Beyond about 16 million pixels browsers lose their way: longer jobs are shown in parts. */
export const PART = 20_000;
/** Rows beyond both edges of the window, so that scrolling and the Tab key find the next one. */
const ROWS_AHEAD = 3;
const GAP = 16;
const NARROW_GAP = 12;
const CAPTION_REM = 4.5;

interface Source {
  /** How many there are, and what is known of the one at an index. */
  readonly count: () => number;
  readonly at: (index: number) => Shown | null;
  /** Those about to be seen. */
  readonly onSight: (from: number, to: number) => void;
  readonly onOpen: (index: number) => void;
}

/**
 * A list of any length of which only the tiles near the window exist. Each lies at its own place, so that one more or less
 * moves no other, and one that has the focus stays wherever the page is scrolled to.
 */
export const createGrid = ({ count, at, onSight, onOpen }: Source, signal: AbortSignal) => {
  const tiles = new Map<number, Tile>();
  const element = h('ul', { class: 'grid', role: 'list' });
  let columns = 1;
  let width = 0;
  let rowHeight = 1;
  let gap = GAP;
  let frame = 0;
  /** Where it was drawn last: what flies past is drawn as empty places, and filled once it can be seen. */
  let drawnTop = 0;

  const measure = (): void => {
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    const narrow = innerWidth <= 46 * rem;
    gap = narrow ? NARROW_GAP : GAP;
    const space = element.clientWidth;
    columns = Math.max(1, Math.floor((space + gap) / ((narrow ? 9.5 : 12.5) * rem + gap)));
    width = Math.floor((space - gap * (columns - 1)) / columns);
    const height = Math.round(width * 0.75 + CAPTION_REM * rem);
    rowHeight = height + gap;
    element.style.setProperty('--tile-width', `${width}px`);
    element.style.setProperty('--tile-height', `${height}px`);
    const rows = Math.ceil(count() / columns);
    element.style.setProperty('height', `${Math.max(0, rows * rowHeight - gap)}px`);
    for (const [index, tile] of tiles) place(tile.element, index);
  };

  const place = (tile: HTMLElement, index: number): void => {
    const x = (index % columns) * (width + gap);
    tile.style.setProperty('transform', `translate(${x}px, ${Math.floor(index / columns) * rowHeight}px)`);
  };

  const make = (index: number, shown: Shown | null): Tile => {
    const tile = createTile(index, shown, () => onOpen(index));
    tile.element.setAttribute('aria-posinset', String(index + 1));
    place(tile.element, index);
    tiles.set(index, tile);
    return tile;
  };

  const drop = (index: number, tile: Tile): void => {
    tiles.delete(index);
    tile.close();
    tile.element.remove();
  };

  const draw = (): void => {
    const total = count();
    const top = element.getBoundingClientRect().top;
    const flies = Math.abs(top - drawnTop) > innerHeight / 2;
    drawnTop = top;
    const firstRow = Math.max(0, Math.floor(-top / rowHeight) - ROWS_AHEAD);
    const endRow = Math.max(0, Math.ceil((innerHeight - top) / rowHeight)) + ROWS_AHEAD;
    const from = Math.min(firstRow * columns, total);
    const to = Math.min(endRow * columns, total);
    for (const [index, tile] of tiles) {
      const isFocused = tile.element.contains(document.activeElement);
      if (index >= total || ((index < from || index >= to) && !isFocused)) drop(index, tile);
    }
    // In their order, for those who read or tab through them.
    let before: Element | null = element.firstElementChild;
    const kept = [...tiles.keys()].filter((index) => index < from || index >= to).sort((a, b) => a - b);
    const order = [...kept.filter((i) => i < from), ...range(from, to), ...kept.filter((i) => i >= to)];
    for (const index of order) {
      const shown = flies ? null : at(index);
      const tile = tiles.get(index) ?? make(index, shown);
      if (shown !== null) tile.update(shown);
      tile.element.setAttribute('aria-setsize', String(total));
      if (tile.element === before) before = before.nextElementSibling;
      else element.insertBefore(tile.element, before);
    }
    if (flies) soon();
    else if (to > from) onSight(from, to);
  };

  const soon = (): void => {
    if (frame !== 0 || signal.aborted) return;
    frame = requestAnimationFrame(() => {
      frame = 0;
      draw();
    });
  };
  const again = (): void => {
    measure();
    draw();
  };

  addEventListener('scroll', soon, { passive: true, signal });
  addEventListener('resize', () => element.isConnected && again(), { signal });
  // The page above it grows and shrinks, and so does its own width.
  const sizes = new ResizeObserver(() => element.isConnected && !element.closest('[hidden]') && again());
  sizes.observe(element);
  sizes.observe(document.body);
  signal.addEventListener('abort', () => sizes.disconnect());

  /** Arrow keys move among the tiles as they lie; Home and End to the first and the last. */
  element.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const [index] = [...tiles].find(([, tile]) => tile.element.contains(document.activeElement)) ?? [];
    if (index === undefined) return;
    const last = count() - 1;
    const steps: Readonly<Record<string, number>> = {
      ...{ ArrowLeft: index - 1, ArrowRight: index + 1, ArrowUp: index - columns, ArrowDown: index + columns },
      ...{ Home: 0, End: last },
    };
    const target = steps[event.key];
    if (target === undefined || target < 0 || target > last) return;
    event.preventDefault();
    focus(target);
  });

  const focus = (index: number): void => {
    if (!tiles.has(index)) {
      const top = element.getBoundingClientRect().top + Math.floor(index / columns) * rowHeight;
      scrollBy({ top: top - innerHeight / 2 });
      draw();
    }
    const button = tiles.get(index)?.element.querySelector('button');
    button?.focus({ preventScroll: true });
    button?.scrollIntoView({ block: 'nearest' });
  };

  return {
    element,
    /** Draws what has changed, and lays it out again if there are more or fewer. */
    show: (recount: boolean): void => (recount ? again() : draw()),
    /** Another list in the same place. */
    reset: (): void => {
      for (const [index, tile] of [...tiles]) drop(index, tile);
      again();
    },
  };
};

const range = (from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, n) => from + n);
