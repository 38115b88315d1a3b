import { hasUrl } from '../../../csv/urls.ts';
import type { PageSettings } from '../../../http/page-settings.ts';
import { type Api, messageOf } from '../../api.ts';
import { type Found, imagesKept } from '../../csv/found.ts';
import { fill, h } from '../../dom.ts';
import { counted } from '../../format.ts';
import { icon } from '../../icons.ts';
import { shownTrial } from './trial-results.ts';

const MAX_TRIED = 3;
/** The server cuts long URLs of a file that it has read itself. */
const CUT = /…$/;

/** Of the options, those that an image is encoded with. */
const OPTIONS = ['format', 'quality', 'outputs', 'maxWidth', 'maxHeight', 'background', 'metadata'] as const;

/** By URL: the name of its product. */
type Candidates = ReadonlyMap<string, string>;

/** The first images of the file, by default one of each row. */
const candidatesOf = ({ firstRows }: Found): Candidates => {
  const named = firstRows.flatMap(({ urls, productName, serialNumber }) =>
    urls
      .filter((url) => hasUrl(url) && !CUT.test(url))
      .map((url, place) => ({ url, place, name: productName || serialNumber })),
  );
  // A stable sort: the first images of all rows, then the second ones.
  return new Map(named.sort((a, b) => Math.min(a.place, 1) - Math.min(b.place, 1)).map(({ url, name }) => [url, name]));
};

/** Compresses up to three images of the file with the options, and shows them before and after. */
export const trialPanel = (api: Api, settings: PageSettings, options: () => FormData) => {
  let candidates: Candidates = new Map();
  let images = 0;
  let chosenByHand = false;
  let trying: AbortController | null = null;

  const list = h('datalist', { id: 'trial-urls' });
  const inputs = Array.from({ length: MAX_TRIED }, (_, at) =>
    h('input', {
      ...{ type: 'url', list: list.id, 'aria-label': `Image ${at + 1}`, placeholder: 'https://…', maxlength: 8192 },
      ...{ autocomplete: 'off', spellcheck: 'false' },
      on: {
        input: () => {
          chosenByHand = true;
          showButton();
        },
        keydown: (event) => {
          if (event.key === 'Enter') void run();
        },
      },
    }),
  );
  const button = h('button', { type: 'button', class: 'button', on: { click: () => void run() } });
  const results = h('div', { class: 'place', 'aria-live': 'polite' });
  const element = h(
    'section',
    { class: 'panel stack trial', 'aria-labelledby': 'trial-title', hidden: true },
    h(
      'div',
      { class: 'trial-head' },
      h(
        'div',
        { class: 'stack-tiny' },
        h('h2', { id: 'trial-title' }, 'Try it on your images'),
        h('p', { class: 'muted small' }, 'Compare before and after with these options. Nothing is stored.'),
      ),
      button,
    ),
    h(
      'details',
      { class: 'disclosure' },
      h('summary', {}, icon('next'), 'Choose images'),
      h(
        'div',
        { class: 'stack-small' },
        h('p', { class: 'muted small' }, `Pick from your first rows, or paste up to ${MAX_TRIED} image URLs.`),
        ...inputs,
        list,
      ),
    ),
    results,
  );

  const urls = (): string[] => [...new Set(inputs.map(({ value }) => value.trim()).filter((url) => url !== ''))];

  const showButton = (): void => {
    const tried = results.childElementCount > 0;
    fill(button, icon(tried ? 'retry' : 'compare'), tried ? 'Try again' : `Try ${counted(urls().length, 'image')}`);
    button.disabled = urls().length === 0;
  };

  const run = async (): Promise<void> => {
    const tried = urls();
    if (trying !== null || tried.length === 0) return;
    trying = new AbortController();
    const given = options();
    const fields = Object.fromEntries(
      OPTIONS.flatMap((name) => (given.get(name) === null ? [] : [[name, String(given.get(name))]])),
    );
    button.setAttribute('aria-busy', 'true');
    fill(button, icon('retry'), 'Trying…');
    try {
      const { images: found } = await api.tryImages({ ...fields, urls: tried }, trying.signal);
      const named = found.map((image, at) => ({
        image,
        url: tried[at] ?? '',
        name: candidates.get(tried[at] ?? '') ?? '',
      }));
      fill(results, ...shownTrial(named, given, images, settings));
    } catch (error) {
      if (trying.signal.aborted) return;
      fill(results, h('p', { class: 'error-text', role: 'alert' }, messageOf(error)));
    } finally {
      trying = null;
      button.removeAttribute('aria-busy');
      showButton();
    }
  };

  return {
    element,
    /** Proposes images of what was found; null: nothing was. */
    show(found: Found | null): void {
      candidates = found === null ? new Map() : candidatesOf(found);
      images = found === null ? 0 : imagesKept(found);
      element.hidden = candidates.size === 0;
      fill(list, ...[...candidates].map(([value, name]) => h('option', { value, label: name || null })));
      const proposed = [...candidates.keys()];
      if (!chosenByHand) for (const [at, input] of inputs.entries()) input.value = proposed[at] ?? '';
      showButton();
    },
    close: (): void => trying?.abort(),
  };
};
