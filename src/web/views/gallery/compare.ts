import type { PageSettings } from '../../../http/page-settings.ts';
import { plainHint } from '../../../image-error-hints.ts';
import { OUTPUT_FORMATS } from '../../../output-formats.ts';
import { copyButton } from '../../copy.ts';
import { fill, h, setText } from '../../dom.ts';
import { change, pixels, size } from '../../format.ts';
import { icon } from '../../icons.ts';
import { originalOf } from '../../settings.ts';
import { NOTES } from './notes.ts';
import { createStage } from './stage.ts';
import { nameOf, noteOf, outputPath, ownPath, type Placed } from './tile.ts';

interface Browsed {
  /** How many can be reached, the place of a position of the job among them, and the position at a place; -1 and null: none. */
  readonly count: () => number;
  readonly placeOf: (position: number) => number;
  readonly positionAt: (place: number) => number | null;
  /** Which of how many, in words. */
  readonly where: (position: number) => string;
  /** Of the image at a position of the job; null if there is none. */
  readonly find: (position: number) => Promise<Placed | null>;
  /** Asked to show another; the address follows. */
  readonly onStep: (position: number) => void;
  readonly onClose: () => void;
}

/** A dialog with an image of the job before and after, at any zoom, from which all others can be reached. */
export const createCompare = (settings: PageSettings, browsed: Browsed) => {
  const { count: total, placeOf, positionAt, where, find, onStep, onClose } = browsed;
  let position = -1;
  let drawnFor = '';
  const title = h('h2', { id: 'compare-title', class: 'break' });
  const place = h('p', { class: 'muted compare-place' });
  const facts = h('p', { class: 'muted small' });
  const beforeLabel = h('span', { class: 'compare-label' });
  const afterLabel = h('span', { class: 'compare-label compare-label-after' });
  const scale = h('output', { class: 'compare-scale' });
  const notice = h('div', { class: 'compare-notice', 'aria-live': 'polite' });
  const links = h('p', { class: 'compare-links' });

  const stage = createStage((now, fits) => {
    setText(scale, `${Math.round(now * 100)}%`);
    for (const [key, button] of zoomButtons) {
      const pressed = key === '0' ? fits : !fits && Math.abs(now - Number(key)) < 0.005;
      if (key === '0' || key === '1' || key === '2') button.setAttribute('aria-pressed', String(pressed));
    }
  });
  const zoomButton = (key: string, text: string, name: string) =>
    [
      key,
      h('button', { type: 'button', class: 'button', 'aria-label': name, on: { click: () => stage.onKey(key) } }, text),
    ] as const;
  const zoomButtons = [
    zoomButton('-', '−', 'Zoom out'),
    zoomButton('0', 'Fit', 'Fit'),
    zoomButton('1', '1:1', '1:1'),
    zoomButton('2', '2:1', '2:1'),
    zoomButton('+', '+', 'Zoom in'),
  ];
  const previous = h(
    'button',
    { type: 'button', class: 'button', on: { click: () => step(-1) } },
    icon('previous'),
    'Previous',
  );
  const next = h('button', { type: 'button', class: 'button', on: { click: () => step(1) } }, 'Next', icon('next'));
  const close = h(
    'button',
    { type: 'button', class: 'icon-button', 'aria-label': 'Close', on: { click: () => onClose() } },
    icon('close'),
  );
  const dialog = h(
    'dialog',
    { class: 'dialog compare', 'aria-labelledby': 'compare-title' },
    h('div', { class: 'dialog-head' }, h('div', { class: 'compare-title' }, title, place), close),
    h('div', { class: 'compare-labels' }, beforeLabel, afterLabel),
    notice,
    stage.element,
    h(
      'div',
      { class: 'compare-bar' },
      h(
        'div',
        { class: 'compare-zoom', role: 'group', 'aria-label': 'Zoom' },
        ...zoomButtons.map(([, button]) => button),
        scale,
      ),
      h('div', { class: 'actions' }, previous, next),
    ),
    h('div', { class: 'compare-foot' }, links, facts, legend()),
  );

  dialog.addEventListener('click', (event) => event.target === dialog && onClose());
  // Esc: the address decides what is open.
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault();
    onClose();
  });
  dialog.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (stage.onKey(event.key)) event.preventDefault();
    else if (event.key === 'PageUp' || event.key === 'PageDown') {
      event.preventDefault();
      step(event.key === 'PageUp' ? -1 : 1);
    } else if ((event.key === 'ArrowLeft' || event.key === 'ArrowRight') && event.target !== stage.slider) {
      event.preventDefault();
      step(event.key === 'ArrowLeft' ? -1 : 1);
    }
  });

  /** The sizes in pixels, of the original too once it is loaded, and what was done. */
  const describe = ({ image }: Placed, original: HTMLImageElement | null): void => {
    const notes = image.notes.map((note) => NOTES[note]).join(' ');
    const sizes = [
      ...(original === null ? [] : [pixels(original.naturalWidth, original.naturalHeight)]),
      pixels(image.width ?? 0, image.height ?? 0),
    ];
    setText(facts, `${[...new Set(sizes)].join(' → ')} pixels. ${notes}`);
  };
  let current: Placed | null = null;
  stage.before.addEventListener('load', () => current !== null && describe(current, stage.before));
  stage.before.addEventListener('error', () => {
    stage.element.classList.add('has-no-before');
    fill(notice, h('p', { class: 'muted' }, UNAVAILABLE));
  });

  // Of a failed image the original is shown, if the browser can.
  stage.after.addEventListener('load', () => {
    if (current?.image.status !== 'failed') return;
    stage.element.classList.remove('has-nothing');
    const { naturalWidth: width, naturalHeight: height } = stage.after;
    stage.reset({ width: width || 4, height: height || 3 });
    setText(beforeLabel, 'Original');
    setText(facts, width > 0 ? `${pixels(width, height)} pixels` : '');
  });
  stage.after.addEventListener('error', () => {
    if (current?.image.status === 'failed') showEmpty(UNAVAILABLE);
  });
  const showEmpty = (text: string): void => fill(stage.empty, icon('image'), text);

  const showWhere = (): void => {
    setText(place, where(position));
    previous.disabled = placeOf(position) <= 0;
    next.disabled = placeOf(position) >= total() - 1;
  };

  const draw = (shown: Placed): void => {
    const { image } = shown;
    const state = `${image.id} ${image.status}`;
    if (state === drawnFor) return;
    drawnFor = state;
    current = shown;
    const completed = image.status === 'completed';
    setText(title, nameOf(shown));
    fill(notice);
    stage.element.classList.toggle('has-no-before', !completed);
    stage.element.classList.toggle('has-nothing', !completed);
    const original = originalOf(image.inputUrl, settings);
    if (!completed) {
      stage.before.removeAttribute('src');
      stage.after.removeAttribute('src');
      for (const label of [beforeLabel, afterLabel, facts]) setText(label, '');
      const hint = image.status === 'failed' ? plainHint(image.error?.code ?? '') : undefined;
      fill(
        notice,
        image.status === 'failed' && h('p', { class: 'error-text' }, noteOf(image)),
        hint !== undefined && h('p', {}, h('strong', {}, 'What to do: '), hint),
      );
      stage.after.alt = 'Original';
      const canLoad = image.status === 'failed' && /^(https?:|\/)/i.test(original);
      showEmpty(canLoad ? 'Loading the original…' : image.status === 'failed' ? UNAVAILABLE : noteOf(image));
      if (canLoad) stage.after.src = original;
      fill(links, /^https?:/i.test(original) && link(original, 'Open original'));
      return;
    }
    describe(shown, null);
    stage.reset({ width: image.width ?? 4, height: image.height ?? 3 });
    stage.after.alt = 'After';
    stage.after.src = outputPath(image);
    stage.before.src = original;
    const bytes = [image.bytesIn ?? 0, image.bytesOut ?? 0] as const;
    fill(beforeLabel, h('span', {}, 'Before'), ` ${size(bytes[0])}`);
    fill(afterLabel, h('span', {}, 'After'), ` ${size(bytes[1])} (${change(...bytes)})`);
    const further = (image.outputs ?? [])
      .slice(1)
      .map(({ url, format, width, height, bytes }) =>
        link(ownPath(url), `${OUTPUT_FORMATS[format].label} ${pixels(width, height)}, ${size(bytes)}`),
      );
    const output = outputPath(image);
    fill(
      links,
      link(original, 'Open original'),
      link(output, 'Open compressed'),
      h('a', { href: output, download: fileName(nameOf(shown), output) }, 'Download'),
      copyButton({ label: 'Copy new URL', text: () => image.outputUrl ?? '', look: 'link' }),
      ...further,
    );
  };

  /** Shows the image again if it has changed, or the one at another position. */
  const show = async (at: number): Promise<void> => {
    position = at;
    showWhere();
    const shown = await find(at);
    if (position !== at || !dialog.open) return;
    if (shown === null) onClose();
    else {
      draw(shown);
      showWhere();
    }
  };

  const step = (by: number): void => {
    const to = placeOf(position) + by;
    const target = to < 0 ? null : positionAt(to);
    if (target === null) return;
    onStep(target);
    // A disabled button loses the focus.
    if ((to === 0 && by < 0) || (to === total() - 1 && by > 0)) stage.element.focus();
  };

  return {
    /** Opens it, or moves on to another image. */
    open: (at: number): Promise<void> => {
      if (!dialog.open) {
        drawnFor = '';
        setText(title, 'Loading…');
        document.body.append(dialog);
        dialog.showModal();
        stage.element.focus();
      }
      return show(at);
    },
    refresh: (): void => {
      if (dialog.open) void show(position);
    },
    close: (): void => {
      position = -1;
      dialog.close();
      dialog.remove();
    },
  };
};

const UNAVAILABLE = 'The original image is unavailable.';

const LEGEND = [
  ['←', '→', 'previous, next; a zoomed picture moves'],
  ['Page Up', 'Page Down', 'always previous, next'],
  ['+', '−', 'zoom'],
  ['0', '1', '2', 'fit, 1:1, 2:1'],
  ['Tab', 'to the divider, then ← →'],
] as const;

const legend = (): HTMLElement =>
  h(
    'details',
    { class: 'compare-legend' },
    h('summary', {}, 'Keys'),
    h(
      'ul',
      {},
      ...LEGEND.map((entry) =>
        h('li', {}, ...entry.slice(0, -1).map((key) => h('kbd', {}, key)), h('span', {}, entry.at(-1) ?? '')),
      ),
    ),
  );

const link = (href: string, text: string): HTMLElement =>
  h(
    'a',
    { href, target: '_blank', rel: 'noopener noreferrer' },
    text,
    h('span', { class: 'visually-hidden' }, ' (new tab)'),
  );

/** The product's name with the extension of the output. */
const fileName = (name: string, output: string): string =>
  `${name.replace(/[^\p{L}\p{N}_-]+/gu, '-').slice(0, 80)}${output.slice(output.lastIndexOf('.'))}`;
