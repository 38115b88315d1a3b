import { ApiError, messageOf } from '../api.ts';
import { fill, h, setText } from '../dom.ts';
import { figuresOf, tabStateOf } from '../figures.ts';
import { type Connection, followRequest } from '../follow.ts';
import { count, counted, encodingOf, moment } from '../format.ts';
import { icon } from '../icons.ts';
import { pauseUntil, whenOffline } from '../pause.ts';
import { isFinal, type Summary } from '../types.ts';
import { downloads } from './downloads.ts';
import { failuresPanel } from './failures.ts';
import { createGallery } from './gallery/gallery.ts';
import { progressPanel } from './progress.ts';
import { reportPanel } from './report.ts';
import { statusPill } from './status.ts';
import type { Context, View } from './view.ts';

const CONNECTIONS: Readonly<Record<Connection, string>> = {
  live: '',
  polling: '',
  lost: 'Connection lost. Your job is still running. Reconnecting…',
};

const REPORT_LOOKS = 6;
const REPORT_PAUSE_MS = 700;

/** One job: live progress until it is finished, then its results. */
export const requestView = ({ api, keys, settings, requestId }: Context & { requestId: string }): View => {
  const ended = new AbortController();
  const { signal } = ended;
  const title = h('h1', {}, 'Job');
  const pill = h('span', {});
  const meta = h('p', { class: 'muted small break' });
  const banner = h('div', { role: 'status' });
  const notice = h('div', { role: 'alert' });
  const buttons = h('div', { class: 'actions' });
  const results = h('div', { class: 'stack-large' });
  const progress = progressPanel();
  const gallery = createGallery(api, requestId, settings, signal);
  const download = downloads(api, keys, requestId, notice);

  let shownFor: string | null = null;
  let following = new AbortController();

  const act = (work: () => Promise<unknown>) => async (): Promise<void> => {
    for (const button of buttons.querySelectorAll('button')) button.disabled = true;
    fill(notice);
    try {
      await work();
    } catch (error) {
      fill(notice, h('p', { class: 'panel panel-bad' }, messageOf(error)));
      for (const button of buttons.querySelectorAll('button')) button.disabled = false;
    }
  };
  const retry = act(async () => {
    await api.retry(requestId);
    fill(results);
    shownFor = null;
    follow();
  });
  const cancel = act(() => api.cancel(requestId));

  const showButtons = (summary: Summary): void => {
    const { failed, stopped } = figuresOf(summary);
    const again = failed + stopped;
    if (!isFinal(summary)) {
      fill(
        buttons,
        h('button', { type: 'button', class: 'button', on: { click: () => void cancel() } }, icon('stop'), 'Stop'),
      );
      return;
    }
    fill(
      buttons,
      ...(summary.progress.completed > 0 ? download.buttons(summary) : []),
      again > 0 &&
        h(
          'button',
          { type: 'button', class: 'button', on: { click: () => void retry() } },
          icon('retry'),
          stopped > 0 ? `Compress the remaining ${counted(again, 'image')}` : `Retry ${counted(again, 'failed image')}`,
        ),
    );
  };

  /** Shows the report and the failures, once each time the job finishes. */
  const showResults = async (summary: Summary): Promise<void> => {
    try {
      // The report is created shortly after the job finishes.
      for (let look = 0; look < REPORT_LOOKS && shownFor === stateOf(summary) && !signal.aborted; look += 1) {
        const status = await api.status(requestId, '?limit=1', signal);
        const { report = null } = status;
        if (look === 0 || report !== null) {
          const failures =
            figuresOf(summary).failed > 0
              ? await failuresPanel(api, summary, report, download.failedRows(), signal)
              : null;
          if (!signal.aborted) fill(results, failures, reportPanel(summary, status));
          gallery.element.hidden = false;
        }
        if (status.report !== null) return;
        await pauseUntil(REPORT_PAUSE_MS * (look + 1), signal);
      }
    } catch (error) {
      if (!signal.aborted) fill(results, h('p', { class: 'panel panel-bad', role: 'alert' }, messageOf(error)));
      gallery.element.hidden = false;
    }
  };

  const onProgress = (summary: Summary): void => {
    setText(title, headingOf(summary));
    document.title = `${tabStateOf(summary)} · ${title.textContent}`;
    fill(pill, statusPill(summary));
    setText(meta, `${moment(summary.createdAt)} · ${encodingOf(summary.options)} · ${requestId}`);
    progress.show(summary);
    progress.element.hidden = false;
    if (!isFinal(summary)) gallery.element.hidden = false;
    gallery.show(summary);
    const state = stateOf(summary);
    if (state === shownFor) return;
    shownFor = state;
    showButtons(summary);
    if (isFinal(summary)) void showResults(summary);
  };

  const follow = (): void => {
    following.abort();
    following = new AbortController();
    void followRequest({
      requestId,
      call: api.call,
      onProgress,
      onConnection: (connection) => {
        const text = CONNECTIONS[connection];
        if (banner.textContent !== text) fill(banner, text !== '' && h('p', { class: 'panel panel-warn' }, text));
      },
      pause: pauseUntil,
      whenOffline,
      signal: AbortSignal.any([signal, following.signal]),
    }).catch((error: unknown) => {
      setText(title, error instanceof ApiError && error.problem?.status === 404 ? 'Not found' : 'Job');
      const isUnknown = error instanceof ApiError && error.problem?.code === 'request_not_found';
      const text = isUnknown ? "This job wasn't found. It may have been deleted." : messageOf(error);
      fill(notice, h('p', { class: 'panel panel-bad' }, text));
      for (const part of [progress.element, gallery.element]) part.hidden = true;
    });
  };
  follow();

  const element = h(
    'div',
    { class: 'view' },
    h(
      'header',
      { class: 'stack-small' },
      h('a', { class: 'link link-back', href: '#/' }, icon('back'), 'All jobs'),
      h('div', { class: 'title-row' }, title, pill),
      meta,
    ),
    banner,
    notice,
    progress.element,
    buttons,
    results,
    gallery.element,
  );
  // Shown once their place is known: nothing that is seen is pushed down by what arrives later.
  for (const part of [progress.element, gallery.element]) part.hidden = true;
  return { element, title: 'Job', showImage: gallery.showImage, close: () => ended.abort() };
};

/** Changes whenever the job finishes, including after a retry. */
const stateOf = ({ status, finishedAt }: Summary): string => `${status} ${finishedAt}`;

const headingOf = (summary: Summary): string => {
  const { total, completed } = figuresOf(summary);
  const all = counted(total, 'image');
  if (completed === total) return `${all} compressed`;
  switch (summary.status) {
    case 'queued':
      return `${all} queued`;
    case 'processing':
      return `Compressing ${all}`;
    case 'failed':
      return total === 1 ? 'The image failed' : `All ${all} failed`;
    default:
      return `${count(completed)} of ${all} compressed`;
  }
};
