import { OUTPUT_FORMATS } from '../../output-formats.ts';
import { imageAddress } from '../address.ts';
import type { Api } from '../api.ts';
import { h, setShare } from '../dom.ts';
import { change, count, counted, size } from '../format.ts';
import { icon } from '../icons.ts';
import type { Report, Status, Summary } from '../types.ts';
import { pagesOf } from './gallery/pages.ts';
import { nameOf } from './gallery/tile.ts';

type Savings = NonNullable<Report['savings']>;

/** Answers read to find where the outliers are in the job. */
const PAGES_READ = 20;

/** What was saved in one figure, how it is distributed, and which images stand out. */
export const reportPanel = (
  api: Pick<Api, 'status'>,
  { requestId, bytes, options }: Summary,
  { report }: Status,
  signal: AbortSignal,
): HTMLElement | null => {
  if (bytes.in === 0) return null;
  const { savings, sameBytes = [] } = report ?? {};
  return h(
    'section',
    { class: 'panel stack', 'aria-labelledby': 'report-title' },
    h('h2', { id: 'report-title' }, 'Savings'),
    bytes.in > 0 &&
      h(
        'p',
        { class: 'saved-total' },
        h(
          'strong',
          { class: bytes.in >= bytes.out ? 'good' : '' },
          bytes.in >= bytes.out ? `${size(bytes.in - bytes.out)} saved` : `${size(bytes.out - bytes.in)} larger`,
          `, ${change(bytes.in, bytes.out)}`,
        ),
        h('span', { class: 'muted' }, `${size(bytes.in)} → ${size(bytes.out)}`),
      ),
    savings !== undefined && distribution(savings),
    savings !== undefined &&
      outliersList(savings, OUTPUT_FORMATS[options.format].extension, (links) =>
        leadToImages(api, requestId, links, signal),
      ),
    sameBytes.length > 0 && samePictures(sameBytes),
  );
};

/** A table with bars; nothing where all images saved alike, as bars of one length say nothing. */
const distribution = ({ bands }: Savings): HTMLElement | null => {
  const used = bands.filter((band) => band.count > 0);
  const total = used.reduce((sum, band) => sum + band.count, 0);
  if (total === 0) return null;
  const [only] = used;
  if (used.length === 1 && only !== undefined) {
    return h('p', { class: 'muted' }, `All ${counted(total, 'image')}: ${bandOf(only)}.`);
  }
  const shown = bands.slice(
    bands.findIndex((band) => band.count > 0),
    bands.findLastIndex((band) => band.count > 0) + 1,
  );
  const most = Math.max(...used.map((band) => band.count));
  return h(
    'table',
    { class: 'chart' },
    h('caption', {}, 'Images by saving'),
    h('tbody', {}, ...shown.toReversed().map((band) => bandRow(band, most, total))),
  );
};

const bandRow = (band: Savings['bands'][number], most: number, total: number): HTMLElement => {
  const bar = h('span', { class: 'chart-bar', hidden: band.count === 0 });
  setShare(bar, band.count / most);
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, bandOf(band)),
    h('td', { class: 'chart-track' }, bar),
    h('td', { class: 'number' }, count(band.count)),
    h('td', { class: 'number muted' }, shareOf(band.count, total)),
  );
};

const bandOf = ({ fromPercent, toPercent }: Savings['bands'][number]): string => {
  if (fromPercent === null) return 'grew';
  return toPercent === 100 ? `${fromPercent}% or more saved` : `${fromPercent}–${toPercent}% saved`;
};

const shareOf = (part: number, total: number): string => {
  const percent = (100 * part) / total;
  if (part > 0 && percent < 1) return '<1%';
  return `${part < total ? Math.min(99, Math.round(percent)) : 100}%`;
};

/** Links by the id of their image. */
type Links = ReadonlyMap<string, HTMLAnchorElement>;

/** Leads links to where their images are in the gallery; those that are not found stay links to the files. */
const leadToImages = async (
  api: Pick<Api, 'status'>,
  requestId: string,
  links: Links,
  signal: AbortSignal,
): Promise<void> => {
  let left = links.size;
  try {
    for await (const images of pagesOf(api, requestId, signal, PAGES_READ)) {
      for (const { image, position } of images) {
        const link = links.get(image.id);
        if (link === undefined) continue;
        link.href = imageAddress(requestId, position);
        link.removeAttribute('target');
        left -= 1;
      }
      if (left === 0) return;
    }
  } catch {
    // The files can be opened.
  }
};

const outliersList = (
  { grew, keptOriginal, hardlySaved }: Savings,
  extension: string,
  onOpen: (links: Links) => Promise<void>,
): HTMLElement | null => {
  const kinds = [
    ['grew', grew],
    ['kept the original, which was smaller', keptOriginal],
    ['hardly saved (less than 10%)', hardlySaved],
  ] as const;
  const found = kinds.filter(([, { count: images }]) => images > 0);
  if (found.length === 0) return null;
  return h(
    'div',
    { class: 'outliers' },
    ...found.map(([label, { count: images, images: listed }]) => {
      const links = new Map(listed.map((image) => [image.id, outlierLink(image, extension)]));
      const details = h(
        'details',
        { class: 'disclosure' },
        h('summary', {}, icon('next'), `${counted(images, 'image')} ${label}`),
        h('ul', { class: 'outlier-list' }, ...listed.map((image) => outlier(image, links.get(image.id)))),
        listed.length < images && h('p', { class: 'muted small' }, `The ${count(listed.length)} largest.`),
      );
      details.addEventListener('toggle', () => void onOpen(links), { once: true });
      return details;
    }),
  );
};

type Outlier = Savings['grew']['images'][number];

const outlierLink = (image: Outlier, extension: string): HTMLAnchorElement =>
  h(
    'a',
    { class: 'break', href: `/processed_images/${image.id}.${extension}`, target: '_blank' },
    nameOf({ ...image, serialNumber: '' }),
  );

const outlier = (image: Outlier, link: HTMLElement | undefined): HTMLElement =>
  h(
    'li',
    {},
    link,
    h('span', { class: 'muted' }, `Row ${count(image.row)}`),
    h('span', { class: 'number' }, `${size(image.bytesIn)} → ${size(image.bytesOut)}`),
    h('span', { class: 'number' }, change(image.bytesIn, image.bytesOut)),
  );

const samePictures = (groups: NonNullable<Report['sameBytes']>): HTMLElement =>
  h(
    'div',
    { class: 'stack-small' },
    h('h3', {}, 'Same picture under many URLs'),
    h('p', { class: 'muted small' }, 'The image server may have sent a placeholder instead of the pictures.'),
    h(
      'ul',
      {},
      ...groups.map(({ count: images, bytes, exampleUrls }) =>
        h(
          'li',
          { class: 'break' },
          `${count(images)} images are the same picture of ${size(bytes)}`,
          exampleUrls.length > 0 && `, for example ${exampleUrls.join(' and ')}`,
        ),
      ),
    ),
  );
