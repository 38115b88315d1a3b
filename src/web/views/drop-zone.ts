import { messageOf } from '../api.ts';
import { linkName, type Source } from '../csv/source.ts';
import { fill, h } from '../dom.ts';
import { icon } from '../icons.ts';

const WORKBOOK = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** Accepts a table: dropped anywhere on the page, chosen, pasted, by link, or the sample. */
export const dropZone = (hasSample: boolean, onSource: (source: Source) => void) => {
  const notice = h('div', { role: 'alert' });
  const input = h('input', {
    type: 'file',
    id: 'file',
    class: 'visually-hidden',
    accept: `.csv,.tsv,.txt,.xlsx,.gz,text/csv,text/plain,${WORKBOOK}`,
    on: { change: () => takeFile(input.files?.[0]) },
  });
  const takeFile = (file: File | undefined): void => {
    if (file !== undefined) onSource({ name: file.name, file });
  };
  const takeText = (text: string): void => {
    const link = text.trim();
    if (/^https?:\/\/\S+$/i.test(link)) onSource({ name: linkName(link), link });
    else onSource({ name: 'Pasted rows.csv', file: new Blob([text], { type: 'text/csv' }) });
  };

  const takeSample = async (): Promise<void> => {
    try {
      const response = await fetch('/samples/products.csv');
      if (!response.ok) throw new Error(`the sample returned status ${response.status}`);
      onSource({ name: 'Sample products.csv', file: await response.blob() });
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
          takeText(text.value);
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
          takeText(link.value);
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
    hasSample && h('p', { class: 'muted small' }, 'Seven photos included; works offline.'),
  );

  // The whole window accepts drops: a file dropped next to the zone would otherwise replace the page.
  let depth = 0;
  const listening = new AbortController();
  const on = <Name extends keyof WindowEventMap>(name: Name, handler: (event: WindowEventMap[Name]) => void): void =>
    addEventListener(name, handler, { signal: listening.signal });
  const hover = (change: number): void => {
    depth = change === 0 ? 0 : depth + change;
    zone.classList.toggle('is-over', depth > 0);
  };
  on('dragenter', () => hover(1));
  on('dragleave', () => hover(-1));
  on('dragover', (event) => event.preventDefault());
  on('drop', (event) => {
    event.preventDefault();
    hover(0);
    const dropped = event.dataTransfer?.getData('text/plain') ?? '';
    const file = event.dataTransfer?.files[0];
    if (file !== undefined) takeFile(file);
    else if (dropped !== '') takeText(dropped);
  });
  on('paste', (event) => {
    if (event.target instanceof HTMLTextAreaElement || event.target instanceof HTMLInputElement) return;
    const pasted = event.clipboardData?.getData('text/plain') ?? '';
    const file = event.clipboardData?.files[0];
    if (file !== undefined) takeFile(file);
    else if (pasted.trim() !== '') takeText(pasted);
  });

  const element = h('section', { class: 'stack', 'aria-label': 'New job' }, input, zone, notice, paste);
  return { element, close: () => listening.abort() };
};
