import { type Api, messageOf } from '../../api.ts';
import { fill, h, setText } from '../../dom.ts';
import { clock, counted } from '../../format.ts';
import { icon } from '../../icons.ts';
import { pauseUntil } from '../../pause.ts';
import type { Delivery, Status, Summary } from '../../types.ts';
import { pill } from '../status.ts';
import { attemptLists } from './attempts.ts';

type Webhook = NonNullable<Status['webhook']>;

/** After a change, and doubled with each look that brings none; while an attempt is in flight or due soon. */
const LOOK_MS = 1_000;
const LONGEST_LOOK_MS = 8_000;
/** The longest pause while the next attempt is due later. */
const WAIT_MS = 60_000;
/** An attempt that is due within this time is waited for instead of sending again. */
const SOON_MS = 10_000;

/**
 * The webhook of a job: a quiet line while the job runs, then the state of its event, every attempt, and "Resend". Asks
 * the service again only while something is to be sent.
 */
export const webhookPanel = (
  api: Pick<Api, 'status' | 'deliveries' | 'redeliver'>,
  id: string,
  signal: AbortSignal,
) => {
  const state = h('span', {});
  const url = h('span', { class: 'webhook-url muted break' });
  const facts = h('span', { class: 'webhook-facts' });
  const said = h('p', { class: 'visually-hidden', role: 'status' });
  const problem = h('div', { role: 'alert' });
  const resend = h(
    'button',
    { type: 'button', class: 'button', on: { click: () => void send() } },
    icon('retry'),
    'Resend',
  );
  const count = h('span', {});
  const lists = h('div', { class: 'stack-small' });
  const attempts = h('details', { class: 'disclosure' }, h('summary', {}, icon('next'), count), lists);
  const element = h(
    'section',
    { class: 'panel webhook', 'aria-labelledby': 'webhook-title', hidden: true },
    h('div', { class: 'webhook-head' }, h('h2', { id: 'webhook-title' }, 'Webhook'), state, facts, resend, url),
    problem,
    attempts,
    said,
  );
  const waiting = h('p', { class: 'muted small break', hidden: true });

  let known: Webhook | null | undefined;
  let drawnFor = '';
  let sending = false;
  let canSend = false;
  let looking = new AbortController();
  let latest: Summary | null = null;

  const setResend = (): void => {
    if (canSend && !sending) resend.removeAttribute('aria-disabled');
    else resend.setAttribute('aria-disabled', 'true');
  };

  const draw = (newest: Delivery | undefined, all: readonly Delivery[], now: number): void => {
    canSend = newest !== undefined && !isSoon(newest, now);
    setResend();
    const text = JSON.stringify(all);
    if (text === drawnFor) return;
    const isFirst = drawnFor === '';
    drawnFor = text;
    const [label, tone] = stateOf(newest);
    const last = newest?.log[0];
    const result = last === undefined ? '' : last.status === null ? 'no response' : `HTTP ${last.status}`;
    const due = newest?.sending === false && last !== undefined ? newest.nextAttemptAt : null;
    fill(state, pill(label, tone));
    fill(
      facts,
      last !== undefined && `${result} · ${clock(last.at, now)}`,
      due !== null && ` · next attempt ${clock(due, now)}`,
    );
    setText(url, newest?.url ?? known?.url ?? '');
    if (!isFirst) setText(said, `Webhook: ${label.toLowerCase()}${tone === 'active' ? '' : `, ${result}`}`);
    const logged = all.reduce((sum, { log }) => sum + log.length, 0);
    attempts.hidden = logged === 0;
    setText(count, counted(logged, 'attempt'));
    fill(lists, ...attemptLists(all, now));
  };

  /** Follows the event of the run until nothing more is to be sent. */
  const follow = async ({ run }: Summary): Promise<void> => {
    looking.abort();
    looking = new AbortController();
    const over = AbortSignal.any([signal, looking.signal]);
    for (let looks = 0; !over.aborted; looks += 1) {
      let pause: number | null = LONGEST_LOOK_MS;
      try {
        const { deliveries, now } = await api.deliveries(id, over);
        // The event is stored shortly after the job has finished.
        const newest = deliveries.find((one) => one.run === run.number);
        const before = drawnFor;
        draw(newest, deliveries, now);
        if (drawnFor !== before) looks = 0;
        pause = pauseOf(newest, now, looks);
      } catch {
        // The banner reports a lost connection.
        if (over.aborted) return;
      }
      if (pause === null) return;
      await pauseUntil(pause, over);
    }
  };

  const send = async (): Promise<void> => {
    if (resend.hasAttribute('aria-disabled') || latest === null) return;
    sending = true;
    setResend();
    fill(problem);
    try {
      await api.redeliver(id);
    } catch (error) {
      if (!signal.aborted) fill(problem, h('p', { class: 'error-text' }, messageOf(error)));
    }
    sending = false;
    canSend = false;
    if (!signal.aborted) void follow(latest);
  };

  return {
    element,
    /** A quiet line with the URL, while the job runs. */
    waiting,
    /** The job runs: for the first time, or again. */
    showRunning: async (): Promise<void> => {
      looking.abort();
      latest = null;
      element.hidden = true;
      try {
        known ??= known === null ? null : (await api.status(id, '?limit=1', signal)).webhook;
      } catch {
        // The line only says what will be.
        return;
      }
      if (known === null || latest !== null) return;
      setText(waiting, `Webhook: will be sent when the job finishes · ${known.url}`);
      waiting.hidden = false;
    },
    showFinished: (summary: Summary, webhook: Webhook | null): void => {
      waiting.hidden = true;
      known = webhook;
      if (webhook === null || latest?.finishedAt === summary.finishedAt) return;
      latest = summary;
      drawnFor = '';
      fill(problem);
      fill(state, pill(...stateOf(undefined)));
      setText(url, webhook.url);
      attempts.hidden = true;
      canSend = false;
      setResend();
      element.hidden = false;
      void follow(summary);
    },
  };
};

const isSoon = ({ sending, nextAttemptAt }: Delivery, now: number): boolean =>
  sending || (nextAttemptAt !== null && Date.parse(nextAttemptAt) - now <= SOON_MS);

/** Until the next look; null: nothing more is to be sent. */
const pauseOf = (newest: Delivery | undefined, now: number, looks: number): number | null => {
  if (newest !== undefined && newest.state !== 'pending') return null;
  if (newest === undefined || isSoon(newest, now)) return Math.min(LONGEST_LOOK_MS, LOOK_MS * 2 ** looks);
  const due = newest.nextAttemptAt === null ? WAIT_MS : Date.parse(newest.nextAttemptAt) - now;
  return Math.min(WAIT_MS, Math.max(LOOK_MS, due));
};

const stateOf = (delivery: Delivery | undefined): readonly [label: string, tone: string] => {
  switch (delivery?.state) {
    case 'delivered':
      return ['Delivered', 'good'];
    case 'failed':
      return [`Failed after ${counted(delivery.attempts, 'attempt')}`, 'bad'];
    case 'gone':
      return ['Endpoint gone (410)', 'bad'];
    default:
      return delivery === undefined || delivery.sending || delivery.log.length === 0
        ? ['Sending…', 'active']
        : ['Retrying', 'warn'];
  }
};
