import { placeOf } from './address.ts';
import { createApi } from './api.ts';
import type { Source } from './csv/source.ts';
import { fill, h } from './dom.ts';
import { createKeys } from './keys.ts';
import { keepScroll } from './scroll.ts';
import { readSettings } from './settings.ts';
import { previewView } from './views/preview/preview.ts';
import { requestView } from './views/request.ts';
import { startView } from './views/start.ts';
import type { View } from './views/view.ts';

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
    keys.get() !== null && h('button', { type: 'button', class: 'link', on: { click: forget } }, 'Sign out'),
  );
};

let current: View | null = null;
/** The job that is shown. */
let currentRequest: string | null = null;
const scroll = keepScroll();

/** Shows a view; its heading takes the focus, so that keyboard and screen reader continue from there. */
const open = (view: View, focus: boolean): void => {
  current?.close?.();
  current = view;
  currentRequest = null;
  main.replaceChildren(view.element);
  document.title = `${view.title} · Bulk image processor`;
  scroll.restore();
  if (!focus) return;
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

/** The URL holds the current view, so that reloads, bookmarks and the back button work. */
const show = (focus = true): void => {
  const { requestId, image } = placeOf(location.hash);
  if (requestId === null) open(startView({ ...context, onSource: preview }), focus);
  else if (requestId !== currentRequest) {
    open(requestView({ ...context, requestId }), focus);
    currentRequest = requestId;
  }
  current?.showImage?.(image);
};

addEventListener('hashchange', () => show());
// The preview has the start view's URL, so no hashchange event fires.
document.querySelector('.brand')?.addEventListener('click', () => location.hash === '#/' && show());
// Focuses directly, because the URL fragment holds the current view.
document.querySelector('.skip-link')?.addEventListener('click', (event) => {
  event.preventDefault();
  main.focus();
});
showKey();
show(false);
