import type { PageSettings } from '../../../http/page-settings.ts';
import { OUTPUT_FORMATS } from '../../../output-formats.ts';
import { fill, h, setShare, setText } from '../../dom.ts';
import { change, count, size } from '../../format.ts';
import { icon } from '../../icons.ts';
import { nameOf, outputPath, ownPath, type Shown } from './tile.ts';

const NOTES = {
  kept_original: 'The original was smaller than a new encoding, so it was kept, without its metadata.',
  first_frame_only: 'The original is animated; its first frame was kept.',
  resized: 'It was made smaller to fit the size that was chosen.',
  profile_converted: 'The colours were converted to sRGB, which every screen and shop shows alike.',
  uncalibrated_colours: 'The file says that its colours are not sRGB, but not which; they may look dull.',
  thumbnail_skipped: 'The file starts with a thumbnail; the picture in full size was read.',
  extra_channels_dropped: 'Spot colours or saved selections of the original were dropped.',
  share_link: 'The URL is a share link; the file behind it was downloaded.',
} as const;

/**
 * A dialog that overlays the original on the output, with a slider. The slider is a range input over the whole image, so
 * that mouse, touch, keyboard and screen reader work natively.
 * @param list the images to browse, in order
 */
export const createCompare = (settings: PageSettings, list: () => readonly Shown[]) => {
  let openId = '';
  const title = h('h2', { id: 'compare-title', class: 'break' });
  const facts = h('p', { class: 'muted' });
  const after = h('img', { class: 'compare-after', alt: 'After' });
  const before = h('img', { class: 'compare-before', alt: 'Before' });
  const beforeTag = h('span', { class: 'compare-tag compare-tag-before' });
  const afterTag = h('span', { class: 'compare-tag compare-tag-after' });
  const slider = h('input', {
    type: 'range',
    class: 'compare-slider',
    min: 0,
    max: 100,
    step: 1,
    value: 50,
    'aria-label': 'Visible share of the original, in percent',
    on: { input: () => setShare(stage, Number(slider.value) / 100) },
  });
  const handle = h('span', { class: 'compare-handle' }, icon('compare'));
  const stage = h('div', { class: 'compare-stage' }, after, before, handle, slider, beforeTag, afterTag);
  const notice = h('div', { 'aria-live': 'polite' });
  const links = h('p', { class: 'compare-links' });
  const previous = h(
    'button',
    { type: 'button', class: 'button', on: { click: () => step(-1) } },
    icon('previous'),
    'Previous',
  );
  const next = h('button', { type: 'button', class: 'button', on: { click: () => step(1) } }, 'Next', icon('next'));
  const dialog = h(
    'dialog',
    { class: 'dialog compare', 'aria-labelledby': 'compare-title' },
    h(
      'div',
      { class: 'dialog-head' },
      h('div', { class: 'stack-tiny' }, title, facts),
      h(
        'button',
        { type: 'button', class: 'icon-button', 'aria-label': 'Close', on: { click: () => dialog.close() } },
        icon('close'),
      ),
    ),
    stage,
    notice,
    h('div', { class: 'dialog-foot' }, links, h('div', { class: 'actions' }, previous, next)),
  );
  // A click on the backdrop is a click on the dialog itself.
  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
  dialog.addEventListener('close', () => dialog.remove());

  /** The sizes in pixels, of the original too once it is loaded, and what was done. */
  const describe = (original: HTMLImageElement | null): void => {
    const image = list().find((one) => one.image.id === openId)?.image;
    if (image === undefined) return;
    const notes = image.notes.map((note) => NOTES[note]).join(' ');
    const sizes = [
      ...(original === null ? [] : [pixels(original.naturalWidth, original.naturalHeight)]),
      pixels(image.width ?? 0, image.height ?? 0),
    ];
    setText(facts, `${[...new Set(sizes)].join(' → ')} pixels. ${notes}`);
  };
  before.addEventListener('load', () => describe(before));
  before.addEventListener('error', () => {
    stage.classList.add('has-no-before');
    fill(notice, h('p', { class: 'muted' }, 'The original image is unavailable.'));
  });

  const show = (shown: Shown): void => {
    const { image } = shown;
    openId = image.id;
    setText(title, nameOf(shown));
    describe(null);
    stage.classList.remove('has-no-before');
    fill(notice);
    slider.value = '50';
    setShare(stage, 0.5);
    // Reserves the image's aspect ratio to avoid a layout shift.
    stage.style.setProperty('--ratio', String((image.width ?? 4) / (image.height ?? 3)));
    after.src = outputPath(image);
    const original = originalOf(image.inputUrl, settings.samples);
    before.src = original;
    setText(beforeTag, `Before ${size(image.bytesIn ?? 0)}`);
    setText(afterTag, `After ${size(image.bytesOut ?? 0)} (${change(image.bytesIn ?? 0, image.bytesOut ?? 0)})`);
    const further = (image.outputs ?? [])
      .slice(1)
      .map(({ url, format, width, height, bytes }) =>
        link(ownPath(url), `${OUTPUT_FORMATS[format].label} ${pixels(width, height)}, ${size(bytes)}`),
      );
    fill(links, link(original, 'Open original'), link(outputPath(image), 'Open compressed'), ...further);
    const all = list();
    const at = all.findIndex((one) => one.image.id === image.id);
    previous.disabled = at <= 0;
    next.disabled = at >= all.length - 1;
  };

  const step = (by: number): void => {
    const all = list();
    const shown = all[all.findIndex((one) => one.image.id === openId) + by];
    if (shown === undefined) return;
    show(shown);
    // A disabled button loses the focus.
    if ((by > 0 ? next : previous).disabled) slider.focus();
  };

  return {
    open: (id: string): void => {
      const shown = list().find(({ image }) => image.id === id);
      if (shown === undefined) return;
      document.body.append(dialog);
      show(shown);
      dialog.showModal();
      slider.focus();
    },
  };
};

const pixels = (width: number, height: number): string => `${count(width)} × ${count(height)}`;

const link = (href: string, text: string): HTMLElement =>
  h(
    'a',
    { href, target: '_blank', rel: 'noopener noreferrer' },
    text,
    h('span', { class: 'visually-hidden' }, ' (new tab)'),
  );

/** The sample's photos are served from this origin too; other originals are loaded from their own URL. */
const originalOf = (inputUrl: string, samples: string | null): string =>
  samples !== null && inputUrl.startsWith(samples) ? `/samples/${inputUrl.slice(samples.length)}` : inputUrl;
