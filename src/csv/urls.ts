import { redactCredentials } from '../network/redact.ts';
import { parseS3Url } from '../network/s3-url.ts';
import { parseUrl } from '../network/url.ts';
import { type CsvErrorCode, shown as quoted } from './csv-errors.ts';

export const MAX_URL_CHARACTERS = 8192;

const MAX_SCHEME_CHARACTERS = 31;
const LETTER = /[a-z]/i;
const SCHEME_CHARACTER = /[a-z\d+.-]/i;

/** Whether a scheme such as `https://` or `ftp://` starts at this position. Reads only a few characters. */
const schemeAt = (text: string, at: number): boolean => {
  let end = at;
  while (end - at < MAX_SCHEME_CHARACTERS && SCHEME_CHARACTER.test(text.charAt(end))) end += 1;
  return LETTER.test(text.charAt(at)) && text.startsWith('://', end);
};

/** Around lists in exports of databases (`["u1","u2"]`) and around URLs in documents (`<u>`). */
const BRACKETS: Readonly<Record<string, string>> = { '[': ']', '<': '>', '(': ')', '{': '}' };

/** The cell without blanks and one pair of brackets around all of it. */
const unwrapped = (cell: string): string => {
  const text = cell.trim();
  const closing = BRACKETS[text.charAt(0)];
  return closing !== undefined && text.endsWith(closing) ? text.slice(1, -1).trim() : text;
};

/** Quote marks of all kinds that people and programs put around URLs. */
const QUOTE_MARKS = '"\'`´“”„‟‘’‚‛«»‹›「」『』＂＇';
const INVISIBLE = /\p{Cf}/u;
/** What may be before a scheme at the start of a URL. */
const MAX_MARKS = 4;

/** The position after quote marks and invisible characters. */
const pastMarks = (text: string, at: number): number => {
  let end = at;
  while (end - at < MAX_MARKS && (QUOTE_MARKS.includes(text.charAt(end)) || INVISIBLE.test(text.charAt(end)))) {
    if (end >= text.length) break;
    end += 1;
  }
  return end;
};

const urlAt = (text: string, at: number): boolean => schemeAt(text, pastMarks(text, at));

/** Separators between URLs: white space, comma, semicolon, pipe, and their full-width forms. */
const SEPARATORS = /[\s,;|，；｜、]+/g;

/**
 * Splits a cell into URLs, in order and as written.
 * A URL may contain commas (image CDNs write `w_300,c_fill`), so a new one starts only at a scheme after a separator.
 * Text that is not a URL stays part of the previous one, where {@link urlError} reports it.
 */
export const splitUrls = (text: string): string[] => {
  const cell = unwrapped(text);
  const urls: string[] = [];
  let from = 0;
  let end = cell.length;
  // Visits each run of separators once; a pattern ending in `[\s,]+$` would retry from every character of a run.
  for (const { 0: run, index } of cell.matchAll(SEPARATORS)) {
    const after = index + run.length;
    if (index === 0) {
      from = after;
    } else if (after === cell.length) {
      end = index;
    } else if (urlAt(cell, after)) {
      urls.push(cell.slice(from, index));
      from = after;
    }
  }
  if (from < end) urls.push(cell.slice(from, end));
  return urlAt(cell, 0) ? urls : (attachedUrls(cell) ?? urls);
};

/**
 * URLs in parentheses after names, as databases and Markdown write attachments: `mug.jpg (https://…),lid.jpg (https://…)`.
 * Null unless all URLs are written so.
 */
