import { h } from '../dom.ts';

/** Asks before something that cannot be undone. The focus is on Cancel. */
export const confirmed = (title: string, text: string, action: string): Promise<boolean> =>
  new Promise((resolve) => {
    const dialog = h(
      'dialog',
      { class: 'dialog dialog-small', 'aria-labelledby': 'confirm-title', 'aria-describedby': 'confirm-text' },
      h(
        'form',
        { method: 'dialog', class: 'stack' },
        h('h2', { id: 'confirm-title', class: 'break' }, title),
        h('p', { id: 'confirm-text', class: 'muted' }, text),
        h(
          'div',
          { class: 'actions actions-end' },
          h('button', { type: 'submit', class: 'button', value: '' }, 'Cancel'),
          h('button', { type: 'submit', class: 'button button-danger', value: 'ok' }, action),
        ),
      ),
    );
    const left = new AbortController();
    // Back leads to another view, which it is not about.
    addEventListener('hashchange', () => dialog.close(), { signal: left.signal });
    dialog.addEventListener('close', () => {
      left.abort();
      dialog.remove();
      resolve(dialog.returnValue === 'ok');
    });
    document.body.append(dialog);
    dialog.showModal();
  });
