import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { BrowserContextOptions, Page } from 'playwright-core';

/** In a folder that git ignores. */
const FOLDER = join('coverage', 'screens');

/** The ways in which a state of the page is looked at; each is a context of its own. */
export const LOOKS = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  /** 1200 × 900 at 200 % is half as wide. */
  zoomed: { viewport: { width: 600, height: 450 }, deviceScaleFactor: 2 },
  forced: { forcedColors: 'active' },
} as const satisfies Readonly<Record<string, BrowserContextOptions>>;

/** Ends animations: half-transparent text would lack contrast, and pictures would differ. */
const settle = (page: Page): Promise<unknown> =>
  page.evaluate(`document.getAnimations().forEach((one) => {
    if (one.effect.getComputedTiming().endTime === Infinity) one.cancel();
    else one.finish();
  })`);

/** Saves a screenshot to be looked at, as `coverage/screens/NAME.png`. */
export const look = async (page: Page, name: string): Promise<void> => {
  await mkdir(FOLDER, { recursive: true });
  await settle(page);
  await page.screenshot({ path: join(FOLDER, `${name}.png`) });
};

/** Violations of axe's rules, by rule and element. Evaluated through the debugger, which bypasses the page's CSP. */
export const violations = async (page: Page): Promise<string[]> => {
  await settle(page);
  await page.evaluate(await readFile(require.resolve('axe-core/axe.min.js'), 'utf8'));
  const found = (await page.evaluate('axe.run()')) as AxeResults;
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
};