const attachedUrls = (cell: string): string[] | null => {
  const urls: string[] = [];
  let closing = 0;
  for (const { index } of cell.matchAll(/https?:\/\//gi)) {
    if (index < closing) continue;
    closing = cell.indexOf(')', index);
    if (cell.charAt(index - 1) !== '(' || closing < 0) return null;
    urls.push(cell.slice(index, closing));
  }
  return urls.length > 0 ? urls : null;
};

/** Whether a cell of an image column has URLs that could be downloaded, at its start or as attachments. */
export const holdsUrls = (cell: string): boolean => hasUrl(cell) || (!urlAt(cell, 0) && attachedUrls(cell) !== null);

/** What people and programs write into a cell without an image. */
const PLACEHOLDERS = new Set(
  `|-|--|---|–|—|.|/|0|n/a|#n/a|#nv|na|nan|none|null|nil|undefined|no|false|(null)|(none)|[]|{}|no image|no_image|noimage
  |no picture|no_selection|kein bild|ohne bild|nicht vorhanden|k.a.|k. a.|tbd|tba|todo|pending|missing|empty`
    .split('|')
    .map((text) => text.trim()),
);
const MAX_PLACEHOLDER_CHARACTERS = 20;

/** Whether a cell of an image column means that there is no image. */
export const isPlaceholder = (cell: string): boolean => {
  const text = cell.trim();
  return text.length <= MAX_PLACEHOLDER_CHARACTERS && PLACEHOLDERS.has(text.toLowerCase());
};

const FETCHED_SCHEME = /^(?:https?|s3):\/\//i;

/** Whether the cell starts with a URL that could be downloaded. */
export const hasUrl = (cell: string): boolean => {
  if (!cell.includes('://')) return false;
  const text = unwrapped(cell);
  const start = pastMarks(text, 0);
  return FETCHED_SCHEME.test(text.slice(start, start + 8));
};

const IMAGE_EXTENSION = /\.(?:jpe?g|jfif|png|webp|gif|avif|tiff?|hei[cf]|bmp|svg)(?:[?#/!:@,;|\s]|$)/i;
const IMAGE_FOLDER = /\/(?:images?|imgs?|photos?|pictures?|bilder)\//i;

export const hasImageExtension = (url: string): boolean => IMAGE_EXTENSION.test(url.slice(0, MAX_URL_CHARACTERS));

/** Whether the URL's path looks like that of an image: by its end or its folder. */
export const looksLikeImageUrl = (url: string): boolean =>
  hasImageExtension(url) || IMAGE_FOLDER.test(url.slice(0, MAX_URL_CHARACTERS));

export type UrlRepair = 'invisible_characters' | 'quotes' | 'html_entities';

/** An invisible character, a quote mark or an entity. */
const NEEDS_REPAIR = /[\p{Cf}"'`´“”„‟‘’‚‛«»‹›「」『』＂＇]|&amp;/u;

/** Corrects what is certainly not meant as part of a URL, as copied from web pages and documents. */
export const repairUrl = (text: string): { readonly url: string; readonly repairs: readonly UrlRepair[] } => {
  if (text.length > MAX_URL_CHARACTERS || !NEEDS_REPAIR.test(text)) return { url: text, repairs: [] };
  const repairs: UrlRepair[] = [];
  const corrected = (repair: UrlRepair, before: string, after: string): string => {
    if (before !== after) repairs.push(repair);
    return after;
  };
  const visible = corrected('invisible_characters', text, text.replace(/\p{Cf}/gu, ''));
  const bare = corrected('quotes', visible, withoutQuotes(visible));
  return { url: corrected('html_entities', bare, bare.replaceAll('&amp;', '&')), repairs };
};

/** A URL as written without quote marks around it. An apostrophe at the end may belong to the URL, unless one is at its start too. */
export const withoutQuotes = (text: string): string => {
  let [from, to] = [0, text.length];
  while (from < to && QUOTE_MARKS.includes(text.charAt(from))) from += 1;
  while (to > from && QUOTE_MARKS.includes(text.charAt(to - 1)) && (from > 0 || text.charAt(to - 1) !== "'")) to -= 1;
  return text.slice(from, to);
};

const startsWithScheme = (cell: string): boolean => urlAt(cell, cell.length - cell.trimStart().length);

/**
 * Rejoins URLs that were split at an unquoted delimiter.
 * @param cells the URL cell and the cells after it
 * @returns texts for {@link splitUrls}: only a cell that starts with a scheme starts a new text; empty cells at the end of
 * a text are dropped
 */
export const joinUrlCells = (cells: readonly string[], delimiter: string): string[] => {
  const texts: string[] = [];
  let text: string | null = null;
  let emptyCells = 0;
  for (const cell of cells) {
    if (text === null || startsWithScheme(cell)) {
      if (text !== null) texts.push(text);
      text = cell;
      emptyCells = 0;
    } else if (cell === '') {
      emptyCells += 1;
    } else {
      text += `${delimiter.repeat(emptyCells + 1)}${cell}`;
      emptyCells = 0;
    }
  }
  if (text !== null) texts.push(text);
  return texts;
};

/** Redacted, because these messages appear in statuses and logs. */
const shown = (url: string): string => quoted(redactCredentials(url));

/**
 * Why a source URL is rejected, with the error code; null if it is valid.
 * @param sourceBuckets buckets that `s3://` URLs may reference; if empty, `s3://` is an unsupported scheme
 */
export const sourceError = (
  url: string,
  sourceBuckets: readonly string[],
): { code: CsvErrorCode & ('csv_invalid_url' | 'csv_bucket_not_allowed'); message: string } | null => {
  if (sourceBuckets.length === 0 || !/^s3:\/\//i.test(url) || url.length > MAX_URL_CHARACTERS) {
    const message = urlError(url);
    return message === null ? null : { code: 'csv_invalid_url', message };
  }
  const location = parseS3Url(url);
  if (location === null || /[\s\p{Cc}\u200B]/u.test(url)) {
    const message = `${shown(url)} is not of the form s3://bucket/key. Write %20 for a space and %25 for a percent sign; a key has no empty, "." or ".." part.`;
    return { code: 'csv_invalid_url', message };
  }
  if (sourceBuckets.includes(location.bucket)) return null;
  const message = `${shown(url)} is in the bucket ${shown(location.bucket)}, which this server isn't allowed to read. Ask your administrator (S3_SOURCE_BUCKETS).`;
  return { code: 'csv_bucket_not_allowed', message };
};

/** The one URL of a text, read and checked as that of a cell. */
export const readUrl = (
  text: string,
  sourceBuckets: readonly string[],
): { readonly url: string; readonly error: ReturnType<typeof sourceError> } => {
  const [written = '', ...others] = isPlaceholder(text) ? [] : splitUrls(text);
  const { url } = repairUrl(written);
  const invalid = (message: string) => ({ url, error: { code: 'csv_invalid_url', message } as const });
  if (url === '') return invalid('Enter the URL of the image.');
  if (others.length > 0) return invalid('Enter one URL only.');
  return { url, error: sourceError(url, sourceBuckets) };
};

/**
 * Why a URL is invalid, with a hint on how to fix it; null if it is valid.
 * Parsed as in browsers (WHATWG URL), except that URLs a browser would silently correct are rejected.
 */
export const urlError = (url: string): string | null => {
  if (url.length > MAX_URL_CHARACTERS) {
    return `The URL ${shown(url)} has ${url.length} characters; at most ${MAX_URL_CHARACTERS} are allowed. Use a shorter one.`;
  }
  if (!/^https?:\/\//i.test(url)) {
    const scheme = /^([a-z][a-z\d+.-]{0,30}):\/\//i.exec(url)?.[1];
    return scheme === undefined
      ? `${shown(url)} does not start with http:// or https://. Enter the full URL, for example https://example.com/a.jpg.`
      : `Only http:// and https:// URLs are supported; ${shown(url)} starts with ${scheme}://.`;
  }
  const invisible = /[^\S ]|[\p{Cc}\p{Cf}]/u.exec(url)?.[0];
  if (invisible !== undefined) {
    const code = (invisible.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return `The URL ${shown(url)} contains the invisible character U+${code}. Remove it, and start each further URL with http:// or https://.`;
  }
  // A space inside a URL is sent as %20, as browsers do; after a separator, something else was meant.
  if (/[,;|，；｜、] /.test(url)) {
    return `The URL ${shown(url)} is followed by text that is not a URL. Start each further URL with http:// or https://, and write %20 for a space.`;
  }
  // A browser reads https:///a.jpg as the host "a.jpg".
  if (!/^https?:\/\/[^/?#\\]/i.test(url)) {
    return `The URL ${shown(url)} has no host name. Add it after the two slashes, for example https://example.com/a.jpg.`;
  }
  return parseUrl(url) !== null
    ? null
    : `The URL ${shown(url)} has an invalid host name or port. Copy the URL from a browser.`;
};
