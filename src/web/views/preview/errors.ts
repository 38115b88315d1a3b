import type { CsvError, CsvErrorCode } from '../../../csv/csv-errors.ts';
import { h } from '../../dom.ts';
import { count, counted } from '../../format.ts';
import { icon } from '../../icons.ts';

interface FoundErrors {
  readonly errors: readonly CsvError[];
  readonly errorCount: number;
  readonly errorKinds: readonly { readonly code: CsvErrorCode; readonly count: number }[];
}

const KINDS: Readonly<Partial<Record<CsvErrorCode, string>>> = {
  csv_invalid_url: 'Invalid URL',
  csv_bucket_not_allowed: 'Bucket not allowed',
  csv_no_urls: 'No image URL',
  csv_no_rows: 'No product rows',
  csv_unclosed_quote: 'Quote never closed',
};

/** A title for a kind of error; those without one of their own stay recognizable. */
const titleOf = (code: CsvErrorCode): string => {
  const words = code.replace(/^csv_/, '').replaceAll('_', ' ');
  return KINDS[code] ?? words.charAt(0).toUpperCase() + words.slice(1);
};

/**
 * The errors of a file with their lines and fixes, and how many there are of each kind.
 * @param foundBy `here`: before the upload; `server`: by the rejected upload
 */
export const errorList = (found: FoundErrors, foundBy: 'here' | 'server'): HTMLElement => {
  const { errors, errorCount, errorKinds } = found;
  return h(
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
    errorKinds.length > 1 &&
      h(
        'ul',
        { class: 'error-kinds', 'aria-label': 'Errors by kind' },
        ...errorKinds.map(({ code, count: times }) =>
          h('li', {}, titleOf(code), h('span', { class: 'error-times' }, count(times))),
        ),
      ),
    h(
      'ol',
      // Focusable, so that it can be scrolled with the keyboard.
      { class: 'errors', tabindex: 0, 'aria-label': 'Errors by line' },
      ...errors.map(({ line, column, message }) =>
        h(
          'li',
          {},
          h('span', { class: 'error-line' }, `Line ${count(line)}`),
          h('span', { class: 'break' }, column !== null && h('strong', {}, `${column}: `), hereInstead(message)),
        ),
      ),
    ),
    errorCount > errors.length && h('p', { class: 'muted' }, `First ${count(errors.length)} shown.`),
  );
};

/** The page has a form in place of the API's field. */
const hereInstead = (message: string): string => message.replace(/ with imageColumns\b/g, ' under Columns');
