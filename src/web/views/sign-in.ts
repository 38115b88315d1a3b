import { h } from '../dom.ts';
import type { View } from './view.ts';

/** In place of what only a key shows. */
export const signInView = (signIn: () => void): View => {
  const element = h(
    'div',
    { class: 'view' },
    h(
      'section',
      { class: 'panel stack signed-out' },
      h('h1', {}, 'Sign in to continue'),
      h('p', { class: 'muted' }, 'Enter your API key. If you have none, ask your administrator.'),
      h(
        'div',
        { class: 'actions' },
        h('button', { type: 'button', class: 'button button-primary', on: { click: signIn } }, 'Sign in'),
      ),
    ),
  );
  return { element, title: 'Sign in' };
};
