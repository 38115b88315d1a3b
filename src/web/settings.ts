import type { PageSettings } from '../http/page-settings.ts';

/** What the server wrote into the page. */
export const readSettings = (): PageSettings =>
  JSON.parse(document.getElementById('settings')?.textContent ?? '') as PageSettings;
