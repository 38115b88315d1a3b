import type { Page } from 'playwright-core';
import { describeInBrowser, heading, START_MS, startBrowser, type TestBrowser } from '../support/browser.ts';
import { csvOf } from '../support/csv.ts';
import { LOOKS, look } from '../support/look.ts';
import { ImageServer, makeImage, ok } from '../support/servers/image-server.mjs';
import { startTestService, type TestService, uploaded, waitFor } from '../support/service.ts';

const IMAGES = 2_000;
/** Only ends what hangs: on a busy machine 2,000 images take a while. */
const LONGEST_MS = 4 * START_MS;
/** Of a window of 1200 × 900: about 10 rows of 5, of at most 12 elements each, whatever the job has. */
const MOST_TILES = 80;

/** Scrolls through the whole page in 3 seconds, and counts frames and tiles meanwhile. */
const SCROLL_THROUGH = `new Promise((resolve) => {
  const start = performance.now();
  const end = document.documentElement.scrollHeight - innerHeight;
  let frames = 0, tiles = 0, elements = 0;
  const frame = (now) => {
    frames += 1;
    tiles = Math.max(tiles, document.querySelectorAll('.tile').length);
    elements = Math.max(elements, document.querySelectorAll('.grid *').length);
    const share = (now - start) / 3000;
    scrollTo(0, share * end);
    if (share < 1) requestAnimationFrame(frame);
    else resolve({ perSecond: (1000 * frames) / (now - start), tiles, elements, memory: performance.memory?.usedJSHeapSize ?? 0 });
  };
  requestAnimationFrame(frame);
})`;

const WATCH_SHIFTS = `
  globalThis.shifts = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.shifts += entry.value;
  }).observe({ type: 'layout-shift', buffered: true });`;

