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

export interface Tile {
  readonly element: HTMLElement;
  readonly update: (shown: Shown) => void;
  readonly shown: () => Shown;
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

/** One image of the gallery; a completed one is a button that opens the comparison. */
export const createTile = (first: Shown, onOpen: () => void): Tile => {
  const element = h('li', { class: 'tile' });
  let current = first;

  const draw = (): void => {
    const { image } = current;
    element.className = `tile tile-${image.status}`;
    if (image.status === 'completed') fill(element, done(current, onOpen));
    else fill(element, frame(image), caption(current, noteOf(image)));
  };
  draw();

  return {
    element,
    shown: () => current,
    update: (shown) => {
      const changed = shown.image.status !== current.image.status;
      current = shown;
      if (changed) draw();
    },
  };
};

const done = (shown: Shown, onOpen: () => void): HTMLElement => {
  const { image } = shown;
  const before = image.bytesIn ?? 0;
  const after = image.bytesOut ?? 0;
  const picture = h('img', {
    src: outputPath(image),
    alt: '',
    loading: 'lazy',
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
  return h(
    'button',
    { type: 'button', class: 'tile-button', title: nameOf(shown), on: { click: onOpen } },
    h('span', { class: 'tile-frame' }, picture, h('span', { class: 'tile-hint' }, icon('compare'))),
    caption(shown, sizes),
    h('span', { class: 'visually-hidden' }, ' Compare before and after'),
  );
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

const noteOf = (image: Image): string => {
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
