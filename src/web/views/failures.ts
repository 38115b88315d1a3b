import { plainHint } from '../../image-error-hints.ts';
import type { Api } from '../api.ts';
import { h } from '../dom.ts';
import { figuresOf } from '../figures.ts';
import { count, counted } from '../format.ts';
import { icon } from '../icons.ts';
import type { Report, Summary } from '../types.ts';
import type { UrlFixes } from './failures/url-fixes.ts';
import { pagesOf } from './gallery/pages.ts';
import type { Shown } from './gallery/tile.ts';

/** Enough to see the problem; the file of failed rows has them all. */
const LISTED = 200;
const PAGES_READ = 20;

/** Images with the same reason from the same host. */
interface Group {
  readonly code: string;
  readonly origin: string | null;
  readonly count: number;
  readonly images: readonly Shown[];
}

/** The failed images, one line for each reason and host, the most frequent first; then those skipped at the upload. */
export const failuresPanel = async (
  api: Api,
  summary: Summary,
  report: Report | null,
  failedRows: HTMLElement,
  fixes: UrlFixes,
  signal: AbortSignal,
): Promise<HTMLElement> => {
  const { failed, skipped } = figuresOf(summary);
  const found = await failedImages(api, summary.requestId, Math.min(failed + skipped, LISTED), signal);
  const left = found.filter(({ image }) => image.skipped);
  const groups = groupsOf(
    found.filter(({ image }) => !image.skipped),
    report,
    skipped > 0,
  );
  const title =
    failed > 0 ? counted(failed, 'failed image') : `${counted(skipped, 'image')} skipped because of an invalid URL`;
  return h(
    'section',
    { class: `panel stack-small failures${failed > 0 ? ' is-bad' : ''}`, 'aria-labelledby': 'failures-title' },
    h(
      'div',
      { class: 'failures-head' },
      h('h2', { id: 'failures-title' }, icon('warning'), title),
      failedRows,
      h(
        'p',
        { class: 'muted small' },
        'Fix URLs below, or download your rows with each error and what to do, fix them and upload that file.',
      ),
    ),
    h(
      'div',
      { class: 'failure-groups' },
      ...groups.map((group) => groupLine(fixes, titleOf(group.code), group)),
      left.length > 0 &&
        groupLine(
          fixes,
          'Skipped, invalid URL',
          { code: 'invalid_url', origin: null, count: skipped, images: left },
          'is-skipped',
        ),
    ),
  );
};

const groupLine = (
  fixes: UrlFixes,
  title: string,
  { code, origin, count: images, images: listed }: Group,
  look = '',
): HTMLElement => {
  const hint = plainHint(code);
  return h(
    'details',
    { class: 'failure-group' },
    h(
      'summary',
      {},
      icon('next'),
      h('span', { class: `failure-count ${look}` }, count(images)),
      h('span', { class: 'failure-title' }, title),
      origin !== null && h('span', { class: 'failure-origin muted break' }, origin.replace(/^https?:\/\//, '')),
    ),
    hint !== undefined && h('p', { class: 'failure-hint' }, h('strong', {}, 'What to do: '), hint),
    listed.length > 0 &&
      h(
        'ul',
        // Focusable, so that it can be scrolled with the keyboard.
        { class: 'failed-list', tabindex: 0, 'aria-label': `${title}${origin === null ? '' : `, ${origin}`}` },
        ...listed.map(fixes.line),
      ),
    listed.length < images &&
      h(
        'p',
        { class: 'muted small' },
        listed.length === 0 ? 'These are in the file of failed rows.' : `First ${count(listed.length)} listed.`,
      ),
  );
};

const groupsOf = (found: readonly Shown[], report: Report | null, hasSkipped: boolean): Group[] => {
  const groups = new Map<string, Group>();
  for (const shown of found) {
    const code = shown.image.error?.code ?? 'unknown';
    const origin = originOf(shown.image.inputUrl);
    const { images } = groups.get(`${code} ${origin}`) ?? { images: [] };
    groups.set(`${code} ${origin}`, { code, origin, count: images.length + 1, images: [...images, shown] });
  }
  for (const { code, origins } of report?.failures ?? []) {
    // The report counts skipped images among these.
    if (hasSkipped && SKIPPED_CODES.includes(code)) continue;
    for (const { origin, count: images } of origins) {
      const known = groups.get(`${code} ${origin}`);
      groups.set(`${code} ${origin}`, { code, origin, count: images, images: known?.images ?? [] });
    }
  }
  return [...groups.values()].sort((one, other) => other.count - one.count);
};

const SKIPPED_CODES = ['invalid_url', 'source_bucket_not_allowed'];

/** As in the report. */
const originOf = (url: string): string | null => {
  if (!URL.canParse(url)) return null;
  const { protocol, host } = new URL(url);
  return host === '' ? null : `${protocol}//${host}`;
};

const TITLES: Readonly<Record<string, string>> = {
  source_not_found: 'Image not found (404)',
  source_unauthorized: 'Access denied',
  source_unavailable: 'Image server error',
  source_rate_limited: 'Rate limited by the image server',
  invalid_url: 'Invalid URL',
  address_not_allowed: 'Private address not allowed',
  tls_failed: 'Invalid certificate',
  not_an_image: 'Not an image',
  download_timeout: 'Download timed out',
  processing_timeout: 'Compression timed out',
};

/** A title for an error code; codes without one of their own stay recognizable. */
const titleOf = (code: string): string =>
  TITLES[code] ?? code.charAt(0).toUpperCase() + code.slice(1).replaceAll('_', ' ');

const failedImages = async (api: Api, requestId: string, wanted: number, signal: AbortSignal): Promise<Shown[]> => {
  const found: Shown[] = [];
  for await (const images of pagesOf(api, requestId, signal, PAGES_READ)) {
    found.push(...images.filter(({ image }) => image.status === 'failed'));
    if (found.length >= wanted) break;
  }
  return found.slice(0, wanted);
};
