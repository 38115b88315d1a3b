import { createApi } from './api.ts';
import { fill, h } from './dom.ts';
import { createKeys } from './keys.ts';
import { readSettings } from './settings.ts';
import { previewView } from './views/preview.ts';
import { requestView } from './views/request.ts';
import { startView } from './views/start.ts';
import type { Source, View } from './views/view.ts';

const settings = readSettings();
const main = document.querySelector('main') as HTMLElement;
const keyPlace = document.getElementById('key-place') as HTMLElement;

const keys = createKeys(() => showKey());
const api = createApi(keys);
const context = { api, keys, settings };

const showKey = (): void => {
  const forget = () => {
    keys.forget();
    location.hash = '';
    show();
  };
  fill(
    keyPlace,
    keys.get() !== null && h('button', { type: 'button', class: 'link', on: { click: forget } }, 'Forget key'),
  );
};

let current: View | null = null;

/** Shows a view; its heading takes the focus, so that keyboard and screen reader go on from there. */
const open = (view: View, focus: boolean): void => {
  current?.close?.();
  current = view;
  main.replaceChildren(view.element);
  document.title = `${view.title} · Bulk image processor`;
  if (!focus) return;
  scrollTo({ top: 0 });
  const heading = main.querySelector('h1');
  heading?.setAttribute('tabindex', '-1');
  heading?.focus({ preventScroll: true });
};

const preview = (source: Source): void => {
  open(previewView({ ...context, source, onSent: showRequest, onBack: () => show() }), true);
};

const showRequest = (requestId: string): void => {
  location.hash = `#/requests/${requestId}`;
};

/** What is shown stands in the address, so that a reload, a bookmark and the back button work. */
const show = (focus = true): void => {
  const [, requestId] = /^#\/requests\/([0-9a-f-]{36})$/i.exec(location.hash) ?? [];
  if (requestId === undefined) open(startView({ ...context, onSource: preview }), focus);
  else open(requestView({ ...context, requestId }), focus);
};

addEventListener('hashchange', () => show());
// From the preview the address is the start's already, so that nothing would change.
document.querySelector('.brand')?.addEventListener('click', () => location.hash === '#/' && show());
// Not by its address: the fragment names what is shown.
document.querySelector('.skip-link')?.addEventListener('click', (event) => {
  event.preventDefault();
  main.focus();
});
showKey();
show(false);
