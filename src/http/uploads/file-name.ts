import { directUrl } from '../../network/fetch/share-links.ts';
import { parseHttpUrl } from '../../network/url.ts';
import { MAX_NAME_CHARACTERS, plainName } from '../parameters/job-name.ts';

/** More than any file system allows. */
const MAX_READ = 4_096;
const TABLE_ENDING = /\.(?:csv|tsv|tab|txt|xlsx|xlsm|xls)$/i;
/** What browsers call a file without a name. */
const NAMELESS = 'blob';

/** A name for the request of this file, without path and endings such as `.csv.gz`; null if nothing readable is left. */
export const nameOfFile = (fileName: string): string | null => {
  const last = fileName.slice(0, MAX_READ).split(/[/\\]/).at(-1) ?? '';
  const name = plainName(plainName(last).replace(/\.gz$/i, '').replace(TABLE_ENDING, ''));
  if (!/[\p{L}\p{N}]/u.test(name) || name === NAMELESS) return null;
  return name
    .slice(0, MAX_NAME_CHARACTERS)
    .replace(/[\ud800-\udbff]$/, '')
    .trim();
};

/** The same for the file of a link. Links to a Google Sheet and most share links have no file name in them. */
export const nameOfLink = (link: string): string | null => {
  const url = parseHttpUrl(link);
  const service = directUrl(link)?.service ?? 'Dropbox';
  if (url === null || url.hostname === 'docs.google.com' || service !== 'Dropbox') return null;
  const last = url.pathname.slice(url.pathname.lastIndexOf('/') + 1);
  try {
    return nameOfFile(decodeURIComponent(last));
  } catch {
    return nameOfFile(last);
  }
};
