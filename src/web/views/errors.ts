import type { CsvError } from '../../csv/csv-errors.ts';
import { h } from '../dom.ts';
import { count, counted } from '../format.ts';
import { icon } from '../icons.ts';

/**
 * The errors of a file with their lines and fixes.
 * @param foundBy `here`: by the page before the upload; `server`: by the rejected upload
 */
export const errorList = (errors: readonly CsvError[], errorCount: number, foundBy: 'here' | 'server'): HTMLElement =>
  h(
    'section',
    { class: 'panel panel-bad stack', role: 'alert', 'aria-label': 'Errors in the file' },
    h(
      'div',
      { class: 'panel-head' },
      icon('warning'),
      h('h2', {}, `${counted(errorCount, 'error')} found`),
      h(
        'p',
        { class: 'muted' },
        foundBy === 'here' ? 'Nothing was uploaded.' : 'The server rejected the file. Nothing was saved.',
      ),
    ),
    h(
      'ol',
      { class: 'errors' },
      ...errors.map(({ line, column, message }) =>
        h(
          'li',
          {},
          h('span', { class: 'error-line' }, `Line ${count(line)}`),
          h('span', { class: 'break' }, column !== null && h('strong', {}, `${column}: `), message),
        ),
      ),
    ),
    errorCount > errors.length && h('p', { class: 'muted' }, `First ${count(errors.length)} shown.`),
  );
