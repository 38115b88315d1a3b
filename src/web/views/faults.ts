import type { CsvError } from '../../csv/csv-errors.ts';
import { h } from '../dom.ts';
import { count, counted } from '../format.ts';
import { icon } from '../icons.ts';

/**
 * Every fault at its line, with what to do.
 * @param foundBy `here`: by the page, nothing was sent; `server`: the upload was refused
 */
export const faultList = (faults: readonly CsvError[], faultCount: number, foundBy: 'here' | 'server'): HTMLElement =>
  h(
    'section',
    { class: 'panel panel-bad stack', role: 'alert', 'aria-label': 'Faults of the file' },
    h(
      'div',
      { class: 'panel-head' },
      icon('warning'),
      h('h2', {}, `${counted(faultCount, 'fault')} in the file`),
      h(
        'p',
        { class: 'muted' },
        foundBy === 'here' ? 'Nothing was sent.' : 'The service refused the file; nothing was stored.',
      ),
    ),
    h(
      'ol',
      { class: 'faults' },
      ...faults.map(({ line, column, message }) =>
        h(
          'li',
          {},
          h('span', { class: 'fault-line' }, `Line ${count(line)}`),
          h('span', { class: 'break' }, column !== null && h('strong', {}, `${column}: `), message),
        ),
      ),
    ),
    faultCount > faults.length && h('p', { class: 'muted' }, `The first ${count(faults.length)} are shown.`),
  );
