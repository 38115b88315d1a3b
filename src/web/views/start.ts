import { h } from '../dom.ts';
import { icon } from '../icons.ts';
import { dropZone } from './drop-zone.ts';
import { historySection } from './history.ts';
import type { Context, Source, View } from './view.ts';

/** The first view: takes a CSV, and lists what was done before. */
export const startView = ({ onSource, ...context }: Context & { onSource: (source: Source) => void }): View => {
  const zone = dropZone(context.settings.samples !== null, onSource);
  const element = h(
    'div',
    { class: 'view' },
    h(
      'header',
      { class: 'hero' },
      h('h1', {}, 'Smaller images for your whole catalogue'),
      h(
        'p',
        { class: 'lead' },
        'Give it a CSV of products with image URLs. Every image is downloaded, compressed and stored, and you get the same CSV back with the new URLs.',
      ),
    ),
    zone.element,
    formatHelp(),
    historySection(context.api),
  );
  return { element, title: 'New request', close: zone.close };
};

const EXAMPLE = [
  ['S. No.', 'Product Name', 'Input Image Urls'],
  ['1', 'Stoneware Mug', 'https://shop.example/mug.jpg'],
  ['2', 'Brass Lamp', 'https://shop.example/lamp-1.jpg, https://shop.example/lamp-2.jpg'],
] as const;

const formatHelp = (): HTMLElement => {
  const [header, ...rows] = EXAMPLE;
  return h(
    'details',
    { class: 'disclosure' },
    h('summary', {}, icon('next'), 'What the CSV looks like'),
    h(
      'div',
      { class: 'stack' },
      h(
        'div',
        { class: 'table-scroll', tabindex: 0, role: 'region', 'aria-label': 'Example of a CSV' },
        h(
          'table',
          {},
          h('thead', {}, h('tr', {}, ...header.map((name) => h('th', { scope: 'col' }, name)))),
          h('tbody', {}, ...rows.map((row) => h('tr', {}, ...row.map((cell) => h('td', {}, cell))))),
        ),
      ),
      h(
        'p',
        { class: 'muted' },
        'A header row with these three columns, in any order; other columns are kept. Several URLs in one cell are separated by commas. Comma, semicolon or tab between cells, UTF-8.',
      ),
    ),
  );
};
