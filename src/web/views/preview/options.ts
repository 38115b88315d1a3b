import { OUTPUT_FORMAT_NAMES, OUTPUT_FORMATS, type OutputFormat } from '../../../output-formats.ts';
import { fill, h } from '../../dom.ts';
import { icon } from '../../icons.ts';
import { moreOptions, withMoreOptions } from './more-options.ts';

const FORMAT_HINTS: Readonly<Record<OutputFormat, string>> = {
  jpeg: 'Works everywhere',
  webp: 'Smaller',
  avif: 'Smallest, slower',
  png: 'Keeps transparency',
};

/** The largest side that JPEG allows. */
const MAX_SIDE = 65_500;
const sideField = (name: string, label: string): HTMLInputElement =>
  h('input', {
    type: 'number',
    name,
    min: 1,
    max: MAX_SIDE,
    step: 1,
    inputmode: 'numeric',
    placeholder: label,
    'aria-label': `Largest ${label.toLowerCase()} in pixels`,
  });

/** Compression options; the default is JPEG with quality 50. */
export const optionsForm = (send: HTMLButtonElement, notice: HTMLElement) => {
  const shown = h('output', { for: 'quality', class: 'quality-value' }, '50');
  const quality = h('input', {
    type: 'range',
    id: 'quality',
    name: 'quality',
    min: 1,
    max: 100,
    value: 50,
    on: { input: () => fill(shown, quality.value) },
  });
  const skip = h('input', { type: 'checkbox', id: 'skip', name: 'onInvalidRow', value: 'skip' });
  const skipField = h(
    'div',
    { class: 'check', hidden: true },
    skip,
    h('label', { for: 'skip' }, 'Skip invalid entries and compress the rest'),
  );

  const form = h(
    'form',
    { class: 'panel stack options', 'aria-labelledby': 'options-title' },
    h('h2', { id: 'options-title' }, 'Options'),
    h(
      'fieldset',
      { class: 'field' },
      h('legend', {}, 'Format'),
      h(
        'div',
        { class: 'choices' },
        ...OUTPUT_FORMAT_NAMES.map((value) =>
          h(
            'label',
            { class: 'choice' },
            h('input', { type: 'radio', name: 'format', value, checked: value === 'jpeg' }),
            h('span', { class: 'choice-name' }, OUTPUT_FORMATS[value].label),
            h('span', { class: 'choice-hint' }, FORMAT_HINTS[value]),
          ),
        ),
      ),
    ),
    h(
      'div',
      { class: 'field' },
      h('div', { class: 'label-row' }, h('label', { for: 'quality' }, 'Quality'), shown),
      quality,
      h(
        'div',
        { class: 'scale muted small', 'aria-hidden': 'true' },
        h('span', {}, 'Smaller file'),
        h('span', {}, 'Better quality'),
      ),
    ),
    h(
      'fieldset',
      { class: 'field' },
      h('legend', {}, 'Largest size in pixels ', h('span', { class: 'muted small' }, '(optional)')),
      h(
        'div',
        { class: 'size-fields' },
        sideField('maxWidth', 'Width'),
        h('span', { class: 'muted', 'aria-hidden': 'true' }, '×'),
        sideField('maxHeight', 'Height'),
      ),
      h('p', { class: 'muted small' }, 'Larger images are scaled down. Smaller ones stay as they are.'),
    ),
    h(
      'div',
      { class: 'check' },
      h('input', {
        type: 'checkbox',
        id: 'replace',
        name: 'output',
        value: 'replace',
        'aria-describedby': 'replace-hint',
      }),
      h(
        'div',
        {},
        h('label', { for: 'replace' }, 'Write new URLs into the original columns'),
        h('p', { id: 'replace-hint', class: 'muted small' }, 'To import the file back into your shop.'),
      ),
    ),
    moreOptions(),
    h(
      'details',
      { class: 'disclosure' },
      h('summary', {}, icon('next'), 'Notify a webhook (optional)'),
      h(
        'div',
        { class: 'stack' },
        h(
          'div',
          { class: 'field' },
          h('label', { for: 'webhook-url' }, 'Webhook URL'),
          h('input', {
            type: 'url',
            id: 'webhook-url',
            name: 'webhookUrl',
            maxlength: 2048,
            placeholder: 'https://shop.example/hooks/images',
            'aria-describedby': 'webhook-hint',
          }),
          h('p', { id: 'webhook-hint', class: 'muted small' }, 'One POST request is sent when the job finishes.'),
        ),
        h(
          'div',
          { class: 'field' },
          h('label', { for: 'webhook-secret' }, 'Signing secret'),
          h('input', {
            type: 'password',
            id: 'webhook-secret',
            name: 'webhookSecret',
            autocomplete: 'off',
            placeholder: 'whsec_…',
            pattern: 'whsec_[A-Za-z0-9+\\/]{32,86}={0,2}',
            title: 'whsec_ followed by 24 to 64 bytes in base64',
            'aria-describedby': 'secret-hint',
          }),
          h(
            'p',
            { id: 'secret-hint', class: 'muted small' },
            'Optional. Signs the webhook: whsec_ followed by 24 to 64 bytes in base64.',
          ),
        ),
      ),
    ),
    skipField,
    h('div', { class: 'stack-small' }, send, notice),
  );

  // A repeated click is the same upload; changed options make a new one.
  let idempotencyKey = newKey();
  const changed = (): void => {
    idempotencyKey = newKey();
  };
  form.addEventListener('input', changed);

  const fieldsOf = (): FormData => {
    const fields = new FormData(form);
    // The API rejects an empty URL, so empty fields are omitted.
    for (const [name, value] of [...fields]) if (value === '') fields.delete(name);
    withMoreOptions(fields);
    return fields;
  };

  return {
    element: form,
    /** As they are sent. */
    fields: fieldsOf,
    /** What is sent changed outside this form. */
    changed,
    skips: () => !skipField.hidden && skip.checked,
    offerSkip: (offered: boolean): void => {
      skipField.hidden = !offered;
      if (!offered) skip.checked = false;
    },
    onChange: (handler: () => void): void => form.addEventListener('change', handler),
    onSubmit: (handler: (fields: FormData, idempotencyKey: string) => Promise<void>): void =>
      form.addEventListener('submit', (event) => {
        event.preventDefault();
        void handler(fieldsOf(), idempotencyKey);
      }),
  };
};

/** `randomUUID` is only available on https and localhost. */
const newKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
