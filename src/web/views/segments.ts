import { h } from '../dom.ts';

/** Buttons of which one is pressed, the first to begin with. */
export const segments = <Value extends string>(
  label: string,
  options: readonly (readonly [value: Value, text: string])[],
  onChoose: (value: Value) => void,
): HTMLElement => {
  const buttons = options.map(([value, text], at) => {
    const click = (): void => {
      for (const other of buttons) other.setAttribute('aria-pressed', String(other === button));
      onChoose(value);
    };
    const button = h(
      'button',
      { type: 'button', class: 'segment', 'aria-pressed': String(at === 0), on: { click } },
      text,
    );
    return button;
  });
  return h('div', { class: 'segments', role: 'group', 'aria-label': label }, ...buttons);
};
