import { h, setShare, setText } from '../dom.ts';
import { change, count, duration, size, speed } from '../format.ts';
import { createPace } from '../rate.ts';
import { isFinal, type Summary } from '../types.ts';

/** Screen reader announcements happen every this many percent, to limit their number. */
const ANNOUNCE_STEP = 10;

/** Progress, speed, time left and savings. */
export const progressPanel = () => {
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
    finished: stat('Done'),
    failed: stat('Failed'),
    speed: stat('Speed'),
    time: stat('Time left'),
    saved: stat('Saved'),
  };
  let announcedAt = -1;

  const show = (summary: Summary): void => {
    const { progress, bytes, startedAt, finishedAt, limitedBy } = summary;
    const { total, completed } = progress;
    const final = isFinal(summary);
    const { perSecond, secondsLeft } = pace.add(total - progress.pending, progress.pending);
    setText(percent, `${progress.percent}%`);
    bar.setAttribute('aria-valuenow', String(progress.percent));
    bar.classList.toggle('is-running', !final);
    setShare(done, total === 0 ? 0 : completed / total);
    setShare(failed, total === 0 ? 0 : progress.failed / total);

    stats.finished.show(count(completed), `of ${count(total)}`);
    stats.failed.show(
      count(progress.failed),
      progress.cancelled > 0 ? `${count(progress.cancelled)} not processed` : '',
    );
    stats.failed.element.classList.toggle('is-bad', progress.failed > 0);
    if (final) {
      const seconds = startedAt && finishedAt ? (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000 : 0;
      const average = seconds > 0 ? speed((total - progress.cancelled) / seconds) : '–';
      stats.speed.show(average, average === '–' ? '' : 'images/s');
      stats.time.rename('Duration');
      stats.time.show(seconds >= 1 ? duration(seconds) : '<1 s', '');
    } else {
      const limit = limitedBy && `limited by ${limitedBy.host}: ${count(limitedBy.connections)} at once`;
      stats.speed.show(perSecond === null ? '–' : speed(perSecond), limit ? `images/s, ${limit}` : 'images/s');
      stats.time.rename('Time left');
      stats.time.show(secondsLeft === null ? '–' : duration(secondsLeft), '');
    }
    stats.saved.show(
      size(bytes.in - bytes.out),
      bytes.in > 0 ? `${size(bytes.in)} → ${size(bytes.out)}, ${change(bytes.in, bytes.out)}` : '',
    );

    const step = final ? 100 : Math.floor(progress.percent / ANNOUNCE_STEP) * ANNOUNCE_STEP;
    if (step !== announcedAt) {
      announcedAt = step;
      const failures = progress.failed > 0 ? `, ${count(progress.failed)} failed` : '';
      setText(
        announcement,
        `${final ? 'Finished: ' : ''}${count(completed)} of ${count(total)} images done${failures}.`,
      );
    }
  };

  const element = h(
    'section',
    { class: 'panel progress', 'aria-label': 'Progress' },
    h('div', { class: 'progress-head' }, percent, bar),
    h('dl', { class: 'stats' }, ...Object.values(stats).map((one) => one.element)),
    announcement,
  );
  return { element, show };
};

const stat = (name: string) => {
  const label = h('dt', {}, name);
  const value = h('dd', { class: 'stat-value' }, '–');
  const note = h('dd', { class: 'stat-note' });
  return {
    element: h('div', { class: 'stat' }, label, value, note),
    rename: (text: string): void => setText(label, text),
    show: (text: string, more: string): void => {
      setText(value, text);
      setText(note, more);
    },
  };
};
