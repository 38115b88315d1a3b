import { h } from '../dom.ts';
import { icon } from '../icons.ts';
import { dropZone } from './drop-zone.ts';
import type { Take } from './dropping.ts';
import { historySection } from './history.ts';
import type { Context, View } from './view.ts';

/** Start page: upload and recent jobs. */
export const startView = ({ onSource, ...context }: Context & { onSource: Take }): View => {
  const zone = dropZone(context.settings.samples !== null, onSource);
  const history = historySection(context.api, (some) => element.classList.toggle('has-jobs', some));
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
        'Upload a CSV or Excel file with your product image URLs. Every image is downloaded and compressed; you get the same file with the new URLs.',
      ),
    ),
    zone.element,
    formatHelp(),
    history.element,
  );
  const close = (): void => {
    zone.close();
    history.close();
  };
  return { element, title: 'New job', close };
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
    h('summary', {}, icon('next'), 'File format'),
    h(
      'div',
      { class: 'stack' },
      h(
        'div',
        { class: 'table-scroll', tabindex: 0, role: 'region', 'aria-label': 'Example file' },
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
        'Only a column of image URLs is needed, under any name. Several URLs go into one cell, separated by commas, or into several columns; all other columns are kept. Exports of Shopify, WooCommerce, Magento and others work as they are: CSV with commas, semicolons or tabs, also as .gz, or XLSX.',
      ),
    ),
  );
};
