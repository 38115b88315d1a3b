import { h, setText } from './dom.ts';
import { type IconName, icon } from './icons.ts';

const SAID_MS = 2_000;

/** Copies text; on plain http, where browsers have no clipboard, through a selection. False if that is refused as well. */
const copyText = async (text: string): Promise<boolean> => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = h('textarea', { class: 'visually-hidden', 'aria-hidden': 'true', tabindex: -1 });
    const focused = document.activeElement;
    area.value = text;
    // Under an open dialog nothing can be selected.
    (document.querySelector('dialog[open]') ?? document.body).append(area);
    area.select();
    const isCopied = document.execCommand('copy');
    area.remove();
    if (focused instanceof HTMLElement) focused.focus();
    return isCopied;
  }
};

export interface CopyButton {
  readonly label: string;
  readonly text: () => string;
  readonly look: string;
  readonly symbol?: IconName;
  /** Said when the browser refuses. */
  readonly refused?: string;
}

/** A button that copies a text and says so. */
export const copyButton = (options: CopyButton): HTMLElement => {
  const { label, text, look, symbol, refused = 'Copying failed' } = options;
  const said = h('span', { 'aria-live': 'polite' }, label);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const copy = async (): Promise<void> => {
    setText(said, (await copyText(text())) ? 'Copied' : refused);
    clearTimeout(timer);
    timer = setTimeout(() => setText(said, label), SAID_MS);
  };
  const click = (): void => void copy();
  return h('button', { type: 'button', class: look, on: { click } }, symbol !== undefined && icon(symbol), said);
};
