import { fill, h } from '../../dom.ts';
import { change, count, size } from '../../format.ts';
import { icon } from '../../icons.ts';
import type { Image } from '../../types.ts';

/** An image with its product. */
export interface Shown {
  readonly image: Image;
  readonly productName: string;
  readonly serialNumber: string;
  /** Data row, from 1. */
  readonly row: number;
}

export interface Placed extends Shown {
  /** In the job, from 0. */
  readonly position: number;
}

export interface Tile {
  readonly element: HTMLElement;
  readonly update: (shown: Shown) => void;
  /** Ends a download of its picture that is under way. */
  readonly close: () => void;
}

const UNFINISHED: readonly Image['status'][] = ['pending', 'processing'];

export const isSettled = ({ status }: Image): boolean => !UNFINISHED.includes(status);

/**
 * An output on the page's own origin, which serves it too; its URL starts with PUBLIC_URL, which may be another one.
 */
export const ownPath = (url: string): string =>
  `/processed_images/${new URL(url, location.href).pathname.split('/').at(-1)}`;
export const outputPath = (image: Image): string => ownPath(image.outputUrl ?? '');

/** The product's name, its serial number or its row. */
export const nameOf = ({
  productName,
  serialNumber,
  row,
}: Pick<Shown, 'productName' | 'serialNumber' | 'row'>): string => productName || serialNumber || `Row ${count(row)}`;

/** One image of the gallery, a button that opens it; a quiet place as long as it is not known. */
export const createTile = (index: number, first: Shown | null, onOpen: () => void): Tile => {
  const element = h('li', { class: 'tile' });
  let drawnFor: string | null = null;

  const draw = (shown: Shown): void => {
    const { image } = shown;
    const state = `${image.id} ${image.status} ${image.attempts > 0}`;
    if (state === drawnFor) return;
    drawnFor = state;
    const hadFocus = element.contains(document.activeElement);
    element.className = `tile tile-${image.status}`;
    const parts = image.status === 'completed' ? done(shown) : [frame(image), caption(shown, noteOf(image))];
    const button = buttonOf(nameOf(shown), onOpen, parts);
    fill(element, button);
    if (hadFocus) button.focus({ preventScroll: true });
  };
  const name = `Image ${count(index + 1)}`;
  if (first !== null) draw(first);
  else {
    fill(
      element,
      buttonOf(name, onOpen, [h('span', { class: 'tile-frame' }), h('span', { class: 'visually-hidden' }, name)]),
    );
  }

  return {
    element,
    update: draw,
    close: () => element.querySelector('img')?.removeAttribute('src'),
  };
};

const buttonOf = (title: string, click: () => void, parts: readonly HTMLElement[]): HTMLElement =>
  h('button', { type: 'button', class: 'tile-button', title, on: { click } }, ...parts);

const done = (shown: Shown): HTMLElement[] => {
  const { image } = shown;
  const before = image.bytesIn ?? 0;
  const after = image.bytesOut ?? 0;
  const picture = h('img', {
    src: outputPath(image),
    alt: '',
    decoding: 'async',
    width: image.width,
    height: image.height,
  });
  const sizes = h(
    'span',
    { class: 'tile-note' },
    `${size(before)} → ${size(after)}`,
    h('strong', { class: after < before ? 'good' : 'muted' }, change(before, after)),
  );
  return [
    h('span', { class: 'tile-frame' }, picture, h('span', { class: 'tile-hint' }, icon('compare'))),
    caption(shown, sizes),
    h('span', { class: 'visually-hidden' }, ' Compare before and after'),
  ];
};

const frame = ({ status }: Image): HTMLElement =>
  h(
    'span',
    { class: `tile-frame${status === 'processing' ? ' is-busy' : ''}` },
    status === 'failed' ? icon('warning') : status === 'cancelled' ? icon('stop') : icon('image'),
  );

const caption = (shown: Shown, note: Node | string): HTMLElement =>
  h(
    'span',
    { class: 'tile-caption' },
    h('span', { class: 'tile-name' }, nameOf(shown)),
    typeof note === 'string' ? h('span', { class: 'tile-note' }, note) : note,
  );

export const noteOf = (image: Image): string => {
  switch (image.status) {
    case 'pending':
      return image.attempts > 0 ? 'Retrying soon' : 'Queued';
    case 'processing':
      return 'Processing';
    case 'cancelled':
      return 'Not processed';
    default:
      return image.error?.message ?? 'Failed';
  }
};
