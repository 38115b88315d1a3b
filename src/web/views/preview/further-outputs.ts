import { MAX_OUTPUTS } from '../../../output-formats.ts';
import { h } from '../../dom.ts';
import { icon } from '../../icons.ts';

const NAME = 'furtherOutputs';

/** Asks for outputs next to the one of the chosen format and quality. */
export const furtherOutputsField = (): HTMLElement =>
  h(
    'details',
    { class: 'disclosure' },
    h('summary', {}, icon('next'), 'More outputs of each image (optional)'),
    h(
      'div',
      { class: 'field' },
      h('label', { for: 'further-outputs' }, 'Format, quality and longest side'),
      h('input', {
        type: 'text',
        id: 'further-outputs',
        name: NAME,
        maxlength: 200,
        autocomplete: 'off',
        spellcheck: 'false',
        placeholder: 'webp:50:1600, avif:45:800',
        'aria-describedby': 'further-outputs-hint',
      }),
      h(
        'p',
        { id: 'further-outputs-hint', class: 'muted small' },
        `Up to ${MAX_OUTPUTS - 1}, next to the one chosen above; each gets files and columns of its own.`,
      ),
    ),
  );

/** Sends them as `outputs`, which has format and quality too. */
export const combineOutputs = (fields: FormData): void => {
  const further = fields.get(NAME);
  fields.delete(NAME);
  if (typeof further !== 'string' || further.trim() === '') return;
  fields.set('outputs', `${fields.get('format')}:${fields.get('quality')},${further}`);
  fields.delete('format');
  fields.delete('quality');
};
