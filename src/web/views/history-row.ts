import { fill, h, setShare } from '../dom.ts';
import { ago, change, count, counted, encodingOf, moment, size } from '../format.ts';
import { icon } from '../icons.ts';
import { isFinal, type Summary } from '../types.ts';
import { nameOf } from './job/header.ts';
import { statusPill } from './status.ts';

export interface Row {
  readonly element: HTMLElement;
  show(summary: Summary): void;
  isRunning(): boolean;
  /** Focuses what deletes the job. */
  focus(): void;
}

/** A job of the list; drawn again in place, so that it keeps the focus. */
export const createRow = (first: Summary, onDelete: (summary: Summary) => void): Row => {
  let summary = first;
  let drawn = '';
  const link = h('a', { class: 'history-entry', href: `#/requests/${first.requestId}` });
  const button = h(
    'button',
    { type: 'button', class: 'history-delete', on: { click: () => onDelete(summary) } },
    icon('trash'),
  );

  const show = (next: Summary): void => {
    summary = next;
    const time = ago(next.createdAt, Date.now());
    const state = JSON.stringify([next, time]);
    if (state === drawn) return;
    drawn = state;
    button.setAttribute('aria-label', `Delete ${nameOf(next)}`);
    button.title = 'Delete';
    fill(link, ...cells(next, time));
  };
  show(first);
  return {
    element: h('li', {}, link, button),
    show,
    isRunning: () => !isFinal(summary),
    focus: () => button.focus(),
  };
};

const cells = (summary: Summary, time: string): HTMLElement[] => {
  const { createdAt, bytes, options } = summary;
  const saved = bytes.in > bytes.out ? `${size(bytes.in - bytes.out)} saved, ${change(bytes.in, bytes.out)}` : '';
  return [
    h('span', { class: 'history-name', title: encodingOf(options) }, nameOf(summary)),
    h('span', { class: 'history-images muted' }, isFinal(summary) ? imagesOf(summary) : running(summary)),
    h('span', { class: 'history-state' }, statusPill(summary)),
    h('span', { class: 'history-saved muted' }, saved),
    h('time', { class: 'history-time muted', datetime: createdAt, title: moment(createdAt) }, time),
  ];
};

const imagesOf = ({ progress: { total, failed } }: Summary): string =>
  `${counted(total, 'image')}${failed > 0 ? `, ${failed === total ? 'all' : count(failed)} failed` : ''}`;

const running = ({ progress: { total, pending, percent } }: Summary): HTMLElement => {
  const bar = h('span', { class: 'history-bar' }, h('span', { class: 'history-bar-done' }));
  setShare(bar, percent / 100);
  return h('span', { class: 'history-running' }, bar, `${count(total - pending)} of ${count(total)}`);
};
