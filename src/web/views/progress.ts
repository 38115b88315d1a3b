import { h, setShare, setText } from '../dom.ts';
import { type Figures, figuresOf } from '../figures.ts';
import { change, count, duration, size, speed } from '../format.ts';
import { createPace } from '../rate.ts';
import { isFinal, type Summary } from '../types.ts';

/** Screen reader announcements happen every this many percent, to limit their number. */
const ANNOUNCE_STEP = 10;

/** Progress, speed, time left and savings; `foot` is below them. */
export const progressPanel = (foot: HTMLElement) => {
  const pace = createPace(() => performance.now());
  const percent = h('p', { class: 'progress-percent' }, '0%');
  const done = h('span', { class: 'bar-done' });
  const failed = h('span', { class: 'bar-failed' });
  const bar = h(
    'div',
    { class: 'bar', role: 'progressbar', 'aria-label': 'Images finished', 'aria-valuemin': 0, 'aria-valuemax': 100 },
    done,
    failed,
  );
  const announcement = h('p', { class: 'visually-hidden', role: 'status' });
  const stats = {
    finished: stat('Compressed'),
    failed: stat('Failed'),
    stopped: stat('Not processed'),
    skipped: stat('Skipped'),
    speed: stat('Speed'),
    time: stat('Time left'),
    saved: stat('Saved'),
  };
  let announcedAt = -1;

  const showPace = (figures: Figures, { limitedBy }: Summary, final: boolean): void => {
    const { total, pending, ofThisRun, seconds } = figures;
    const { perSecond, secondsLeft } = pace.add(total - pending, pending);
    stats.time.rename(final ? 'Duration' : 'Time left');
    if (final) {
      const average = seconds && ofThisRun ? speed(ofThisRun / seconds) : '';
      stats.speed.show(average, 'images/s');
      stats.time.show(seconds === null ? '' : seconds >= 1 ? duration(seconds) : '<1 s');
    } else {
      const limit = limitedBy && `limited by ${limitedBy.host}: ${count(limitedBy.connections)} at once`;
      stats.speed.show(perSecond === null ? '' : speed(perSecond), limit ? `images/s, ${limit}` : 'images/s');
      stats.time.show(secondsLeft === null ? '' : duration(secondsLeft));
    }
  };

  const show = (summary: Summary): void => {
    const figures = figuresOf(summary);
    const { total, completed } = figures;
    const { bytes } = summary;
    const final = isFinal(summary);
    setText(percent, `${figures.percent}%`);
    bar.setAttribute('aria-valuenow', String(figures.percent));
    bar.classList.toggle('is-running', !final);
    setShare(done, total === 0 ? 0 : completed / total);
    setShare(failed, total === 0 ? 0 : figures.failed / total);

    stats.finished.show(count(completed), `of ${count(total)}`);
    stats.failed.show(count(figures.failed));
    stats.failed.element.classList.toggle('is-bad', figures.failed > 0);
    stats.stopped.show(count(figures.stopped));
    stats.stopped.element.hidden = figures.stopped === 0;
    stats.skipped.show(count(figures.skipped), figures.skipped === 1 ? 'invalid URL' : 'invalid URLs');
    stats.skipped.element.hidden = figures.skipped === 0;
    showPace(figures, summary, final);
    stats.saved.show(
      bytes.in > 0 ? size(bytes.in - bytes.out) : '',
      bytes.in > 0 ? `${size(bytes.in)} → ${size(bytes.out)}, ${change(bytes.in, bytes.out)}` : '',
    );

    const step = final ? 100 : Math.floor(figures.percent / ANNOUNCE_STEP) * ANNOUNCE_STEP;
    if (step !== announcedAt) {
      announcedAt = step;
      const failures = figures.failed > 0 ? `, ${count(figures.failed)} failed` : '';
      setText(announcement, `${endOf(summary)}${count(completed)} of ${count(total)} images compressed${failures}.`);
    }
  };

  const element = h(
    'section',
    { class: 'panel progress', 'aria-label': 'Progress' },
    h('div', { class: 'progress-head' }, percent, bar),
    h('dl', { class: 'stats' }, ...Object.values(stats).map((one) => one.element)),
    foot,
    announcement,
  );
  return { element, show };
};

const endOf = (summary: Summary): string => {
  if (!isFinal(summary)) return '';
  return summary.status === 'cancelled' ? 'Stopped: ' : 'Finished: ';
};

const stat = (name: string) => {
  const label = h('dt', {}, name);
  const value = h('dd', { class: 'stat-value' });
  const note = h('dd', { class: 'stat-note' });
  const element = h('div', { class: 'stat is-empty' }, label, value, note);
  return {
    element,
    rename: (text: string): void => setText(label, text),
    /** What has no value yet keeps its place, and is not shown. */
    show: (text: string, more = ''): void => {
      element.classList.toggle('is-empty', text === '');
      setText(value, text);
      setText(note, text === '' ? '' : more);
    },
  };
};
