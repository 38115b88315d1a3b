import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const ARGUMENTS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

/** A first start on a busy machine. */
const LAUNCH_MS = 60_000;
const LAUNCHES = 5;
/** For `beforeAll`: a service and a browser at once. */
export const START_MS = 90_000;

const program = (process.env.PATH ?? '')
  .split(delimiter)
  .flatMap((folder) => NAMES.map((name) => join(folder, name)))
  .find((file) => existsSync(file));

// What takes a second alone may take ten beside the other tests.
jest.setTimeout(90_000);

/** `describe` where there is a browser; otherwise says so and skips. */
export const describeInBrowser: typeof describe = ((name: string, tests: () => void) => {
  if (program !== undefined) return describe(name, tests);
  process.stderr.write(`SKIPPED: ${name}. It needs Chromium on the PATH (Debian: apt-get install chromium).\n`);
  return describe.skip(name, tests);
}) as typeof describe;

export interface TestPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the page wrote to its console as an error, and what it threw; each test looks at it at its end. */
  readonly faults: string[];
  /** Bytes that came over the wire so far, images left out. */
  readonly transferred: () => Promise<number>;
  close(): Promise<void>;
}

export interface TestBrowser {
  open(url: string, options?: BrowserContextOptions): Promise<TestPage>;
  close(): Promise<void>;
}

/** On a machine at its limit Chromium now and then ends right after its start: it must have opened a page to count. */
const launch = async (): Promise<Browser> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const browser = await chromium.launch({ executablePath: program ?? '', args: ARGUMENTS, timeout: LAUNCH_MS });
      await (await browser.newPage()).close();
      return browser;
    } catch (error) {
      if (attempt === LAUNCHES) throw error;
      await pause(500 * attempt);
    }
  }
};

/** The browser with a fresh profile in a temporary folder, which goes with it. */
export const startBrowser = async (): Promise<TestBrowser> => {
  let browser = await launch();
  return {
    open: async (url, options = {}) => {
      // What is tested is the page: a browser that is gone is started again.
      if (!browser.isConnected()) browser = await launch();
      const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
      context.setDefaultTimeout(30_000);
      const page = await context.newPage();
      const faults: string[] = [];
      page.on('pageerror', (error) => faults.push(String(error)));
      page.on('console', (message) => {
        // An answer that is an error is the page's business; it stands in the console all the same.
        const expected = message.text().startsWith('Failed to load resource');
        if (message.type() === 'error' && !expected) faults.push(message.text());
      });
      const sizes: Promise<number>[] = [];
      page.on('requestfinished', (request) => {
        if (request.resourceType() === 'image') return;
        sizes.push(
          request.sizes().then(({ responseBodySize, responseHeadersSize }) => responseBodySize + responseHeadersSize),
        );
      });
      await page.goto(url);
      return {
        page,
        context,
        faults,
        transferred: async () => (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0),
        close: () => context.close(),
      };
    },
    close: () => browser.close(),
  };
};

/** Gives the page a CSV as a person would with the file dialog. */
export const chooseCsv = (page: Page, csv: string, name = 'products.csv'): Promise<void> =>
  page.locator('#file').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(csv) });

/** The heading of what is shown; a text must be all of it. */
export const heading = (page: Page, name: string | RegExp) =>
  page.getByRole('heading', { level: 1, name, exact: true });

/** Chooses a CSV and sends it. */
export const sendCsv = async (page: Page, csv: string): Promise<void> => {
  await chooseCsv(page, csv);
  await page.getByRole('button', { name: /^Compress \d/ }).click();
};
