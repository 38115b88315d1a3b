import { type Api, messageOf } from '../../api.ts';
import { fill, h, setText } from '../../dom.ts';
import { figuresOf } from '../../figures.ts';
import { change, count, counted, encodingOf, moment, size } from '../../format.ts';
import { icon } from '../../icons.ts';
import { isFinal, type Summary } from '../../types.ts';
import { statusPill } from '../status.ts';

const LONGEST_NAME = 200;

/** Name, state, one figure and the actions of a job. The name is changed in its place: Enter saves it, Escape does not. */
export const jobHeader = (api: Pick<Api, 'rename'>, actions: HTMLElement, onRenamed: (name: string) => void) => {
  const heading = h('h1', { class: 'break' }, 'Job');
  const pill = h('span', {});
  const outcome = h('span', { class: 'job-outcome' });
  const saved = h('span', { class: 'job-saved' });
  const meta = h('p', { class: 'muted small break' });
  const rename = h(
    'button',
    { type: 'button', class: 'icon-button', 'aria-label': 'Rename', title: 'Rename', hidden: true },
    icon('edit'),
  );
  const title = h('div', { class: 'job-title' }, heading, rename, pill);
  const place = h('div', { class: 'job-name' }, title);
  let latest: Summary | null = null;

  const close = (): void => {
    fill(place, title);
    rename.focus();
  };
  const open = (): void => {
    if (latest === null) return;
    const { requestId } = latest;
    const input = h('input', { id: 'job-name', type: 'text', maxlength: LONGEST_NAME, autocomplete: 'off' });
    const problem = h('p', { class: 'error-text', role: 'alert' });
    input.value = nameOf(latest);
    const save = async (): Promise<void> => {
      const name = input.value.trim();
      if (name === '' || name === heading.textContent) return close();
      try {
        await api.rename(requestId, name);
        onRenamed(name);
        close();
      } catch (error) {
        fill(problem, messageOf(error));
        input.focus();
      }
    };
    const form = h(
      'form',
      {
        class: 'job-rename',
        on: {
          submit: (event) => {
            event.preventDefault();
            void save();
          },
          keydown: ({ key }) => {
            if (key === 'Escape') close();
          },
        },
      },
      h('label', { class: 'visually-hidden', for: 'job-name' }, 'Name of the job'),
      input,
      h('button', { type: 'submit', class: 'button button-primary' }, 'Save'),
      h('button', { type: 'button', class: 'button', on: { click: close } }, 'Cancel'),
    );
    fill(place, form, problem);
    input.select();
  };
  rename.addEventListener('click', open);

  const show = (summary: Summary): void => {
    latest = summary;
    const { bytes } = summary;
    setText(heading, nameOf(summary));
    rename.hidden = false;
    fill(pill, statusPill(summary));
    setText(outcome, outcomeOf(summary));
    const isSmaller = isFinal(summary) && bytes.in > bytes.out;
    setText(saved, isSmaller ? `${size(bytes.in - bytes.out)} saved, ${change(bytes.in, bytes.out)}` : '');
    setText(meta, `${moment(summary.createdAt)} · ${encodingOf(summary.options)} · ${summary.requestId}`);
  };

  const element = h(
    'header',
    { class: 'job-head' },
    h('a', { class: 'link link-back', href: '#/' }, icon('back'), 'All jobs'),
    h(
      'div',
      { class: 'job-bar' },
      h('div', { class: 'job-main' }, place, h('p', { class: 'job-figure' }, outcome, ' ', saved), meta),
      actions,
    ),
  );
  return {
    element,
    heading,
    show,
    /** Instead of a job: there is none, or it cannot be read. */
    showNone: (text: string): void => setText(heading, text),
  };
};

/** Jobs of earlier versions, and uploads without a file name, have none. */
export const nameOf = ({ name, createdAt }: Pick<Summary, 'name' | 'createdAt'>): string =>
  name ?? `Job from ${moment(createdAt)}`;

/** What became of the images, in a few words. */
export const outcomeOf = (summary: Summary): string => {
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
