import { columnLabel } from '../../csv/choice.ts';
import type { Found, FoundRow } from '../../csv/found.ts';
import { h } from '../../dom.ts';
import { count } from '../../format.ts';

const URLS_SHOWN = 3;

/** The first rows as they will be processed. */
export const rowsTable = ({ firstRows, rows, header, columns, sheets }: Found): HTMLElement => {
  const nameOf = (index: number | null | undefined, other: string): string =>
    index === null || index === undefined ? other : columnLabel(header, index);
  const { serialNumber, productName, images = [] } = columns ?? {};
  // Rows without a serial number and a name are shown by their number, in the place of the name.
  const hasSerial = typeof serialNumber === 'number';
  const hasName = typeof productName === 'number' || !hasSerial;
  const head = (label: string, name = ''): HTMLElement => h('th', { scope: 'col', class: name }, label);
  return h(
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
            head(sheets.length > 0 ? 'Row' : 'Line', 'number'),
            hasSerial && head(nameOf(serialNumber, ''), 'cell-head'),
            hasName && head(nameOf(productName, 'Product'), 'cell-head'),
            head(images.length === 1 ? nameOf(images[0], '') : 'Images', 'cell-head'),
          ),
        ),
        h('tbody', {}, ...firstRows.map((row, index) => tableRow(row, index, hasSerial, hasName))),
      ),
    ),
  );
};

const tableRow = (row: FoundRow, index: number, hasSerial: boolean, hasName: boolean): HTMLElement => {
  const { line, serialNumber, productName, urls, invalid } = row;
  const more = urls.length - URLS_SHOWN;
  const unnamed = serialNumber === '' && productName === '';
  const number = h('span', { class: 'muted' }, `Row ${count(index + 1)}`);
  return h(
    'tr',
    invalid ? { class: 'is-invalid' } : {},
    h(
      'td',
      { class: 'number muted' },
      count(line),
      invalid && h('span', { class: 'visually-hidden' }, ' (has an error)'),
    ),
    hasSerial && h('td', { class: 'cell-serial' }, unnamed ? number : serialNumber),
    hasName && h('td', { class: 'cell-name' }, unnamed && !hasSerial ? number : productName),
    h(
      'td',
      { class: 'cell-urls' },
      h(
        'ul',
        { class: 'urls' },
        ...urls.slice(0, URLS_SHOWN).map((url) => h('li', { class: 'url', title: url }, shortUrl(url))),
        more > 0 && h('li', { class: 'muted' }, `and ${count(more)} more`),
        urls.length === 0 && h('li', { class: 'muted' }, 'no image'),
      ),
    ),
  );
};

/** Without the scheme; the tooltip has the full URL. */
export const shortUrl = (url: string): string => url.replace(/^https?:\/\//i, '');
