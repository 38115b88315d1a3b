import { linkName, type Source } from '../csv/source.ts';

/** @param note what the person should know about what was taken */
export type Take = (source: Source, note?: string) => void;

/** A link to a table, or rows. */
export const sourceOfText = (text: string): Source => {
  const link = text.trim();
  if (/^https?:\/\/\S+$/i.test(link)) return { name: linkName(link), link };
  return { name: 'Pasted rows.csv', file: new Blob([text], { type: 'text/csv' }) };
};

const oneOf = (files: ArrayLike<File>, take: Take): void => {
  const [first] = Array.from(files);
  if (first === undefined) return;
  const note = `Only one file can be opened at a time. This is “${first.name}”, the first of ${files.length}.`;
  take({ name: first.name, file: first }, files.length > 1 ? note : undefined);
};

const isTextField = (target: EventTarget | null): boolean =>
  target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement;

/**
 * Takes what is dropped anywhere in the window, in every view: the browser would leave the page for the file. While
 * something is dragged over it, the body has the class `is-dropping`.
 */
export const takeDrops = (take: Take): void => {
  let depth = 0;
  const hover = (change: number): void => {
    depth = change === 0 ? 0 : Math.max(0, depth + change);
    document.body.classList.toggle('is-dropping', depth > 0);
  };
  addEventListener('dragenter', () => hover(1));
  addEventListener('dragleave', () => hover(-1));
  addEventListener('dragover', (event) => event.preventDefault());
  addEventListener('drop', (event) => {
    hover(0);
    const { files } = event.dataTransfer ?? {};
    const text = event.dataTransfer?.getData('text/plain') ?? '';
    // Text can be dragged into a field, or within it.
    if (files?.length === 0 && isTextField(event.target)) return;
    event.preventDefault();
    if (files !== undefined && files.length > 0) oneOf(files, take);
    else if (text.trim() !== '') take(sourceOfText(text));
  });
};

/** Takes what is pasted, but not into a field. */
export const takePastes = (take: Take, signal: AbortSignal): void =>
  addEventListener(
    'paste',
    (event) => {
      if (isTextField(event.target)) return;
      const { files } = event.clipboardData ?? {};
      const text = event.clipboardData?.getData('text/plain') ?? '';
      if (files !== undefined && files.length > 0) oneOf(files, take);
      else if (text.trim() !== '') take(sourceOfText(text));
    },
    { signal },
  );
