import { h } from '../../dom.ts';
import { clock, count } from '../../format.ts';
import type { Delivery } from '../../types.ts';

/** Every attempt, newest first; with a heading for each run when there were several. */
export const attemptLists = (deliveries: readonly Delivery[], now: number): HTMLElement[] =>
  deliveries
    .filter(({ log }) => log.length > 0)
    .flatMap(({ run, log, attempts, sending }) => {
      const missing = attempts - log.length - (sending ? 1 : 0);
      return [
        ...(deliveries.length > 1 ? [h('h3', {}, `Run ${count(run)}`)] : []),
        h('ol', { class: 'attempts' }, ...log.map((one) => attempt(one, now))),
        ...(missing > 0 ? [h('p', { class: 'muted small' }, `${count(missing)} more, not listed.`)] : []),
      ];
    });

const attempt = ({ at, status, durationMs, error, answer }: Delivery['log'][number], now: number): HTMLElement =>
  h(
    'li',
    {},
    h('time', { datetime: at }, clock(at, now)),
    h('span', { class: error === null ? 'good' : 'error-text' }, status === null ? 'No response' : `HTTP ${status}`),
    h('span', { class: 'number muted' }, `${count(durationMs)} ms`),
    h(
      'span',
      { class: 'break' },
      error ?? 'Accepted.',
      answer !== null && answer.trim() !== '' && h('code', { class: 'attempt-answer' }, answer.trim()),
    ),
  );
