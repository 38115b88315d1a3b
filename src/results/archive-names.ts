import { trimEnd } from '../trim.ts';
import { createUniqueNames } from '../unique-names.ts';

const MAX_NAME_CHARACTERS = 70;
/** Reserved by Windows, alone or before a dot. */
const RESERVED = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)/i;

/**
 * A name that every system accepts as a path segment: no separators, no control, invisible or direction-changing
 * characters, no names reserved by Windows, no leading or trailing dots or spaces.
 */
export const safeName = (text: string, most = MAX_NAME_CHARACTERS): string => {
  const clean = text
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\s\u00a0]+/gu, ' ')
    .replace(/[<>:"/\\|?*\p{C}\ufffd]+/gu, '_');
  const cut = [...clean.slice(0, most + 2)].join('').slice(0, most);
  const trimmed = trimEnd(cut.replace(/[\ud800-\udbff]$/, '').replace(/^[. ]+/, ''), '. ');
  if (trimmed === '') return '_';
  return RESERVED.test(trimmed) ? `_${trimmed}` : trimmed;
};

/** `<serial>-<product>`; `row-<row>` without both. */
const productName = (serialNumber: string, product: string, row: number): string =>
  [serialNumber, product].filter((part) => part !== '').join('-') || `row-${row}`;

/** Gives each row its own folder {@link productName}: at most a million, as many as an upload may have images. */
export const createFolderNames = (): ((serialNumber: string, productName: string, row: number) => string) => {
  const unique = createUniqueNames();
  return (serialNumber, product, row) => unique(notTheList(safeName(productName(serialNumber, product, row))));
};

/** The archive's list of missing outputs. */
export const MISSING_LIST = 'MISSING.txt';

const notTheList = (folder: string): string =>
  folder.toLowerCase() === MISSING_LIST.toLowerCase() ? `_${folder}` : folder;

/** What a name may be made of. */
export interface NamedImage {
  readonly id: string;
  /** Of its row; empty if unknown. */
  readonly serialNumber: string;
  readonly productName: string;
  /** Data row, from 1. */
  readonly row: number;
  /** Position in its row, from 1. */
  readonly n: number;
  readonly inputUrl: string;
}

const PLACEHOLDERS = ['serial', 'product', 'row', 'n', 'original', 'id'] as const;
type Placeholder = (typeof PLACEHOLDERS)[number];
const ALLOWED = PLACEHOLDERS.map((name) => `{${name}}`).join(', ');
const PLACEHOLDER = /\{([^{}]*)\}/g;

export const MAX_PATTERN_CHARACTERS = 200;
const MAX_SEGMENTS = 5;
/** Of all segments together, as Windows opens paths up to 260 characters, with the folder of the archive. */
const MAX_PATH_CHARACTERS = 200;

const WRITTEN = `\\{(?:${PLACEHOLDERS.join('|')})\\}`;
const SEGMENT = `\\s*(?:[^{}/\\s]|${WRITTEN})(?:[^{}/]|${WRITTEN})*`;
/** What {@link namePatternError} accepts, or nothing. For the OpenAPI document only. */
export const NAME_PATTERN = `^(?:\\s*|${SEGMENT}(?:/${SEGMENT}){0,${MAX_SEGMENTS - 1}})$`;

/** What is wrong with a pattern of names, as the end of a sentence; null if it is valid. */
export const namePatternError = (pattern: string): string | null => {
  for (const [written, name] of pattern.matchAll(PLACEHOLDER)) {
    if (!PLACEHOLDERS.some((each) => each === name))
      return `has the unknown placeholder ${written}; allowed: ${ALLOWED}`;
  }
  if (/[{}]/.test(pattern.replace(PLACEHOLDER, ''))) return `has a brace without its other half; allowed: ${ALLOWED}`;
  const segments = pattern.split('/');
  if (segments.some((segment) => segment.trim() === '')) return 'has an empty folder or file name';
  return segments.length > MAX_SEGMENTS ? `has more than ${MAX_SEGMENTS - 1} folders` : null;
};

/** What follows the name of an image in that of a further output (`furtherLabels`): `-webp-1600`. */
export const labelled = (label: string): string => (label === '' ? '' : `-${label.replaceAll(' ', '-')}`);

/**
 * Names images by a valid pattern such as `{serial}/{n}`, where `/` makes folders. A row without serial number has
 * `row-<row>` in its place, a row without product name its serial number or `row-<row>`; of both together only what is
 * known. `{original}` is the file name in the URL without extension.
 * @returns names a file; `label` is that of a further output
 */
export const createImageNames = (
  pattern: string,
): ((image: NamedImage, extension: string, label?: string) => string) => {
  const unique = createUniqueNames();
  const segments = pattern.split('/');
  const most = Math.min(MAX_NAME_CHARACTERS, Math.floor(MAX_PATH_CHARACTERS / segments.length));
  return (image, extension, label = '') => {
    const names = segments.map((segment) => safeName(filled(segment, image), most));
    if (names.length > 1) names[0] = notTheList(names[0] ?? '');
    return unique(`${names.join('/')}${labelled(label)}`, `.${extension}`);
  };
};

const filled = (segment: string, image: NamedImage): string => {
  const { serialNumber, productName: product, row } = image;
  const both = segment.includes('{serial}') && segment.includes('{product}');
  // With one of the two missing, the separator between them goes as well.
  const known = both && (serialNumber === '' || product === '') ? joined(segment) : segment;
  return known.replace(PLACEHOLDER, (_, name: Placeholder) => {
    if (name === 'serial') return serialNumber || (both && product) || `row-${row}`;
    if (name === 'product') return product || serialNumber || `row-${row}`;
    if (name === 'original') return originalName(image.inputUrl) || 'image';
    return `${image[name]}`;
  });
};

/** Leaves one of `{serial}` and `{product}`, the first, and takes what separates them away if nothing else does. */
const joined = (segment: string): string => {
  const [first, second] = ['{serial}', '{product}'].sort((a, b) => segment.indexOf(a) - segment.indexOf(b));
  const [before = '', ...after] = segment.split(`${second}`);
  const start = trimEnd(before, '-_. ');
  return (start.endsWith(`${first}`) ? start : before) + after.join('');
};

/** The last part of the path, percent-decoded, without extension: of `https://…/red%20mug.jpg?w=9`, `red mug`. */
export const originalName = (url: string): string => {
  const isS3 = /^s3:/i.test(url);
  // In s3:// URLs `?` and `#` are part of the key.
  const path = (isS3 ? url : (url.split(/[?#]/, 1)[0] ?? '')).replace(/^[a-z][a-z\d+.-]{0,30}:\/\/[^/]*/i, '');
  const last = path.slice(path.lastIndexOf('/') + 1);
  const name = decoded(last).split(/[/\\]/).at(-1) ?? '';
  return name.replace(/(?<=.)\.[a-z\d]{1,5}$/i, '').trim();
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
