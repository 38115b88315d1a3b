import { h, setShare } from '../dom.ts';
import { change, count, size } from '../format.ts';
import type { Status, Summary } from '../types.ts';
import { nameOf } from './gallery/tile.ts';

const SHOWN = 8;

/** Total size before and after, the products with the largest savings, and the webhook's state. */
export const reportPanel = ({ bytes }: Summary, { report, webhook }: Status): HTMLElement | null => {
  if (bytes.in === 0 && webhook === null) return null;
  const most = Math.max(bytes.in, bytes.out);
  const products = (report?.products ?? []).slice(0, SHOWN);
  return h(
    'section',
    { class: 'panel stack', 'aria-labelledby': 'report-title' },
    h('h2', { id: 'report-title' }, 'Savings'),
    bytes.in > 0 &&
      h(
        'table',
        { class: 'chart' },
        h('caption', { class: 'visually-hidden' }, 'Bytes before and after'),
        h(
          'tbody',
          {},
          bar('Before', bytes.in, most, 'before', ''),
          bar('After', bytes.out, most, 'after', change(bytes.in, bytes.out)),
        ),
      ),
    products.length > 0 && productsChart(products),
    (report?.sameBytes ?? []).length > 0 && samePictures(report?.sameBytes ?? []),
    webhook !== null && webhookLine(webhook),
  );
};

const bar = (name: string, value: number, most: number, kind: 'before' | 'after', note: string): HTMLElement => {
  const fillBar = h('span', { class: `chart-bar chart-${kind}` });
  setShare(fillBar, most === 0 ? 0 : value / most);
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, name),
    h('td', { class: 'chart-track' }, fillBar),
    h('td', { class: 'number' }, size(value)),
    h('td', { class: 'number good' }, note),
  );
};

const productsChart = (products: NonNullable<Status['report']>['products']): HTMLElement => {
  const most = Math.max(...products.map(({ bytesIn, bytesOut }) => bytesIn - bytesOut));
  return h(
    'div',
    { class: 'stack-small' },
    h('h3', {}, 'Top products by savings'),
    h(
      'table',
      { class: 'chart' },
      h('caption', { class: 'visually-hidden' }, 'Products with the largest savings'),
      h(
        'tbody',
        {},
        ...products.map(({ row: number, images, bytesIn, bytesOut, ...product }) => {
          const row = bar(
            nameOf({ ...product, row: number ?? 0 }),
            bytesIn - bytesOut,
            most,
            'after',
            change(bytesIn, bytesOut),
          );
          row.querySelector('th')?.setAttribute('title', `${count(images)} images`);
          return row;
        }),
      ),
    ),
  );
};

const samePictures = (groups: NonNullable<NonNullable<Status['report']>['sameBytes']>): HTMLElement =>
  h(
    'div',
    { class: 'stack-small' },
    h('h3', {}, 'Same picture under many URLs'),
    h('p', { class: 'muted small' }, 'The image server may have sent a placeholder instead of the pictures.'),
    h(
      'ul',
      {},
      ...groups.map(({ count: images, bytes, exampleUrls }) =>
        h(
          'li',
          { class: 'break' },
          `${count(images)} images are the same picture of ${size(bytes)}`,
          exampleUrls.length > 0 && `, for example ${exampleUrls.join(' and ')}`,
        ),
      ),
    ),
  );

const WEBHOOK = {
  waiting: 'will be sent when the job finishes',
  pending: 'sending',
  delivered: 'delivered',
  failed: 'failed',
  gone: 'endpoint gone (410)',
} as const;

const webhookLine = ({ url, state, attempts, lastStatus }: NonNullable<Status['webhook']>): HTMLElement => {
  const tries = attempts === 1 ? '1 attempt' : `${count(attempts)} attempts`;
  const last = lastStatus === null ? '' : `, last status ${lastStatus}`;
  return h('p', { class: 'muted small break' }, `Webhook ${url}: ${WEBHOOK[state]} (${tries}${last})`);
};
