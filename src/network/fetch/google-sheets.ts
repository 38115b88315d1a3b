import { parseHttpUrl } from '../url.ts';

/**
 * The CSV export of a Google Sheets link (`/edit`, `/view`, `/pub`, `/pubhtml`), with the sheet it names by `gid`; any other
 * URL unchanged. Export form: https://developers.google.com/workspace/drive/api/guides/ref-export-formats
 */
export const googleSheetCsv = (text: string): string => {
  const url = parseHttpUrl(text);
  if (url?.host !== 'docs.google.com') return text;
  const [, before = '', id] = /^\/spreadsheets(\/u\/\d+)?\/d\/(e\/[\w-]+|[\w-]+)(?:\/|$)/.exec(url.pathname) ?? [];
  if (id === undefined) return text;
  // A file that was already asked for in a form of its own.
  if (/\/(export|gviz)(\/|$)/.test(url.pathname) || url.searchParams.has('output')) return text;
  const gid = /[#&]gid=(\d+)/.exec(url.hash)?.[1] ?? url.searchParams.get('gid') ?? '';
  const sheet = /^\d+$/.test(gid) ? `&gid=${gid}` : '';
  // A sheet published to the web has an id of its own and no export.
  if (id.startsWith('e/')) return `https://docs.google.com/spreadsheets/d/${id}/pub?output=csv${sheet}`;
  return `https://docs.google.com/spreadsheets${before}/d/${id}/export?format=csv${sheet}`;
};
