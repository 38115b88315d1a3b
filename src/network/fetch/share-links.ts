import { parseHttpUrl } from '../url.ts';

/** The services whose share links lead to a page. */
export type ShareService = 'Google Drive' | 'Dropbox' | 'OneDrive' | 'SharePoint';

export interface ShareLink {
  readonly service: ShareService;
  /** The address of the download; as given if it is one already, or if none can be derived. */
  readonly url: string;
}

const DRIVE_ID = /^[\w-]{10,200}$/;

/** `/file/d/ID/view`, `open?id=ID` and `uc?id=ID`; a resource key is needed for files shared before September 2021. */
const drive = (url: URL): string | null => {
  const id = /^\/(?:a\/[^/]+\/)?file\/(?:u\/\d+\/)?d\/([^/]+)/.exec(url.pathname)?.[1] ?? url.searchParams.get('id');
  if (id === null || !DRIVE_ID.test(id)) return null;
  const query = new URLSearchParams({ export: 'download', id });
  const key = url.searchParams.get('resourcekey');
  if (key !== null) query.set('resourcekey', key);
  return `https://drive.google.com/uc?${query}`;
};

/** https://help.dropbox.com/share/force-download: `dl=1` instead of `dl=0`; `raw=1` is a download already. */
const dropbox = (url: URL): string | null => {
  if (!/^\/(s|scl|sh)\//.test(url.pathname)) return null;
  const direct = new URL(url);
  if (direct.searchParams.get('raw') !== '1') direct.searchParams.set('dl', '1');
  return direct.href;
};

/**
 * A share of OneDrive as the shares API names it: `u!` and the link in unpadded base64url. Microsoft documents a token as
 * required; users report 401 without one since 2024, so {@link shareLoginMessage} is the likely answer (decision 0051).
 * https://learn.microsoft.com/graph/api/shares-get#encoding-sharing-urls
 */
const oneDrive = (url: URL): string =>
  `https://api.onedrive.com/v1.0/shares/u!${Buffer.from(url.href).toString('base64url')}/root/content`;

/** `/:i:/g/…` and `/:i:/s/…` are share links; `download=1` makes them deliver the file. */
const sharePoint = (url: URL): string | null => {
  if (!/^\/:[a-z]:\//.test(url.pathname)) return null;
  const direct = new URL(url);
  direct.searchParams.set('download', '1');
  return direct.href;
};

const SERVICES: readonly (readonly [ShareService, RegExp, (url: URL) => string | null])[] = [
  ['Google Drive', /^drive\.google\.com$/, drive],
  ['Dropbox', /^(www\.)?dropbox\.com$/, dropbox],
  ['OneDrive', /^1drv\.ms$/, oneDrive],
  ['OneDrive', /^onedrive\.live\.com$/, (url) => (url.pathname === '/redir' ? oneDrive(url) : null)],
  ['SharePoint', /^[a-z\d-]+\.sharepoint\.com$/, sharePoint],
];

/** The address to fetch for a URL of a service whose share links lead to a page; null for any other URL. */
export const directUrl = (text: string): ShareLink | null => {
  const url = parseHttpUrl(text);
  if (url === null || url.port !== '') return null;
  const [service, , directOf] = SERVICES.find(([, host]) => host.test(url.hostname)) ?? [];
  if (service === undefined || directOf === undefined) return null;
  return { service, url: directOf(url) ?? text };
};

/** Drive asks before it delivers a file that is too large for its virus scan. */
const DRIVE_CONFIRMATION =
  /can(?:'|&#39;|&apos;|’)t scan this file for viruses|id="uc-download-link"|id="download-form"/i;
const PAGE_BYTES = 256 * 1024;

/** For 401 and 403: the service wants a login, whatever the share says. */
export const shareLoginMessage = (service: ShareService): string =>
  `${service} asks for a login at this share link. Share the file with anyone who has the link, or use a direct link that opens without a login.`;

/** What a page of such a service means. */
export const sharePageMessage = (service: ShareService, page: Buffer): string =>
  service === 'Google Drive' && DRIVE_CONFIRMATION.test(page.toString('utf8', 0, PAGE_BYTES))
    ? 'Google Drive asks to confirm the download of this file, because it is too large for its virus scan. Use a smaller file, or host it elsewhere.'
    : `The ${service} URL returned a web page: this is a share page; use the direct link, and share the file with anyone who has the link.`;
