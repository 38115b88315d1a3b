import { h } from '../../dom.ts';
import { segments } from '../segments.ts';
import { type Choice, EVERYTHING } from './choice.ts';

const STATES = [
  ['all', 'All'],
  ['completed', 'Done'],
  ['failed', 'Failed'],
] as const;

/** Which images are shown, and in which order. */
export const createToolbar = (onChoice: (choice: Choice) => void) => {
  let choice = EVERYTHING;
  const choose = (changed: Partial<Choice>): void => {
    choice = { ...choice, ...changed };
    onChoice(choice);
  };
  const search = h('input', {
    type: 'search',
    class: 'gallery-search',
    placeholder: 'Search products',
    'aria-label': 'Search products',
    autocomplete: 'off',
    on: { input: () => choose({ words: search.value }) },
  });
  const order = h(
    'select',
    {
      class: 'gallery-order',
      'aria-label': 'Sort by',
      on: { change: () => choose({ order: order.value as Choice['order'] }) },
    },
    h('option', { value: 'position' }, 'File order'),
    h('option', { value: 'saving' }, 'Largest saving'),
    h('option', { value: 'size' }, 'Largest file'),
  );
  const states = segments('Filter images by state', STATES, (state) => choose({ state }));
  return h('div', { class: 'gallery-tools', role: 'group', 'aria-label': 'Images shown' }, states, search, order);
};
