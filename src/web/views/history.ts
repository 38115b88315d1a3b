import { type Api, ApiError, messageOf } from '../api.ts';
import { fill, h } from '../dom.ts';
import type { RequestList, Summary } from '../types.ts';
import { createRow, type Row } from './history-row.ts';
import { removeJob } from './job/remove.ts';
import { segments } from './segments.ts';

const PAGE = 10;
/** The most that is read again at once; what was shown beyond stays as it is. */
const MOST = 100;
const RUNNING_MS = 2_000;
const IDLE_MS = 15_000;
const LONGEST_MS = 60_000;
const TYPING_MS = 250;

const FILTERS = [
  ['', 'All'],
  ['queued,processing', 'Running'],
  ['completed', 'Completed'],
  ['completed_with_errors,failed', 'With errors'],
  ['cancelled', 'Stopped'],
] as const;

/**
 * Recent jobs, newest first. They are read again while the tab is visible, soon while one is running, and at once when the
 * tab is shown again or the network is back.
 * @param onJobs called with whether there are any
 */
export const historySection = (api: Api, onJobs: (some: boolean) => void) => {
  const ended = new AbortController();
  const list = h('ul', { class: 'history' });
  const more = h('div', { class: 'actions' });
  const notice = h('div', { class: 'notice-place', role: 'status' }, h('p', { class: 'muted' }, 'Loading…'));
  const rows = new Map<string, Row>();
  let filter = '';
  let next: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let typing: ReturnType<typeof setTimeout> | undefined;
  let reads = 0;
  let failures = 0;

  const search = h('input', {
    type: 'search',
    class: 'history-search',
    maxlength: 200,
    placeholder: 'Search by name',
    'aria-label': 'Search jobs by name',
    on: {
      input: () => {
        clearTimeout(typing);
        typing = setTimeout(() => void startOver(), TYPING_MS);
      },
    },
  });
  const filters = segments('Filter jobs by state', FILTERS, (states) => {
    filter = states;
    void startOver();
  });
  const tools = h('div', { class: 'history-tools', hidden: true }, search, filters);

  const isFiltered = (): boolean => filter !== '' || search.value.trim() !== '';

  const remove = async (summary: Summary, row: Row): Promise<void> => {
    try {
      if (!(await removeJob(api, summary))) return row.focus();
    } catch (error) {
      fill(notice, h('p', { class: 'error-text', role: 'alert' }, messageOf(error)));
      return row.focus();
    }
    const beside = row.element.nextElementSibling ?? row.element.previousElementSibling;
    rows.delete(summary.requestId);
    row.element.remove();
    const link = beside?.querySelector('a');
    (link ?? title).focus();
    void refresh();
  };

  const put = (summary: Summary): Row => {
    const known = rows.get(summary.requestId);
    if (known !== undefined) {
      known.show(summary);
      return known;
    }
    const row: Row = createRow(summary, (current) => void remove(current, row));
    rows.set(summary.requestId, row);
    return row;
  };

  const showMore = (): void =>
    fill(
      more,
      next !== null &&
        h('button', { type: 'button', class: 'button', on: { click: () => void append() } }, 'Show more'),
    );

  const showEmpty = (): void => {
    const text = isFiltered()
      ? next === null
        ? 'No job matches.'
        : 'No match among the newest jobs.'
      : 'No jobs yet. Your uploads will appear here.';
    fill(notice, rows.size === 0 && h('p', { class: 'muted empty' }, text));
    const some = rows.size > 0 || isFiltered();
    tools.hidden = !some;
    onJobs(some);
  };

  /** The newest jobs in their order; rows that are shown already stay, with their focus. */
  const showNewest = (answer: RequestList, shown: number): void => {
    const newest = answer.requests.map(put);
    const kept = new Set(newest);
    // All that were shown have been read again, so the others are gone.
    if (shown <= MOST) {
      for (const [id, row] of rows) {
        if (kept.has(row)) continue;
        rows.delete(id);
        row.element.remove();
      }
      next = answer.next;
    }
    for (const [at, { element }] of newest.entries()) {
      if (list.children[at] !== element) list.insertBefore(element, list.children[at] ?? null);
    }
  };

  const read = (limit: number): Promise<RequestList> => {
    const q = search.value.trim();
    return api.list({ limit: String(limit), ...(filter && { status: filter }), ...(q && { q }) });
  };

  const plan = (): void => {
    clearTimeout(timer);
    if (ended.signal.aborted || document.visibilityState !== 'visible') return;
    const running = [...rows.values()].some((row) => row.isRunning());
    const wait = Math.min(LONGEST_MS, (running ? RUNNING_MS : IDLE_MS) * 2 ** failures);
    timer = setTimeout(() => void refresh(), wait);
  };

  const failed = (error: unknown): void => {
    failures += 1;
    fill(notice, h('p', { class: 'error-text', role: 'alert' }, messageOf(error)));
    // Asking again would open the dialog for the key again.
    if (!(error instanceof ApiError && error.problem?.status === 401)) plan();
  };

  const refresh = async (): Promise<void> => {
    reads += 1;
    const number = reads;
    clearTimeout(timer);
    const shown = Math.max(PAGE, rows.size);
    try {
      const answer = await read(Math.min(MOST, shown));
      if (number !== reads || ended.signal.aborted) return;
      failures = 0;
      showNewest(answer, shown);
      showEmpty();
      showMore();
    } catch (error) {
      if (number !== reads || ended.signal.aborted) return;
      return failed(error);
    }
    plan();
  };

  const startOver = async (): Promise<void> => {
    clearTimeout(typing);
    rows.clear();
    list.replaceChildren();
    await refresh();
  };

  const append = async (): Promise<void> => {
    if (next === null) return;
    // What is being read does not have these yet, and would remove them.
    reads += 1;
    const number = reads;
    clearTimeout(timer);
    const at = list.children.length;
    try {
      const answer = await api.follow<RequestList>(next);
      // The list was read again meanwhile, perhaps with another filter.
      if (number !== reads || ended.signal.aborted) return;
      next = answer.next;
      list.append(...answer.requests.map((request) => put(request).element));
      list.children[at]?.querySelector('a')?.focus();
      showEmpty();
      showMore();
    } catch (error) {
      if (number !== reads || ended.signal.aborted) return;
      return failed(error);
    }
    plan();
  };

  const listening = { signal: ended.signal };
  const lookAgain = (): void => {
    if (document.visibilityState === 'visible') void refresh();
    else clearTimeout(timer);
  };
  document.addEventListener('visibilitychange', lookAgain, listening);
  addEventListener('online', lookAgain, listening);
  addEventListener('focus', lookAgain, listening);
  void refresh();

  const title = h('h2', { id: 'history-title', tabindex: -1 }, 'Recent jobs');
  const element = h(
    'section',
    { class: 'stack', 'aria-labelledby': 'history-title' },
    h('div', { class: 'section-head' }, title, tools),
    notice,
    list,
    more,
  );
  const close = (): void => {
    ended.abort();
    clearTimeout(timer);
    clearTimeout(typing);
  };
  return { element, close };
};
