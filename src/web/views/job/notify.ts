import { h, setText } from '../../dom.ts';
import { isFinal, type Summary } from '../../types.ts';
import { nameOf, outcomeOf } from './header.ts';

const BLOCKED = 'Notifications are blocked. Allow them for this site in your browser, then try again.';

/** Browsers offer notifications to https and localhost only. */
const exists = (): boolean => 'Notification' in window && isSecureContext;

/** Chrome for Android has the class, and throws when it is used (https://crbug.com/481856). Nothing is shown without permission. */
const canShow = (): boolean => {
  if (Notification.permission === 'granted') return true;
  try {
    new Notification('');
    return true;
  } catch {
    return false;
  }
};

/** Kept for this tab, so that a reload does not forget it. Storage may be forbidden. */
const choiceOf = (requestId: string) => {
  const name = `notify:${requestId}`;
  let here = false;
  return {
    get: (): boolean => {
      try {
        return sessionStorage.getItem(name) !== null;
      } catch {
        return here;
      }
    },
    set: (wanted: boolean): void => {
      here = wanted;
      try {
        if (wanted) sessionStorage.setItem(name, 'yes');
        else sessionStorage.removeItem(name);
      } catch {
        // Kept until the page is left.
      }
    },
  };
};

/** Offers a notification of the end of a running job. The browser asks for permission only when it is wanted. */
export const finishNotice = (requestId: string) => {
  const choice = choiceOf(requestId);
  const box = h('input', { type: 'checkbox', id: 'notify' });
  const problem = h('p', { class: 'error-text small', role: 'alert' });
  const element = h(
    'div',
    { class: 'notice-choice', hidden: true },
    h('div', { class: 'check' }, box, h('label', { for: 'notify' }, 'Notify me when finished')),
    problem,
  );
  let isRunning = false;

  box.addEventListener('change', async () => {
    setText(problem, '');
    choice.set(false);
    if (!box.checked) return;
    if (!canShow()) {
      box.checked = false;
      return setText(problem, 'This browser does not show notifications of web pages.');
    }
    const permission = await Notification.requestPermission();
    box.checked = permission === 'granted';
    choice.set(box.checked);
    if (permission === 'denied') setText(problem, BLOCKED);
  });

  const notify = (summary: Summary): void => {
    const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]')?.href;
    const shown = new Notification(nameOf(summary), {
      body: outcomeOf(summary),
      tag: requestId,
      ...(icon === undefined ? {} : { icon }),
    });
    shown.addEventListener('click', () => {
      window.focus();
      shown.close();
    });
  };

  return {
    element,
    show: (summary: Summary): void => {
      if (!exists()) return;
      const wasRunning = isRunning;
      isRunning = !isFinal(summary);
      element.hidden = !isRunning;
      if (isRunning) {
        if (!wasRunning) box.checked = choice.get() && Notification.permission === 'granted';
        return;
      }
      choice.set(false);
      // Who sees the page needs no notification.
      if (wasRunning && box.checked && document.hidden) notify(summary);
    },
  };
};
