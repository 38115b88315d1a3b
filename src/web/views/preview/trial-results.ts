import type { PageSettings } from '../../../http/page-settings.ts';
import { OUTPUT_FORMATS, type OutputFormat } from '../../../output-formats.ts';
import { fill, h } from '../../dom.ts';
import { change, count, counted, pixels, size } from '../../format.ts';
import { originalOf } from '../../settings.ts';
import type { TriedImage } from '../../types.ts';
import { shortUrl } from './rows-table.ts';

interface Tried {
  readonly image: TriedImage;
  readonly url: string;
  /** Of the product; empty if it is not known. */
  readonly name: string;
}

type Done = TriedImage & { readonly bytesIn: number; readonly bytesOut: number };

const isDone = (image: TriedImage): image is Done => image.bytesIn !== null && image.bytesOut !== null;

/**
 * Each image before and after, and what all of them would come to.
 * @param images how many the file has
 */
export const shownTrial = (
  tried: readonly Tried[],
  options: FormData,
  images: number,
  settings: PageSettings,
): readonly HTMLElement[] => {
  const encoding = encodingOf(options);
  const done = tried.map(({ image }) => image).filter(isDone);
  const list = h('ul', { class: 'trial-list' }, ...tried.map((one) => trialItem(one, encoding, settings)));
  const actual = h('input', {
    ...{ type: 'checkbox', id: 'trial-pixels' },
    on: { change: () => list.classList.toggle('is-actual', actual.checked) },
  });
  if (done.length === 0) return [list];
  const toggle = h('div', { class: 'check small' }, actual, h('label', { for: actual.id }, 'Show actual pixels'));
  return [h('div', { class: 'trial-head' }, estimate(done, images), toggle), list];
};

/** `JPEG, quality 50` */
const encodingOf = (options: FormData): string => {
  const [format, quality] = String(options.get('outputs') ?? `${options.get('format')}:${options.get('quality')}`)
    .split(',', 1)
    .flatMap((first) => first.split(':'));
  return `${OUTPUT_FORMATS[format as OutputFormat].label}, quality ${quality}`;
};

const estimate = (done: readonly Done[], images: number): HTMLElement => {
  const sum = (of: (image: Done) => number): number => done.reduce((all, image) => all + of(image), 0);
  const [before, after] = [sum(({ bytesIn }) => bytesIn), sum(({ bytesOut }) => bytesOut)];
  const isAll = images <= done.length;
  const scaled = (bytes: number): string => size(isAll ? bytes : Math.round((bytes / done.length) * images));
  return h(
    'div',
    { class: 'trial-estimate' },
    h(
      'p',
      { class: 'trial-figure' },
      `${isAll ? '' : 'about '}${scaled(before)} → ${scaled(after)} `,
      h('span', { class: after <= before ? 'good' : 'trial-grew' }, change(before, after)),
    ),
    h(
      'p',
      { class: 'muted small' },
      isAll
        ? `For ${counted(done.length, 'image')}.`
        : `Estimate for all ${counted(images, 'image')}, based on ${count(done.length)}. Results may differ.`,
    ),
  );
};

const trialItem = ({ image, url, name }: Tried, encoding: string, settings: PageSettings): HTMLElement =>
  h(
    'li',
    { class: 'trial-item' },
    h('h3', { class: 'trial-name', title: url }, name || shortUrl(url)),
    isDone(image)
      ? h('div', { class: 'trial-pair' }, before(image, url, settings), after(image, encoding))
      : h('p', { class: 'error-text small break' }, image.error?.message ?? ''),
  );

const before = (image: Done, url: string, settings: PageSettings): HTMLElement => {
  const sides = h('span', {});
  const frame = h('div', { class: 'trial-frame' });
  const picture = h('img', {
    ...{ src: originalOf(url, settings), alt: 'Before', referrerpolicy: 'no-referrer' },
    on: {
      load: () => fill(sides, pixels(picture.naturalWidth, picture.naturalHeight)),
      error: () => frame.replaceChildren(unavailable('The original image is unavailable.')),
    },
  });
  frame.append(picture);
  return figure(frame, 'Before', h('span', {}, size(image.bytesIn)), sides);
};

const after = (image: Done, encoding: string): HTMLElement => {
  const { data, contentType, bytesIn, bytesOut, width, height } = image;
  const kept = image.notes.includes('kept_original') ? 'Original kept, as it is smaller' : encoding;
  return figure(
    h(
      'div',
      { class: 'trial-frame' },
      data === null
        ? unavailable('Too large to preview.')
        : h('img', { src: `data:${contentType};base64,${data}`, alt: 'After' }),
    ),
    'After',
    h('span', {}, `${size(bytesOut)} (${change(bytesIn, bytesOut)})`),
    h('span', {}, pixels(width ?? 0, height ?? 0)),
    h('span', { class: 'muted' }, kept),
  );
};

const figure = (frame: HTMLElement, name: string, ...facts: readonly HTMLElement[]): HTMLElement =>
  h('figure', { class: 'trial-figure-half' }, frame, h('figcaption', {}, h('strong', {}, name), ...facts));

const unavailable = (text: string): HTMLElement => h('p', { class: 'muted small' }, text);
