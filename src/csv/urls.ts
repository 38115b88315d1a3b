import { redactCredentials } from '../network/redact.ts';
import { parseS3Url } from '../network/s3-url.ts';
import { type CsvFaultCode, shown as quoted } from './faults.ts';

export const MAX_URL_CHARACTERS = 8192;

const MAX_SCHEME_CHARACTERS = 31;
const LETTER = /[a-z]/i;
const SCHEME_CHARACTER = /[a-z\d+.-]/i;

/** Whether `https://`, `ftp://` or another scheme stands at this place. Looks at a few characters, however long the text. */
const schemeAt = (text: string, at: number): boolean => {
  let end = at;
  while (end - at < MAX_SCHEME_CHARACTERS && SCHEME_CHARACTER.test(text.charAt(end))) end += 1;
  return LETTER.test(text.charAt(at)) && text.startsWith('://', end);
};

/**
 * The URLs of one cell, in order, each as the user wrote it.
 * A URL may contain commas (image CDNs write `w_300,c_fill`), so a new one begins only where a scheme stands after a
 * comma or white space. What is no URL stays part of the one before it, where {@link urlFault} finds it.
 */
export const splitUrls = (cell: string): string[] => {
  const urls: string[] = [];
  let from = 0;
  let end = cell.length;
  // Run by run, each looked at once: a pattern that ends in `[\s,]+$` is tried from each character of every run.
  for (const { 0: run, index } of cell.matchAll(/[\s,]+/g)) {
    const after = index + run.length;
    if (index === 0) {
      from = after;
    } else if (after === cell.length) {
      end = index;
    } else if (schemeAt(cell, after)) {
      urls.push(cell.slice(from, index));
      from = after;
    }
  }
  if (from < end) urls.push(cell.slice(from, end));
  return urls;
};

const beginsWithScheme = (cell: string): boolean => schemeAt(cell, cell.length - cell.trimStart().length);

/**
 * Puts together again what an unquoted delimiter took apart.
 * @param cells the URL cell and the cells after it
 * @returns texts for {@link splitUrls}: a cell begins a new one only where it begins with a scheme; empty cells at the
 * end of a text are dropped
 */
export const joinUrlCells = (cells: readonly string[], delimiter: string): string[] => {
  const texts: string[] = [];
  let text: string | null = null;
  let emptyCells = 0;
  for (const cell of cells) {
    if (text === null || beginsWithScheme(cell)) {
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

/** These sentences end up in statuses and logs, where no password belongs. */
const shown = (url: string): string => quoted(redactCredentials(url));

/**
 * Why a source is refused, with its code; null where nothing speaks against it.
 * @param sourceBuckets buckets that `s3://` URLs may name; with none of them `s3://` is a scheme like any other
 */
export const sourceFault = (
  url: string,
  sourceBuckets: readonly string[],
): { code: CsvFaultCode & ('csv_invalid_url' | 'csv_bucket_not_allowed'); message: string } | null => {
  if (sourceBuckets.length === 0 || !/^s3:\/\//i.test(url) || url.length > MAX_URL_CHARACTERS) {
    const message = urlFault(url);
    return message === null ? null : { code: 'csv_invalid_url', message };
  }
  const location = parseS3Url(url);
  if (location === null || /[\s\p{Cc}\u200B]/u.test(url)) {
    const message = `${shown(url)} is not s3://bucket/key. Write %20 for a space and %25 for a percent sign; a key has no empty, "." or ".." part.`;
    return { code: 'csv_invalid_url', message };
  }
  if (sourceBuckets.includes(location.bucket)) return null;
  const message = `${shown(url)} names the bucket ${shown(location.bucket)}, which this server may not read. Its operator can list it in S3_SOURCE_BUCKETS.`;
  return { code: 'csv_bucket_not_allowed', message };
};

/**
 * Why a URL cannot be downloaded from, with the cure; null where nothing speaks against it.
 * Parsed as browsers do it (WHATWG URL), except that what a browser would silently mend is refused.
 */
export const urlFault = (url: string): string | null => {
  if (url.length > MAX_URL_CHARACTERS) {
    return `The URL ${shown(url)} has ${url.length} characters; at most ${MAX_URL_CHARACTERS} are taken. Use a shorter one.`;
  }
  if (!/^https?:\/\//i.test(url)) {
    const scheme = /^([a-z][a-z\d+.-]{0,30}):\/\//i.exec(url)?.[1];
    return scheme === undefined
      ? `${shown(url)} does not begin with http:// or https://. Write the whole address, for example https://example.com/a.jpg.`
      : `${shown(url)} begins with ${scheme}://. Only http:// and https:// are taken.`;
  }
  if (/[\s\p{Cc}\u200B]/u.test(url)) {
    return `The URL ${shown(url)} has a space or another invisible character in it. Write %20 for a space, and begin each further URL with http:// or https://.`;
  }
  // A browser reads https:///a.jpg as the host "a.jpg".
  if (!/^https?:\/\/[^/?#\\]/i.test(url)) {
    return `The URL ${shown(url)} has no host name. Write it after the two slashes, for example https://example.com/a.jpg.`;
  }
  return parses(url)
    ? null
    : `The URL ${shown(url)} is not valid: its host name or port cannot be understood. Copy it from a browser.`;
};

/** Not `URL.canParse`: that of Node 20 refuses every URL with a letter such as ü after some thousand calls (V8 fast call). */
const parses = (url: string): boolean => {
  try {
    new URL(url);
    return true;
  } catch {
    return false;
  }
};
