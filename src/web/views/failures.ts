import type { Api } from '../api.ts';
import { h } from '../dom.ts';
import { count, counted } from '../format.ts';
import { icon } from '../icons.ts';
import type { Report, Status, Summary } from '../types.ts';
import { nameOf, type Shown } from './gallery/tile.ts';

const PAGE = 1_000;
/** Enough to see the problem; the output CSV has an empty cell for each failed image. */
const LISTED = 200;
const PAGES_READ = 20;
const SHOWN_AT_ONCE = 5;

/** The failed images by reason, most frequent first, with hints, and their rows as a file. */
export const failuresPanel = async (
  api: Api,
  { requestId, progress }: Summary,
  report: Report | null,
  failedRows: HTMLElement,
  signal: AbortSignal,
): Promise<HTMLElement> => {
  const failed = progress.failed - progress.skipped;
  const found = await failedImages(api, requestId, Math.min(failed, LISTED), signal);
  const groups = new Map<string, Shown[]>();
  for (const shown of found) {
    const code = shown.image.error?.code ?? 'unknown';
    groups.set(code, [...(groups.get(code) ?? []), shown]);
  }
  const counts = new Map(report?.failures.map((failure) => [failure.code, failure]) ?? []);
  const sorted = [...groups].sort(
    ([one, these], [other, those]) =>
      (counts.get(other)?.count ?? those.length) - (counts.get(one)?.count ?? these.length),
  );
  return h(
    'section',
    { class: 'panel panel-bad stack', 'aria-labelledby': 'failures-title' },
    h(
      'div',
      { class: 'panel-head' },
      icon('warning'),
      h('h2', { id: 'failures-title' }, counted(failed, 'failed image')),
      found.length < failed && h('p', { class: 'muted' }, `First ${count(found.length)} listed`),
    ),
    h(
      'div',
      { class: 'failed-rows' },
      failedRows,
      h('p', { class: 'muted small' }, 'Your rows with the error and what to do. Fix them and upload the file again.'),
    ),
    ...sorted.map(([code, images]) => group(code, images, counts.get(code as Report['failures'][number]['code']))),
  );
};

const group = (
  code: string,
  images: readonly Shown[],
  reported: Report['failures'][number] | undefined,
): HTMLElement => {
  const origins =
    reported?.origins.map(({ origin, count: n }) => `${origin ?? 'no host'} (${count(n)})`).join(', ') ?? '';
  const rest = images.slice(SHOWN_AT_ONCE);
  const list = (shown: readonly Shown[]) => h('ul', { class: 'failed-list' }, ...shown.map(failedItem));
  return h(
    'div',
    { class: 'stack-small' },
    h('h3', {}, `${titleOf(code)} `, h('span', { class: 'muted' }, counted(reported?.count ?? images.length, 'image'))),
    origins !== '' && h('p', { class: 'muted small break' }, `From ${origins}`),
    list(images.slice(0, SHOWN_AT_ONCE)),
    rest.length > 0 &&
      h('details', { class: 'disclosure' }, h('summary', {}, icon('next'), `${count(rest.length)} more`), list(rest)),
  );
};

const failedItem = (shown: Shown): HTMLElement =>
  h(
    'li',
    {},
    h('span', { class: 'failed-name' }, nameOf(shown)),
    h('span', { class: 'break' }, shown.image.error?.message ?? ''),
    h('span', { class: 'muted small url', title: shown.image.inputUrl }, shown.image.inputUrl),
  );

const TITLES: Readonly<Record<string, string>> = {
  source_not_found: 'Image not found',
  source_unauthorized: 'Access denied',
  invalid_url: 'Invalid URL',
};

/** A title for an error code; codes without one of their own stay recognizable. */
const titleOf = (code: string): string =>
  TITLES[code] ?? code.charAt(0).toUpperCase() + code.slice(1).replaceAll('_', ' ');

const failedImages = async (api: Api, requestId: string, wanted: number, signal: AbortSignal): Promise<Shown[]> => {
  const found: Shown[] = [];
  let path: string | null = `/api/status/${requestId}?limit=${PAGE}`;
  for (let page = 0; path !== null && page < PAGES_READ && found.length < wanted && !signal.aborted; page += 1) {
    const status: Status = await api.follow<Status>(path);
    for (const { images, ...product } of status.products) {
      for (const image of images) if (image.status === 'failed' && !image.skipped) found.push({ ...product, image });
    }
    path = status.next;
  }
  return found.slice(0, wanted);
};
