import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { jest } from '@jest/globals';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
  type Request,
} from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const ARGUMENTS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

/** The first start can be slow on a busy machine. */
const LAUNCH_MS = 60_000;
const LAUNCHES = 5;
/** For `beforeAll`, which starts a service and a browser. */
export const START_MS = 90_000;

const program = (process.env.PATH ?? '')
  .split(delimiter)
  .flatMap((folder) => NAMES.map((name) => join(folder, name)))
  .find((file) => existsSync(file));

// What takes one second alone may take ten while other tests run.
jest.setTimeout(90_000);

/** `describe` if there is a browser; otherwise prints why the tests are skipped. */
export const describeInBrowser: typeof describe = ((name: string, tests: () => void) => {
  if (program !== undefined) return describe(name, tests);
  process.stderr.write(`SKIPPED: ${name}. It needs Chromium on the PATH (Debian: apt-get install chromium).\n`);
  return describe.skip(name, tests);
}) as typeof describe;

export interface TestPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Console errors and uncaught exceptions of the page; each test checks them at its end. */
  readonly errors: string[];
  /** Bytes transferred so far, without images. */
  readonly transferred: () => Promise<number>;
  close(): Promise<void>;
}

export interface TestBrowser {
  open(url: string, options?: BrowserContextOptions): Promise<TestPage>;
  close(): Promise<void>;
}

/** Under heavy load Chromium sometimes exits right after its start, so a launch counts only once a page was opened. */
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

const openPage = async (browser: Browser, url: string, options: BrowserContextOptions): Promise<TestPage> => {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    // The browser logs every error response, including those that the page handles.
    const expected = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !expected) errors.push(message.text());
  });
  const finished: Request[] = [];
  page.on('requestfinished', (request) => {
    if (request.resourceType() !== 'image') finished.push(request);
  });
  await page.goto(url);
  return {
    page,
    context,
    errors,
    // Sizes are asked for only here: a question that is open when a test closes its page rejects, and fails the test.
    transferred: async () => {
      const sizes = await Promise.all(finished.map((request) => request.sizes()));
      return sizes.reduce((sum, size) => sum + size.responseBodySize + size.responseHeadersSize, 0);
    },
    close: () => context.close(),
  };
};

/** Starts a browser with a temporary profile. One that has crashed by the next `open` is started again. */
export const startBrowser = async (): Promise<TestBrowser> => {
  let browser = await launch();
  return {
    open: async (url, options = {}) => {
      if (browser.isConnected()) {
        try {
          return await openPage(browser, url, options);
        } catch (error) {
          // The page is tested, not the browser: only what the page caused fails.
          if (browser.isConnected()) throw error;
        }
      }
      browser = await launch();
      return openPage(browser, url, options);
    },
    close: () => browser.close(),
  };
};

/** Selects a CSV as in the file dialog. */
export const chooseCsv = (page: Page, csv: string, name = 'products.csv'): Promise<void> =>
  page.locator('#file').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(csv) });

/** The page's main heading, or what became of a job below it; a string must match exactly. */
export const heading = (page: Page, name: string | RegExp) =>
  page
    .getByRole('heading', { level: 1, name, exact: true })
    .or(page.locator('.job-outcome').and(page.getByText(name, { exact: true })));

/** Selects a CSV and uploads it. */
export const sendCsv = async (page: Page, csv: string): Promise<void> => {
  await chooseCsv(page, csv);
  await page.getByRole('button', { name: /^Compress \d/ }).click();
};
