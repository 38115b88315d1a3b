import { ApiError, messageOf } from '../api.ts';
import { fill, h } from '../dom.ts';
import { figuresOf, tabStateOf } from '../figures.ts';
import { type Connection, followRequest } from '../follow.ts';
import { pauseUntil, whenOffline } from '../pause.ts';
import { isFinal, type Summary } from '../types.ts';
import { downloads } from './downloads.ts';
import { createUrlFixes, type Fix } from './failures/url-fixes.ts';
import { failuresPanel } from './failures.ts';
import { createGallery } from './gallery/gallery.ts';
import { jobActions } from './job/actions.ts';
import { jobHeader, nameOf } from './job/header.ts';
import { finishNotice } from './job/notify.ts';
import { removeJob } from './job/remove.ts';
import { webhookPanel } from './job/webhook.ts';
import { progressPanel } from './progress.ts';
import { reportPanel } from './report.ts';
import type { Context, View } from './view.ts';

const CONNECTIONS: Readonly<Record<Connection, string>> = {
  live: '',
  polling: '',
  lost: 'Connection lost. Your job is still running. Reconnecting…',
};

const REPORT_LOOKS = 6;
const REPORT_PAUSE_MS = 700;
/** After an error; ends early when the browser is online again. */
const ERROR_PAUSE_MS = 3_000;

interface RequestDeps extends Context {
  readonly requestId: string;
  readonly onDeleted: (name: string) => void;
}

/** One job: live progress until it is finished, then its results. */
export const requestView = ({ api, keys, settings, requestId, onDeleted }: RequestDeps): View => {
  const ended = new AbortController();
  const { signal } = ended;
  const banner = h('div', { role: 'status' });
  const notice = h('div', { role: 'alert' });
  const results = h('div', { class: 'stack-large' });
  const notification = finishNotice(requestId);
  const progress = progressPanel(notification.element);
  const gallery = createGallery(api, requestId, settings, signal);
  const webhook = webhookPanel(api, requestId, signal);
  const download = downloads(api, keys, requestId, notice);
  const retry = async (fixes?: readonly Fix[]): Promise<void> => {
    await api.retry(requestId, fixes);
    // The line that was sent is gone; what follows is the button of the job.
    if (fixes !== undefined) actions.focus();
    fill(notice);
    fill(results);
    follow();
  };
  const actions = jobActions({
    downloads: download.buttons,
    stop: () => api.cancel(requestId),
    retry: () => retry(),
    remove: async (summary, onConfirmed) => {
      const isRemoved = await removeJob(api, summary, () => {
        onConfirmed();
        removing = true;
      });
      if (isRemoved && !signal.aborted) onDeleted(nameOf(summary));
      return isRemoved;
    },
    onError: (error) => fill(notice, errorPanel(messageOf(error))),
    heading: () => header.heading,
  });
  const header = jobHeader(api, actions.element, (name) => latest !== null && onProgress({ ...latest, name }));

  let latest: Summary | null = null;
  let shownFor: string | null = null;
  let following = new AbortController();
  /** The stream may hear of it first. */
  let removing = false;

  /** Shows the report and the failures, once each time the job finishes. */
  const showResults = async (summary: Summary): Promise<void> => {
    const isCurrent = (): boolean => shownFor === stateOf(summary) && !signal.aborted;
    const fixes = createUrlFixes(settings.s3Sources, retry);
    /** What somebody reads or types there stays when the report comes. */
    const isInUse = (): boolean => fixes.isOpen() || results.querySelector('.failures :is([open], :focus)') !== null;
    let shownReport: HTMLElement | null = null;
    // The report is created shortly after the job finishes.
    for (let look = 0; look < REPORT_LOOKS && isCurrent(); look += 1) {
      let pause = REPORT_PAUSE_MS * (look + 1);
      try {
        const status = await api.status(requestId, '?limit=1', signal);
        const { report = null } = status;
        if (look === 0 || report !== null) {
          const { failed, skipped } = figuresOf(summary);
          const stays = isInUse();
          const failures =
            failed + skipped > 0 && !stays
              ? await failuresPanel(api, summary, report, download.failedRows(), fixes, signal)
              : null;
          if (!isCurrent()) return;
          const created = reportPanel(api, summary, status, signal);
          if (!stays && !isInUse()) fill(results, failures, created);
          else if (created !== null && shownReport !== null) shownReport.replaceWith(created);
          else if (created !== null) results.append(created);
          shownReport = created;
          webhook.showFinished(summary, status.webhook);
          gallery.element.hidden = false;
        }
        if (report !== null) return;
      } catch (error) {
        if (!isCurrent()) return;
        fill(results, h('div', { role: 'alert' }, errorPanel(messageOf(error))));
        gallery.element.hidden = false;
        look = -1;
        pause = ERROR_PAUSE_MS;
      }
      await pauseUntil(pause, signal);
    }
  };

  const onProgress = (summary: Summary): void => {
    latest = summary;
    header.show(summary);
    document.title = `${tabStateOf(summary)} · ${nameOf(summary)}`;
    progress.show(summary);
    notification.show(summary);
    progress.element.hidden = false;
    if (!isFinal(summary)) gallery.element.hidden = false;
    gallery.show(summary);
    const state = stateOf(summary);
    if (state === shownFor) return;
    shownFor = state;
    // What an action was refused for is over.
    fill(notice);
    actions.show(summary);
    if (isFinal(summary)) void showResults(summary);
    else void webhook.showRunning();
  };

  const onConnection = (connection: Connection): void => {
    const text = CONNECTIONS[connection];
    if (banner.textContent === text) return;
    fill(banner, text !== '' && h('p', { class: 'panel panel-warn' }, text));
    // An action may have failed because of it.
    if (text === '') fill(notice);
  };
  addEventListener('online', () => fill(notice), { signal });

  const follow = (): void => {
    following.abort();
    following = new AbortController();
    shownFor = null;
    void followRequest({
      ...{ requestId, call: api.call, onProgress, onConnection, pause: pauseUntil, whenOffline },
      signal: AbortSignal.any([signal, following.signal]),
    }).catch((error: unknown) => {
      if (removing) return;
      const isUnknown = error instanceof ApiError && error.problem?.status === 404;
      header.showNone(isUnknown ? 'Not found' : 'Job');
      const text = isUnknown ? "This job wasn't found. It may have been deleted." : messageOf(error);
      fill(notice, errorPanel(text));
      for (const part of [progress.element, gallery.element, actions.element]) part.hidden = true;
    });
  };
  follow();

  const element = h(
    'div',
    { class: 'view' },
    header.element,
    banner,
    notice,
    progress.element,
    webhook.waiting,
    results,
    webhook.element,
    gallery.element,
  );
  // Shown once their place is known: nothing that is seen is pushed down by what arrives later.
  for (const part of [progress.element, gallery.element]) part.hidden = true;
  return { element, title: 'Job', showImage: gallery.showImage, close: () => ended.abort() };
};

const errorPanel = (text: string): HTMLElement => h('p', { class: 'panel panel-bad' }, text);

/** Changes whenever the job is stopped or finishes, including after a retry. */
const stateOf = ({ status, stopping, finishedAt }: Summary): string => `${status} ${stopping} ${finishedAt}`;
