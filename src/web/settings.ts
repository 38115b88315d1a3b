import type { PageSettings } from '../http/page-settings.ts';

/** What the server wrote into the page. */
export const readSettings = (): PageSettings =>
  JSON.parse(document.getElementById('settings')?.textContent ?? '') as PageSettings;

/** Where an image is loaded from: the sample's photos are served from this origin too, others come from their own URL. */
export const originalOf = (inputUrl: string, { samples }: Pick<PageSettings, 'samples'>): string =>
  samples !== null && inputUrl.startsWith(samples) ? `/samples/${inputUrl.slice(samples.length)}` : inputUrl;
