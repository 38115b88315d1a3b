import { copyText } from '../../copy.ts';
import { h, setText } from '../../dom.ts';

const SAID_MS = 2_000;

/** A button that copies a text and says so. */
export const copyButton = (label: string, textOf: () => string): HTMLElement => {
  const said = h('span', { 'aria-live': 'polite' }, label);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const copy = async (): Promise<void> => {
    setText(said, (await copyText(textOf())) ? 'Copied' : 'Copying failed');
    clearTimeout(timer);
    timer = setTimeout(() => setText(said, label), SAID_MS);
  };
  return h('button', { type: 'button', class: 'link', on: { click: () => void copy() } }, said);
};
