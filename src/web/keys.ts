import type { KeyStore } from './api.ts';
import { h } from './dom.ts';

const NAME = 'api-key';

/** Keeps the API key for this tab (sessionStorage). Concurrent calls share one dialog. */
export const createKeys = (onChange: () => void): KeyStore & { forget(): void } => {
  let asking: Promise<string | null> | null = null;

  const ask = (reason: string | null): Promise<string | null> =>
    new Promise((resolve) => {
      const input = h('input', {
        id: 'key',
        type: 'password',
        autocomplete: 'off',
        spellcheck: 'false',
        required: true,
        maxlength: 512,
        ...(reason === null ? {} : { 'aria-invalid': 'true', 'aria-describedby': 'key-error' }),
      });
      const dialog = h(
        'dialog',
        { class: 'dialog dialog-small', 'aria-labelledby': 'key-title' },
        h(
          'form',
          { method: 'dialog', class: 'stack' },
          h('h2', { id: 'key-title' }, 'API key'),
          h('p', { class: 'muted' }, "Enter your API key to continue. It's kept until you close this tab."),
          h(
            'div',
            { class: 'field' },
            h('label', { for: 'key' }, 'Key'),
            input,
            reason !== null && h('p', { id: 'key-error', class: 'error-text', role: 'alert' }, reason),
          ),
          h(
            'div',
            { class: 'actions actions-end' },
            h('button', { type: 'button', class: 'button', on: { click: () => dialog.close() } }, 'Cancel'),
            h('button', { type: 'submit', class: 'button button-primary', value: 'ok' }, 'Continue'),
          ),
        ),
      );
      dialog.addEventListener('close', () => {
        const key = dialog.returnValue === 'ok' ? input.value.trim() : '';
        if (key !== '') sessionStorage.setItem(NAME, key);
        dialog.remove();
        onChange();
        resolve(key === '' ? null : key);
      });
      document.body.append(dialog);
      dialog.showModal();
      input.focus();
    });

  return {
    get: () => sessionStorage.getItem(NAME),
    ask: (reason) => {
      asking ??= ask(reason).finally(() => {
        asking = null;
      });
      return asking;
    },
    forget: () => {
      sessionStorage.removeItem(NAME);
      onChange();
    },
  };
};
