import { MAX_OUTPUTS } from '../../../output-formats.ts';
import { h } from '../../dom.ts';
import { icon } from '../../icons.ts';

const FURTHER_OUTPUTS = 'furtherOutputs';
const WHITE = '#ffffff';

/** Options that few need, closed at first. */
export const moreOptions = (): HTMLElement =>
  h(
    'details',
    { class: 'disclosure' },
    h('summary', {}, icon('next'), 'More options'),
    h(
      'div',
      { class: 'stack' },
      h(
        'div',
        { class: 'field' },
        h('label', { for: 'background' }, 'Background of transparent images in JPEG'),
        h('input', { type: 'color', id: 'background', name: 'background', value: WHITE }),
      ),
      h(
        'div',
        { class: 'check' },
        h('input', {
          ...{ type: 'checkbox', id: 'rights', name: 'metadata', value: 'rights' },
          'aria-describedby': 'rights-hint',
        }),
        h(
          'div',
          {},
          h('label', { for: 'rights' }, 'Keep copyright and credit'),
          h('p', { id: 'rights-hint', class: 'muted small' }, 'Location, camera and all other metadata are removed.'),
        ),
      ),
      h(
        'div',
        { class: 'field' },
        h('label', { for: 'further-outputs' }, 'More outputs of each image'),
        h('input', {
          ...{ type: 'text', id: 'further-outputs', name: FURTHER_OUTPUTS, maxlength: 200 },
          ...{ autocomplete: 'off', spellcheck: 'false', placeholder: 'webp:50:1600, avif:45:800' },
          'aria-describedby': 'further-outputs-hint',
        }),
        h(
          'p',
          { id: 'further-outputs-hint', class: 'muted small' },
          `Up to ${MAX_OUTPUTS - 1}, as format:quality:longest side. Each gets its own files and columns.`,
        ),
      ),
    ),
  );

/** Leaves out what is the default, and sends the further outputs as `outputs`, which has format and quality too. */
export const withMoreOptions = (fields: FormData): void => {
  if (fields.get('background') === WHITE) fields.delete('background');
  const further = fields.get(FURTHER_OUTPUTS);
  fields.delete(FURTHER_OUTPUTS);
  if (typeof further !== 'string' || further.trim() === '') return;
  fields.set('outputs', `${fields.get('format')}:${fields.get('quality')},${further}`);
  fields.delete('format');
  fields.delete('quality');
};
