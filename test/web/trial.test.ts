import { readdir, readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { chooseCsv, describeInBrowser, START_MS, startBrowser, type TestBrowser } from '../support/browser.ts';
import { LOOKS, look, violations } from '../support/look.ts';
import { ImageServer, ok } from '../support/servers/image-server.mjs';
import { startTestService, type TestService } from '../support/service.ts';

const PHOTOS = ['mug', 'lamp', 'bottle-upright'];

describeInBrowser('trying images before an upload', () => {
  let service: TestService;
  let pictures: ImageServer;
  let browser: TestBrowser;
  beforeAll(async () => {
    [service, pictures, browser] = await Promise.all([
      startTestService({ RATE_LIMIT_UPLOADS_PER_MINUTE: '1000' }),
      ImageServer.start(),
      startBrowser(),
    ]);
    for (const name of PHOTOS) pictures.on(`/${name}.jpg`, ok(await readFile(`samples/photos/${name}.jpg`)));
  }, START_MS);
  afterAll(async () => {
    await browser.close();
    await service.close();
    await pictures.close();
  });

  const csv = (rows = 200): string => {
    const row = (at: number): string => {
      const name = PHOTOS[at % PHOTOS.length] ?? '';
      return `${at + 1},${name.charAt(0).toUpperCase()}${name.slice(1)} ${at + 1},${pictures.url(`/${name}.jpg`)}?${at}\n`;
    };
    return `S. No.,Product Name,Input Image Urls\n${Array.from({ length: rows }, (_, at) => row(at)).join('')}`;
  };
  const panel = (page: Page) => page.getByRole('region', { name: 'Try it on your images' });
  const press = (page: Page, name: string | RegExp) => panel(page).getByRole('button', { name }).click();
  const afters = (page: Page) => panel(page).getByRole('img', { name: 'After' });
  const loaded = (page: Page) =>
    page.waitForFunction(`[...document.querySelectorAll('.trial-frame img')].every((one) => one.naturalWidth > 0)`);

  test('three images are shown before and after, with an estimate for all, and again with other options', async () => {
    const { page, errors, close } = await browser.open(service.url);
    await chooseCsv(page, csv());
    await press(page, 'Try 3 images');
    await afters(page).nth(2).waitFor();
    await loaded(page);
    const text = await panel(page).textContent();
    expect(text).toContain('Estimate for all 200 images, based on 3. Results may differ.');
    expect(text).toMatch(/about \d+ MB → [\d.]+ MB −\d\d%/);
    expect(text).toContain('JPEG, quality 50');
    expect(text).toMatch(/\d+ KB1,600 × 1,200/);

    await page.getByText('WebP', { exact: true }).click();
    await page.getByLabel('Width').fill('400');
    await press(page, 'Try again');
    await panel(page).getByText('WebP, quality 50').first().waitFor();
    await loaded(page);
    expect(await page.evaluate(`document.querySelector('[alt=After]').naturalWidth`)).toBe(400);
    expect(await afters(page).first().getAttribute('src')).toMatch(/^data:image\/webp;base64,/);

    await panel(page).getByLabel('Show actual pixels').check();
    expect(await page.evaluate(`getComputedStyle(document.querySelector('[alt=After]')).objectFit`)).toBe('none');
    expect(await readdir(service.imageDirectory)).toEqual([]);
    expect(await (await fetch(`${service.url}/api/requests`)).json()).toMatchObject({ requests: [] });
    expect(errors).toEqual([]);
    await close();
  });

  test('a pasted URL is tried by keyboard alone, and its error is shown with it', async () => {
    const { page, close } = await browser.open(service.url);
    await chooseCsv(page, csv(2));
    await panel(page).getByText('Choose images').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type(pictures.url('/missing.jpg'));
    await page.keyboard.press('Enter');
    await panel(page).getByText('has no image at this URL (status 404)').waitFor();
    expect(await panel(page).getByText('For 1 image.').count()).toBe(0);
    expect(await violations(page)).toEqual([]);
    await close();
  });

  test.each(Object.entries(LOOKS))('looks right: %s', async (name, options) => {
    const { page, close } = await browser.open(service.url, options);
    await chooseCsv(page, csv());
    await press(page, 'Try 3 images');
    await afters(page).nth(2).waitFor();
    await loaded(page);
    await page.evaluate(`document.getElementById('trial-title').scrollIntoView()`);
    await look(page, `trial-${name}`);
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await close();
  });
});
