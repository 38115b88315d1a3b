import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const ARGUMENTS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync', '--hide-scrollbars'],
];

/** The browser of this machine, or null. */
export const findBrowser = () =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find((file) => existsSync(file)) ?? null;

/** Opens pages in a fresh profile: `open({width, height, scheme})` gives a page of playwright. */
export const startBrowser = async (executablePath) => {
  const profile = await mkdtemp(join(tmpdir(), 'screenshots-'));
  const open = async ({ width, height, scheme = 'light', scale = 1, mobile = false }) =>
    chromium.launchPersistentContext(await mkdtemp(join(profile, 'profile-')), {
      executablePath,
      args: ARGUMENTS,
      viewport: { width, height },
      deviceScaleFactor: scale,
      colorScheme: scheme,
      isMobile: mobile,
      hasTouch: mobile,
    });
  return { open, close: () => rm(profile, { recursive: true, force: true }) };
};
