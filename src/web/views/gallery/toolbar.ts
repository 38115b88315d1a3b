import { h } from '../../dom.ts';
import type { Choice } from './choice.ts';

const STATES = [
  ['all', 'All'],
  ['completed', 'Done'],
  ['failed', 'Failed'],
] as const;

/** Which images are shown, and in which order. */
export const createToolbar = (onChoice: (choice: Choice) => void) => {
  let state: Choice['state'] = 'all';
  const changed = (): void => {
    for (const [name, button] of buttons) button.setAttribute('aria-pressed', String(name === state));
    onChoice({ state, words: search.value, order: order.value as Choice['order'] });
  };
  const buttons = STATES.map(
    ([name, label]) =>
      [
        name,
        h(
          'button',
          {
            type: 'button',
            class: 'segment',
            'aria-pressed': String(name === 'all'),
            on: {
              click: () => {
                state = name;
                changed();
              },
            },
          },
          label,
        ),
      ] as const,
  );
  const search = h('input', {
    type: 'search',
    class: 'gallery-search',
    placeholder: 'Search products',
    'aria-label': 'Search products',
    autocomplete: 'off',
    on: { input: changed },
  });
  const order = h(
    'select',
    { class: 'gallery-order', 'aria-label': 'Sort by', on: { change: changed } },
    h('option', { value: 'position' }, 'File order'),
    h('option', { value: 'saving' }, 'Largest saving'),
    h('option', { value: 'size' }, 'Largest file'),
  );
  return h(
    'div',
    { class: 'gallery-tools', role: 'group', 'aria-label': 'Images shown' },
    h('div', { class: 'segments' }, ...buttons.map(([, button]) => button)),
    search,
    order,
  );
};
