import type { CsvRow } from '../../csv/rows.ts';
import type { Preview } from '../csv/inspect.ts';
import { h } from '../dom.ts';
import { count } from '../format.ts';

const URLS_SHOWN = 3;

/** The first rows as parsed. */
export const rowsTable = ({ firstRows, rows }: Preview): HTMLElement =>
  h(
    'section',
    { class: 'panel panel-flush', 'aria-labelledby': 'rows-title' },
    h(
      'div',
      { class: 'panel-head' },
      h('h2', { id: 'rows-title' }, 'Preview'),
      h(
        'p',
        { class: 'muted' },
        rows > firstRows.length ? `First ${firstRows.length} of ${count(rows)} rows` : 'All rows',
      ),
    ),
    h(
      'div',
      { class: 'table-scroll', tabindex: 0, role: 'region', 'aria-label': 'First rows of the file' },
      h(
        'table',
        {},
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            h('th', { scope: 'col', class: 'number' }, 'Line'),
            h('th', { scope: 'col' }, 'S. No.'),
            h('th', { scope: 'col' }, 'Product'),
            h('th', { scope: 'col' }, 'Images'),
          ),
        ),
        h('tbody', {}, ...firstRows.map(tableRow)),
      ),
    ),
  );

const tableRow = ({ line, serialNumber, productName, images, errors }: CsvRow): HTMLElement => {
  const bad = errors.length > 0;
  const more = images.length - URLS_SHOWN;
  return h(
    'tr',
    bad ? { class: 'is-invalid' } : {},
    h('td', { class: 'number muted' }, count(line), bad && h('span', { class: 'visually-hidden' }, ' (has an error)')),
    h('td', {}, serialNumber),
    h('td', { class: 'cell-name' }, productName),
    h(
      'td',
      {},
      h(
        'ul',
        { class: 'urls' },
        ...images.slice(0, URLS_SHOWN).map(({ url }) => h('li', { class: 'url', title: url }, shortUrl(url))),
        more > 0 && h('li', { class: 'muted' }, `and ${count(more)} more`),
        images.length === 0 && h('li', { class: 'muted' }, 'none'),
      ),
    ),
  );
};

/** Without the scheme; the tooltip has the full URL. */
const shortUrl = (url: string): string => url.replace(/^https?:\/\//i, '');
