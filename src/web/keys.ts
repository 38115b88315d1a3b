import type { KeyStore } from './api.ts';
import { h } from './dom.ts';

const NAME = 'api-key';

/** A store may be forbidden, for example in a frame or by a setting of the browser. */
const stored = (store: () => Storage): string | null => {
  try {
    return store().getItem(NAME);
  } catch {
    return null;
  }
};

const STORES = [() => sessionStorage, () => localStorage] as const;

export interface Keys extends KeyStore {
  forget(): void;
}

/**
 * Keeps the API key for this tab, or for this browser if the person says so. Concurrent calls share one dialog.
 * @param onChange called after the dialog and after signing out, here or in another tab
 */
export const createKeys = (onChange: (outcome: 'kept' | 'cancelled' | 'forgotten') => void): Keys => {
  let asking: Promise<string | null> | null = null;
  /** If no store works: until the page is left. */
  let here: string | null = null;

  const forget = (): void => {
    here = null;
    for (const store of STORES) {
      try {
        store().removeItem(NAME);
      } catch {
        // Nothing was stored there.
      }
    }
  };
  const keep = (key: string, remembered: boolean): void => {
    forget();
    here = key;
    try {
      (remembered ? localStorage : sessionStorage).setItem(NAME, key);
    } catch {
      // Kept until the page is left.
    }
  };

  const ask = (reason: string | null): Promise<string | null> =>
    new Promise((resolve) => {
      const wasRemembered = stored(() => localStorage) !== null;
      const input = h('input', {
        ...{ id: 'key', name: 'password', type: 'password', autocomplete: 'current-password' },
        ...{ autocapitalize: 'off', spellcheck: 'false', required: true, maxlength: 512 },
        ...(reason === null ? {} : { 'aria-invalid': 'true', 'aria-describedby': 'key-error' }),
      });
      const remember = h('input', { type: 'checkbox', id: 'remember', 'aria-describedby': 'remember-hint' });
      remember.checked = wasRemembered;
      // Password managers file what they keep under a name.
      const username = h('input', {
        ...{ type: 'text', name: 'username', autocomplete: 'username', value: 'API key' },
        ...{ readonly: true, tabindex: -1, 'aria-hidden': 'true' },
      });
      const dialog = h(
        'dialog',
        { class: 'dialog dialog-small', 'aria-labelledby': 'key-title' },
        h(
          'form',
          { method: 'dialog', class: 'stack' },
          h('h2', { id: 'key-title' }, 'Sign in'),
          h('span', { class: 'visually-hidden' }, username),
          h(
            'div',
            { class: 'field' },
            h('label', { for: 'key' }, 'API key'),
            input,
            reason !== null && h('p', { id: 'key-error', class: 'error-text', role: 'alert' }, reason),
          ),
          h(
            'div',
            { class: 'check' },
            remember,
            h(
              'div',
              {},
              h('label', { for: 'remember' }, 'Keep me signed in on this device'),
              h('p', { id: 'remember-hint', class: 'muted small' }, 'Otherwise until you close this tab.'),
            ),
          ),
          h(
            'div',
            { class: 'actions actions-end' },
            h('button', { type: 'button', class: 'button', on: { click: () => dialog.close() } }, 'Cancel'),
            h('button', { type: 'submit', class: 'button button-primary', value: 'ok' }, 'Sign in'),
          ),
        ),
      );
      dialog.addEventListener('close', () => {
        const key = dialog.returnValue === 'ok' ? input.value.trim() : '';
        // A key that was refused is of no more use.
        if (key !== '') keep(key, remember.checked);
        else if (reason !== null) forget();
        dialog.remove();
        onChange(key === '' ? 'cancelled' : 'kept');
        resolve(key === '' ? null : key);
      });
      document.body.append(dialog);
      dialog.showModal();
      input.focus();
    });

  addEventListener('storage', ({ key, newValue }) => {
    if (key !== NAME && key !== null) return;
    if (newValue !== null) return onChange('kept');
    here = null;
    onChange('forgotten');
  });

  return {
    get: () => stored(() => sessionStorage) ?? stored(() => localStorage) ?? here,
    ask: (reason) => {
      asking ??= ask(reason).finally(() => {
        asking = null;
      });
      return asking;
    },
    forget: () => {
      forget();
      onChange('forgotten');
    },
  };
};
