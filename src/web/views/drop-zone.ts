import { ApiError, messageOf } from '../api.ts';
import { fill, h } from '../dom.ts';
import { icon } from '../icons.ts';
import { sourceOfText, type Take, takePastes } from './dropping.ts';

const WORKBOOK = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** Accepts a table: chosen, pasted, by link, or the sample. What is dropped is taken in every view. */
export const dropZone = (hasSample: boolean, take: Take) => {
  const notice = h('div', { role: 'alert' });
  const input = h('input', {
    type: 'file',
    id: 'file',
    class: 'visually-hidden',
    accept: `.csv,.tsv,.txt,.xlsx,.gz,text/csv,text/plain,${WORKBOOK}`,
    on: { change: () => takeFile(input.files?.[0]) },
  });
  const takeFile = (file: File | undefined): void => {
    if (file !== undefined) take({ name: file.name, file });
  };
  const takeSample = async (): Promise<void> => {
    fill(notice);
    try {
      const response = await fetch('/samples/products.csv').catch(() => {
        throw new ApiError(null);
      });
      if (!response.ok) throw new Error(`the sample returned status ${response.status}`);
      take({ name: 'Sample products.csv', file: await response.blob() });
    } catch (error) {
      fill(notice, h('p', { class: 'error-text' }, messageOf(error)));
    }
  };

  const text = h('textarea', {
    id: 'pasted',
    rows: 6,
    spellcheck: 'false',
    placeholder: 'S. No.,Product Name,Input Image Urls',
  });
  const paste = h(
    'form',
    {
      class: 'stack paste',
      hidden: true,
      on: {
        submit: (event) => {
          event.preventDefault();
          take(sourceOfText(text.value));
        },
      },
    },
    h(
      'div',
      { class: 'field' },
      h('label', { for: 'pasted' }, 'Paste CSV text, or rows copied from a spreadsheet'),
      text,
    ),
    h('div', { class: 'actions' }, h('button', { type: 'submit', class: 'button button-primary' }, 'Preview')),
  );
  const pasteButton = h(
    'button',
    {
      type: 'button',
      class: 'link',
      'aria-expanded': 'false',
      on: {
        click: () => {
          paste.hidden = !paste.hidden;
          pasteButton.setAttribute('aria-expanded', String(!paste.hidden));
          if (!paste.hidden) text.focus();
        },
      },
    },
    'Paste rows',
  );

  const link = h('input', {
    type: 'url',
    id: 'link',
    required: true,
    maxlength: 2048,
    placeholder: 'https://docs.google.com/spreadsheets/…',
  });
  const linkForm = h(
    'form',
    {
      class: 'link-form',
      on: {
        submit: (event) => {
          event.preventDefault();
          take(sourceOfText(link.value));
        },
      },
    },
    h('label', { for: 'link', class: 'muted small' }, 'or paste a link to a CSV, XLSX or Google Sheet'),
    h('div', { class: 'link-row' }, link, h('button', { type: 'submit', class: 'button' }, 'Open')),
  );

  const zone = h(
    'div',
    { class: 'drop-zone' },
    h('span', { class: 'drop-mark' }, icon('upload')),
    h('p', { class: 'drop-title' }, 'Drop a CSV or Excel file here, or paste rows'),
    h('label', { for: 'file', class: 'button button-primary' }, 'Choose file'),
    linkForm,
    h(
      'p',
      { class: 'drop-more' },
      pasteButton,
      hasSample &&
        h('button', { type: 'button', class: 'link', on: { click: () => void takeSample() } }, 'Try a sample'),
    ),
    hasSample && h('p', { class: 'muted small drop-note' }, 'Seven photos included; works offline.'),
  );

  const listening = new AbortController();
  takePastes(take, listening.signal);
  // An error of the network says nothing once the network is back.
  addEventListener('online', () => fill(notice), { signal: listening.signal });

  const element = h('section', { class: 'stack', 'aria-label': 'New job' }, input, zone, notice, paste);
  return { element, close: () => listening.abort() };
};
