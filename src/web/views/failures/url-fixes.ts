import { readUrl } from '../../../csv/urls.ts';
import { ApiError, messageOf } from '../../api.ts';
import { fill, h, setText } from '../../dom.ts';
import { count, counted } from '../../format.ts';
import { icon } from '../../icons.ts';
import type { Problem } from '../../types.ts';
import { nameOf, type Shown } from '../gallery/tile.ts';

/** Of one call. */
const MOST = 100;
/** What the server writes in place of credentials. */
const HIDDEN = '***';
const ANY_BUCKET = ['*'];

export interface Fix {
  readonly imageId: string;
  readonly url: string;
}

export interface UrlFixes {
  /** The line of a failed image, with its URL or a field for another one. */
  line(shown: Shown): HTMLElement;
  /** Whether a field is open. */
  isOpen(): boolean;
}

/** A field that is open. */
interface Field {
  readonly input: HTMLInputElement;
  readonly send: HTMLButtonElement;
  readonly showError: (message: string) => void;
  /** Brings all of its form into view. */
  readonly focus: () => void;
}

/**
 * Failed images whose URLs are corrected in their lines. Fields that are open at the same time are sent together: Enter or
 * any of their buttons sends all of them, Escape closes one.
 * @param s3Sources whether `s3://` URLs are accepted; only the server knows which buckets they may name
 * @param send starts the retry of these images
 */
export const createUrlFixes = (s3Sources: boolean, send: (fixes: readonly Fix[]) => Promise<unknown>): UrlFixes => {
  const open = new Map<string, Field>();
  let isSending = false;

  const label = (): void => {
    const text = isSending ? 'Starting…' : open.size === 1 ? 'Retry' : `Retry ${counted(open.size, 'image')}`;
    for (const field of open.values()) {
      setText(field.send, text);
      if (isSending) field.send.setAttribute('aria-disabled', 'true');
      else field.send.removeAttribute('aria-disabled');
      field.input.readOnly = isSending;
    }
  };

  const sendAll = async (): Promise<void> => {
    if (isSending) return;
    const read = [...open].map(([imageId, field]) => {
      const { url, error } = readUrl(field.input.value, s3Sources ? ANY_BUCKET : []);
      return { imageId, field, url, error: error?.code === 'csv_bucket_not_allowed' ? null : error };
    });
    for (const { field, error } of read) field.showError(error?.message ?? '');
    const [invalid] = read.filter(({ error }) => error !== null);
    if (invalid !== undefined) return invalid.field.focus();
    isSending = true;
    label();
    try {
      await send(read.map(({ imageId, url }) => ({ imageId, url })));
    } catch (error) {
      isSending = false;
      label();
      const found = errorsOf(error).flatMap(({ at, message }) => {
        const field = read[at]?.field;
        return field === undefined ? [] : [{ field, message }];
      });
      for (const { field, message } of found) field.showError(message);
      found[0]?.field.focus();
    }
  };

  const line = (shown: Shown): HTMLElement => {
    const { id, inputUrl, error } = shown.image;
    const fix = h('button', { type: 'button', class: 'link fix-url' }, icon('edit'), 'Fix URL');
    const described = `${nameOf(shown)}, row ${count(shown.row)}`;
    fix.setAttribute('aria-label', `Fix URL of ${described}`);
    const parts = [
      /^https?:\/\//i.test(inputUrl)
        ? h('a', { class: 'url', href: inputUrl, target: '_blank', rel: 'noreferrer', title: inputUrl }, inputUrl)
        : h('span', { class: 'url muted', title: inputUrl }, inputUrl),
      h('span', { class: 'break muted' }, error?.message ?? ''),
      fix,
    ];
    const name = h(
      'span',
      { class: 'failed-name' },
      nameOf(shown),
      h('span', { class: 'muted' }, ` · Row ${count(shown.row)}`),
    );
    const element = h('li', { class: 'failed-item' }, name, ...parts);

    const close = (): void => {
      if (isSending) return;
      open.delete(id);
      label();
      element.classList.remove('is-open');
      fill(element, name, ...parts);
      fix.focus();
    };
    fix.addEventListener('click', () => {
      if (open.size >= MOST) return;
      const { form, field } = urlForm(id, described, inputUrl, () => void sendAll(), close);
      open.set(id, field);
      label();
      element.classList.add('is-open');
      fill(element, name, form);
      field.focus();
      field.input.select();
    });
    return element;
  };

  return { line, isOpen: () => open.size > 0 };
};

const urlForm = (id: string, described: string, inputUrl: string, send: () => void, close: () => void) => {
  const isHidden = inputUrl.includes(HIDDEN);
  const ids = { input: `fix-${id}`, note: `fix-note-${id}`, error: `fix-error-${id}` };
  const input = h('input', {
    ...{
      id: ids.input,
      type: 'text',
      inputmode: 'url',
      autocomplete: 'off',
      autocapitalize: 'off',
      spellcheck: 'false',
    },
    'aria-describedby': isHidden ? `${ids.error} ${ids.note}` : ids.error,
  });
  if (!isHidden) input.value = inputUrl;
  const error = h('p', { id: ids.error, class: 'error-text', role: 'alert' });
  const showError = (message: string): void => {
    setText(error, message);
    if (message === '') input.removeAttribute('aria-invalid');
    else input.setAttribute('aria-invalid', 'true');
  };
  input.addEventListener('input', () => showError(''));
  const button = h('button', { type: 'submit', class: 'button button-primary' }, 'Retry');
  const form = h(
    'form',
    {
      class: 'fix-form',
      novalidate: true,
      on: {
        submit: (event) => {
          event.preventDefault();
          send();
        },
        keydown: (event) => {
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          close();
        },
      },
    },
    h('label', { class: 'visually-hidden', for: ids.input }, `New URL of ${described}`),
    h(
      'div',
      { class: 'fix-row' },
      input,
      button,
      h('button', { type: 'button', class: 'button', on: { click: close } }, 'Cancel'),
    ),
    isHidden &&
      h(
        'p',
        { id: ids.note, class: 'muted' },
        `Enter the full URL: a part of ${inputUrl} is hidden here because it is secret.`,
      ),
    error,
  );
  const focus = (): void => {
    input.focus();
    form.scrollIntoView({ block: 'nearest' });
  };
  return { form, field: { input, send: button, showError, focus } };
};

/** The server's errors by their entries; an error of the call is that of the first. */
const errorsOf = (error: unknown): { readonly at: number; readonly message: string }[] => {
  const problem: Problem | null = error instanceof ApiError ? error.problem : null;
  const { errors = [] } = (problem ?? {}) as { readonly errors?: readonly { field?: string; message?: string }[] };
  const named = errors.flatMap(({ field = '', message = '' }) => {
    const at = /^corrections\.(\d+)\./.exec(field)?.[1];
    return at === undefined ? [] : [{ at: Number(at), message: sentenceOf(field, message) }];
  });
  return named.length > 0 ? named : [{ at: 0, message: messageOf(error) }];
};

const sentenceOf = (field: string, message: string): string =>
  field.endsWith('.url') ? message.replace(/^is invalid\. /, '') : `The image ${message.replace(/\.$/, '')}.`;
