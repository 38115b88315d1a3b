import { type Api, messageOf } from '../api.ts';
import { fill, h } from '../dom.ts';
import { ago, counted, encodingOf, moment, size } from '../format.ts';
import type { RequestList, Summary } from '../types.ts';
import { statusPill } from './status.ts';

const PAGE = 8;

/** Recent jobs, newest first. */
export const historySection = (api: Api): HTMLElement => {
  const list = h('ul', { class: 'history' });
  const more = h('div', { class: 'actions' });
  const notice = h('div', { class: 'notice-place' }, h('p', { class: 'muted' }, 'Loading…'));

  const show = ({ requests, next }: RequestList): void => {
    fill(notice);
    list.append(...requests.map((request) => h('li', {}, entry(request))));
    if (list.children.length === 0) {
      fill(notice, h('p', { class: 'muted empty' }, 'No jobs yet. Your uploads will appear here.'));
    }
    fill(
      more,
      next !== null &&
        h(
          'button',
          { type: 'button', class: 'button', on: { click: () => void load(() => api.follow(next)) } },
          'Show more',
        ),
    );
  };
  const load = async (read: () => Promise<RequestList>): Promise<void> => {
    try {
      show(await read());
    } catch (error) {
      fill(notice, h('p', { class: 'error-text', role: 'alert' }, messageOf(error)));
    }
  };
  void load(() => api.list(PAGE));
  return h(
    'section',
    { class: 'stack', 'aria-labelledby': 'history-title' },
    h('h2', { id: 'history-title' }, 'Recent jobs'),
    notice,
    list,
    more,
  );
};

const entry = (request: Summary): HTMLElement => {
  const { requestId, createdAt, progress, bytes, options } = request;
  const failed =
    progress.failed > 0
      ? `, ${progress.failed === progress.total ? 'all' : progress.failed.toLocaleString('en')} failed`
      : '';
  const saved = bytes.in > bytes.out ? `${size(bytes.in - bytes.out)} saved` : '';
  return h(
    'a',
    { class: 'history-entry', href: `#/requests/${requestId}` },
    h('span', { class: 'history-main' }, `${counted(progress.total, 'image')}${failed}`),
    h('span', { class: 'history-options muted' }, encodingOf(options)),
    h('span', { class: 'history-saved muted' }, saved),
    h(
      'time',
      { class: 'history-time muted', datetime: createdAt, title: moment(createdAt) },
      ago(createdAt, Date.now()),
    ),
    statusPill(request),
  );
};
