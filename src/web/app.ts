import { placeOf } from './address.ts';
import { createApi } from './api.ts';
import type { Source } from './csv/source.ts';
import { fill, h } from './dom.ts';
import { createKeys } from './keys.ts';
import { keepScroll } from './scroll.ts';
import { readSettings } from './settings.ts';
import { takeDrops } from './views/dropping.ts';
import { previewView } from './views/preview/preview.ts';
import { requestView } from './views/request.ts';
import { signInView } from './views/sign-in.ts';
import { startView } from './views/start.ts';
import type { View } from './views/view.ts';

const START = '#/';
const PREVIEW = '#/preview';
const LOST_FILE = 'The file was lost when the page reloaded. Choose it again.';

const settings = readSettings();
const main = document.querySelector('main') as HTMLElement;
const keyPlace = document.getElementById('key-place') as HTMLElement;

const keys = createKeys((outcome) => onKey(outcome));
const api = createApi(keys);
const context = { api, keys, settings };

/** The file that is previewed; null after a reload. */
let source: { readonly table: Source; readonly note: string | undefined } | null = null;
let current: View | null = null;
/** Said by the next start view. */
let news: string | undefined;
/** The job that is shown. */
let currentRequest: string | null = null;
const scroll = keepScroll();

const isPreview = (): boolean => location.hash === PREVIEW;

/** The answer says whether the key is right; until it is, the API asks for another. */
const signIn = async (): Promise<void> => {
  try {
    await api.list({ limit: '1' });
  } catch {
    // Cancelled, which is shown, or not reachable, which the view shows.
    if (keys.get() === null) return;
  }
  // A preview loses nothing.
  if (!isPreview() || source === null) show();
};

const onKey = (outcome: 'kept' | 'cancelled' | 'forgotten'): void => {
  showKey();
  if (outcome === 'forgotten') {
    currentRequest = null;
    show();
  } else if (outcome === 'cancelled' && keys.get() === null && !(isPreview() && source !== null)) {
    open(
      signInView(() => void signIn()),
      true,
    );
  }
  if (document.activeElement === document.body) focusHeading();
};

const showKey = (): void => {
  const [text, click] = keys.get() === null ? ['Sign in', () => void signIn()] : ['Sign out', keys.forget];
  fill(keyPlace, settings.needsKey && h('button', { type: 'button', class: 'link', on: { click } }, text));
};

const focusHeading = (): void => {
  const heading = main.querySelector('h1');
  heading?.setAttribute('tabindex', '-1');
  heading?.focus({ preventScroll: true });
};

/** Shows a view; its heading takes the focus, so that keyboard and screen reader continue from there. */
const open = (view: View, focus: boolean, warning?: string, done?: string): void => {
  current?.close?.();
  current = view;
  currentRequest = null;
  const said = (look: string, text: string): void =>
    view.element.querySelector('header')?.after(h('p', { class: `panel ${look} break`, role: 'status' }, text));
  if (warning !== undefined) said('panel-warn', warning);
  if (done !== undefined) said('panel-done', done);
  main.replaceChildren(view.element);
  document.title = `${view.title} · Bulk image processor`;
  scroll.restore();
  if (focus) focusHeading();
};

/** The preview has an address, so that Back leads to the start; a file that replaces another takes its place. */
const take = (table: Source, note?: string): void => {
  const replaced = isPreview() && source !== null ? `“${table.name}” replaces “${source.table.name}”.` : undefined;
  source = { table, note: note ?? replaced };
  if (!isPreview()) {
    location.hash = PREVIEW;
    return;
  }
  // Without the scroll position of the file before.
  history.replaceState(null, '');
  show();
};

const showPreview = (table: Source, note: string | undefined, focus: boolean): void => {
  // In place of the preview: Back from the job leads to the start.
  const onSent = (requestId: string): void => {
    source = null;
    location.replace(`#/requests/${requestId}`);
  };
  open(previewView({ ...context, source: table, onSent, onBack: () => history.back() }), focus, note);
};

/** In place of the job: Back does not lead to what is gone. */
const onDeleted = (name: string): void => {
  news = `“${name}” was deleted.`;
  location.replace(START);
};

/** The URL holds the current view, so that reloads, bookmarks and the back button work. */
const show = (focus = true): void => {
  const { requestId, image } = placeOf(location.hash);
  const isLost = isPreview() && source === null;
  if (isLost) history.replaceState(null, '', START);
  if (requestId === null) {
    if (isPreview() && source !== null) showPreview(source.table, source.note, focus);
    else {
      open(startView({ ...context, onSource: take }), focus, isLost ? LOST_FILE : undefined, news);
      news = undefined;
    }
  } else if (requestId !== currentRequest) {
    open(requestView({ ...context, requestId, onDeleted }), focus);
    currentRequest = requestId;
  }
  current?.showImage?.(image);
};

addEventListener('hashchange', () => show());
// Focuses directly, because the URL fragment holds the current view.
document.querySelector('.skip-link')?.addEventListener('click', (event) => {
  event.preventDefault();
  main.focus();
});
takeDrops(take);
showKey();
show(false);