describeInBrowser('a job of 2,000 images', () => {
  let service: TestService;
  let pictures: ImageServer;
  let browser: TestBrowser;
  let address: string;
  beforeAll(async () => {
    const jpeg = await makeImage('jpeg', { width: 400, height: 300, quality: 90 });
    [service, pictures, browser] = await Promise.all([
      startTestService(),
      ImageServer.start({}, { fallback: ok(jpeg) }),
      startBrowser(),
    ]);
    const requestId = await uploaded(service.url, csvOf(pictures.origin, IMAGES));
    await waitFor(async () => {
      const answer = await fetch(`${service.url}/api/status/${requestId}?limit=1`);
      return ((await answer.json()) as { progress: { completed: number } }).progress.completed === IMAGES;
    }, LONGEST_MS);
    address = `${service.url}/#/requests/${requestId}`;
  }, 2 * LONGEST_MS);
  afterAll(async () => {
    await browser.close();
    await service.close();
    await pictures.close();
  });

  const open = async (page: Page): Promise<void> => {
    await page.goto(address);
    await heading(page, '2,000 images compressed').waitFor();
    await page.getByRole('button', { name: /^P0\b/ }).waitFor();
  };
  /** The end of the page, wherever scrolling has led before. */
  const TO_THE_END = 'scrollTo(0, document.documentElement.scrollHeight)';

  test('all are reached by scrolling, and only those near the window exist', async () => {
    const { page, errors, close } = await browser.open(`${service.url}/`);
    await open(page);
    const found = (await page.evaluate(SCROLL_THROUGH)) as Record<
      'perSecond' | 'tiles' | 'elements' | 'memory',
      number
    >;
    process.stdout.write(
      `scrolling through 2,000 tiles: ${found.perSecond.toFixed(1)} frames/s, ${found.tiles} tiles, ` +
        `${found.elements} elements, ${(found.memory / 1e6).toFixed(1)} MB of heap\n`,
    );
    expect(found.tiles).toBeLessThanOrEqual(MOST_TILES);
    expect(found.elements).toBeLessThanOrEqual(12 * MOST_TILES);
    const last = page.getByRole('button', { name: /^P1999\b/ });
    await last.waitFor();
    expect(await page.locator('.tile').last().getAttribute('aria-posinset')).toBe('2000');
    expect(await page.locator('.tile').last().getAttribute('aria-setsize')).toBe('2000');
    await waitFor(() =>
      last.locator('img').evaluate((image: { naturalWidth?: number }) => (image.naturalWidth ?? 0) > 0),
    );
    await look(page, 'gallery-last-light');
    expect(errors).toEqual([]);
    await close();
  });

  test('Back finds the place again, and so does a reload', async () => {
    const { page, close } = await browser.open(`${service.url}/`);
    await open(page);
    const tile = page.getByRole('button', { name: /^P1000\b/ });
    await page.evaluate('scrollTo(0, document.documentElement.scrollHeight / 2)');
    await page.locator('.tile-completed').first().waitFor();
    await tile.scrollIntoViewIfNeeded();
    const scroll = await page.evaluate('scrollY');
    await waitFor(() => page.evaluate('history.state?.scroll === scrollY'));
    await page.evaluate("location.hash = '#/'");
    await page.getByRole('button', { name: 'Try a sample' }).waitFor();
    await page.goBack();
    await tile.waitFor();
    await waitFor(async () => (await page.evaluate('scrollY')) === scroll);
    await page.reload();
    await tile.waitFor();
    await waitFor(async () => (await page.evaluate('scrollY')) === scroll);
    await close();
  });

  test('the keyboard moves among them, and the focus stays with a tile that is scrolled away', async () => {
    const { page, close } = await browser.open(`${service.url}/`);
    await open(page);
    const focused = () => page.evaluate("document.activeElement.closest('.tile')?.getAttribute('aria-posinset')");
    await page.getByRole('button', { name: /^P0\b/ }).focus();
    await page.keyboard.press('ArrowRight');
    expect(await focused()).toBe('2');
    await page.keyboard.press('End');
    await waitFor(async () => (await focused()) === '2000');
    await page.keyboard.press('ArrowLeft');
    expect(await focused()).toBe('1999');
    await page.evaluate('scrollTo(0, 0)');
    await page.getByRole('button', { name: /^P0\b/ }).waitFor();
    expect(await focused()).toBe('1999');
    await page.getByRole('button', { name: /^P0\b/ }).focus();
    // Through more tiles than exist at once.
    for (let n = 0; n < 120; n += 1) await page.keyboard.press('Tab');
    await waitFor(async () => (await focused()) === '121');
    await close();
  });

  test('nothing that is seen moves while it opens on a slow line', async () => {
    const { page, context, close } = await browser.open(`${service.url}/`);
    await context.route(/\/api\/|\/processed_images\//, async (route) => {
      // Answers come late and in an order of their own, as on a slow line.
      await new Promise((resolve) => setTimeout(resolve, /status/.test(route.request().url()) ? 600 : 250));
      await route.continue();
    });
    await context.addInitScript(WATCH_SHIFTS);
    await page.goto(address);
    await page.reload();
    await page.getByRole('button', { name: /^P0\b/ }).waitFor();
    await page.getByRole('heading', { name: 'Savings', exact: true }).waitFor();
    const shifts = Number(await page.evaluate('globalThis.shifts'));
    process.stdout.write(`layout shift on opening a job: ${shifts.toFixed(3)}\n`);
    expect(shifts).toBeLessThan(0.05);
    await close();
  });

  test.each(['light', 'dark', 'phone', 'zoomed', 'forced'] as const)('fills the window: %s', async (name) => {
    const wide = name === 'light' ? { viewport: { width: 1920, height: 1080 } } : {};
    const { page, errors, close } = await browser.open(`${service.url}/`, { ...LOOKS[name], ...wide });
    await open(page);
    await page.evaluate("document.querySelector('.gallery').scrollIntoView()");
    await waitFor(() => page.evaluate('[...document.images].filter((one) => one.naturalWidth > 100).length > 3'));
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    await look(page, `gallery-many-${name}`);
    await page.evaluate(TO_THE_END);
    await page.getByRole('button', { name: /^P1999\b/ }).waitFor();
    expect(errors).toEqual([]);
    await close();
  });
});
