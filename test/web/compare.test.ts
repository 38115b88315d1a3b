import type { Page } from 'playwright-core';
import { describeInBrowser, heading, START_MS, startBrowser, type TestBrowser } from '../support/browser.ts';
import { LOOKS, look, violations } from '../support/look.ts';
import { ImageServer, makeImage, ok, status } from '../support/servers/image-server.mjs';
import { finished, startTestService, type TestService, uploaded, waitFor } from '../support/service.ts';

const HEADER = 'S. No.,Product Name,Input Image Urls\n';
const IMAGES = 130;

describeInBrowser('the comparison of an image before and after', () => {
  let service: TestService;
  let pictures: ImageServer;
  let browser: TestBrowser;
  let requestId: string;
  beforeAll(async () => {
    [service, pictures, browser] = await Promise.all([startTestService(), ImageServer.start(), startBrowser()]);
    pictures.on('/large.jpg', ok(await makeImage('jpeg', { width: 2400, height: 1800, quality: 95 })));
    pictures.on('/tall.jpg', ok(await makeImage('jpeg', { width: 300, height: 1200, quality: 95 })));
    pictures.on('/small.jpg', ok(await makeImage('jpeg', { width: 60, height: 40, quality: 95 })));
    pictures.on('/missing.jpg', status(404));
    const names = ['large', 'tall', 'small', 'missing'];
    const rows = Array.from(
      { length: IMAGES },
      (_, n) => `${n},Item ${n + 1},${pictures.url(`/${names[n] ?? 'small'}.jpg`)}\n`,
    );
    requestId = await uploaded(service.url, HEADER + rows.join(''));
    await finished(service.url, requestId);
  }, START_MS);
  afterAll(async () => {
    await browser.close();
    await service.close();
    await pictures.close();
  });

  const address = (image?: number): string =>
    `${service.url}/#/requests/${requestId}${image === undefined ? '' : `/images/${image}`}`;
  const isReady = (page: Page) =>
    waitFor(() =>
      page.locator('.compare-after').evaluate((image: { naturalWidth?: number }) => (image.naturalWidth ?? 0) > 0),
    );
  const scaleOf = async (page: Page): Promise<string> => (await page.locator('.compare-scale').textContent()) ?? '';
  const boxOf = async (page: Page, selector: string) => {
    const box = await page.locator(selector).boundingBox();
    if (box === null) throw new Error(`${selector} is not shown`);
    return box;
  };

  test('zooms by keys, wheel, double click and buttons, and is never enlarged unasked', async () => {
    const { page, errors, close } = await browser.open(address(1));
    await page.getByRole('dialog', { name: 'Item 1' }).waitFor();
    await isReady(page);
    const stage = await boxOf(page, '.compare-stage');
    const fit = await scaleOf(page);
    const whole = await boxOf(page, '.compare-after');
    expect(whole.width).toBeLessThanOrEqual(stage.width + 1);
    expect(whole.height).toBeLessThanOrEqual(stage.height + 1);
    await page.keyboard.press('1');
    expect(await scaleOf(page)).toBe('100%');
    expect((await boxOf(page, '.compare-after')).width).toBeCloseTo(2400, 0);
    expect((await boxOf(page, '.compare-before')).width).toBeCloseTo(2400, 0);
    const { x } = await boxOf(page, '.compare-after');
    await page.keyboard.press('ArrowRight');
    expect((await boxOf(page, '.compare-after')).x).toBeLessThan(x);
    // Away from the divider a drag moves the picture.
    const middle = { x: stage.x + stage.width / 4, y: stage.y + stage.height / 2 };
    await page.mouse.move(middle.x, middle.y);
    await page.mouse.down();
    await page.mouse.move(middle.x + 70, middle.y + 10);
    await page.mouse.up();
    expect(Math.round((await boxOf(page, '.compare-after')).x - x)).toBe(70 - 80);
    await page.keyboard.press('2');
    expect(await scaleOf(page)).toBe('200%');
    await page.keyboard.press('-');
    expect(await scaleOf(page)).toBe('133%');
    await page.keyboard.press('0');
    expect(await scaleOf(page)).toBe(fit);
    await page.mouse.dblclick(middle.x, middle.y);
    expect(await scaleOf(page)).toBe('100%');
    await page.mouse.dblclick(middle.x, middle.y);
    expect(await scaleOf(page)).toBe(fit);
    await page.mouse.wheel(0, -300);
    await waitFor(async () => Number.parseInt(await scaleOf(page), 10) > Number.parseInt(fit, 10));
    await page.getByRole('button', { name: '1:1' }).click();
    expect(await scaleOf(page)).toBe('100%');
    expect(await page.getByRole('button', { name: '1:1' }).getAttribute('aria-pressed')).toBe('true');

    await page.goto(address(3));
    await page.getByRole('dialog', { name: 'Item 3' }).waitFor();
    await isReady(page);
    expect(await scaleOf(page)).toBe('100%');
    expect((await boxOf(page, '.compare-after')).width).toBeCloseTo(60, 0);
    expect(errors).toEqual([]);
    await close();
  });

  test('fingers zoom about their middle', async () => {
    const { page, context, close } = await browser.open(address(1), LOOKS.phone);
    await page.getByRole('dialog', { name: 'Item 1' }).waitFor();
    await isReady(page);
    const fit = Number.parseInt(await scaleOf(page), 10);
    const { x, y, width, height } = await boxOf(page, '.compare-stage');
    const middle = { x: x + width / 2, y: y + height / 2 };
    const client = await context.newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', apart: number) =>
      client.send('Input.dispatchTouchEvent', {
        type,
        touchPoints:
          type === 'touchEnd'
            ? []
            : [
                { x: middle.x - apart, y: middle.y, id: 1 },
                { x: middle.x + apart, y: middle.y, id: 2 },
              ],
      });
    await touch('touchStart', 40);
    for (const apart of [60, 90, 120, 160]) await touch('touchMove', apart);
    await touch('touchEnd', 0);
    await waitFor(async () => Number.parseInt(await scaleOf(page), 10) >= 3 * fit);
    await close();
  });

  test('the arrows and the address reach every image of the job, and Back leaves the job as it was', async () => {
    const { page, errors, close } = await browser.open(`${service.url}/`);
    await page.goto(address());
    await heading(page, `129 of 130 images compressed`).waitFor();
    const tile = page.getByRole('button', { name: /^Item 12\b/ });
    await tile.scrollIntoViewIfNeeded();
    const scroll = await page.evaluate('scrollY');
    await tile.click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('12 of 130').waitFor();
    expect(page.url()).toBe(address(12));
    await page.mouse.wheel(0, 500);
    await page.keyboard.press('ArrowRight');
    await page.getByRole('dialog', { name: 'Item 13' }).waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.getByRole('dialog', { name: 'Item 12' }).waitFor();
    // With the divider in focus the arrows move it.
    await dialog.getByRole('slider').focus();
    await page.keyboard.press('ArrowLeft');
    expect(await dialog.getByRole('slider').inputValue()).toBe('49');
    // Beyond what the gallery has loaded.
    for (let n = 13; n <= 75; n += 1) await page.keyboard.press('PageDown');
    await page.getByRole('dialog', { name: 'Item 75' }).waitFor();
    expect(page.url()).toBe(address(75));
    await page.reload();
    await page.getByRole('dialog', { name: 'Item 75' }).waitFor();
    await page.goBack();
    await dialog.waitFor({ state: 'detached' });
    expect(page.url()).toBe(address());
    await waitFor(async () => (await page.evaluate('scrollY')) === scroll);
    await tile.click();
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(page.url()).toBe(address());
    expect(await page.evaluate('scrollY')).toBe(scroll);
    expect(await tile.evaluate((element) => element.matches(':focus'))).toBe(true);
    await tile.click();
    await dialog.waitFor();
    await page.evaluate("location.hash = '#/'");
    await page.getByRole('button', { name: 'Try a sample' }).waitFor();
    expect(await dialog.count()).toBe(0);
    expect(errors).toEqual([]);
    await close();
  });

  test('a failed image says why, and an address without an image opens the job alone', async () => {
    const { page, close } = await browser.open(address(4));
    await page
      .getByRole('dialog', { name: 'Item 4' })
      .getByText(/no image at this URL/)
      .waitFor();
    await page.keyboard.press('Escape');
    await page.goto(address(999));
    await heading(page, `129 of 130 images compressed`).waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
    await close();
  });

  test('of a failed image the reason, what to do and the original are shown; links stand on one line', async () => {
    pictures.on('/logo.svg', (response) => {
      const svg =
        '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"><rect width="300" height="200" fill="teal"/></svg>';
      response.writeHead(200, { 'Content-Type': 'image/svg+xml' }).end(svg);
    });
    const rows = ['missing.jpg', 'logo.svg', 'tall.jpg'].map(
      (name, n) => `${n},Part ${n + 1},${pictures.url(`/${name}`)}\n`,
    );
    const job = await uploaded(service.url, HEADER + rows.join(''));
    await finished(service.url, job);
    const { page, errors, close } = await browser.open(`${service.url}/#/requests/${job}/images/1`);
    const missing = page.getByRole('dialog', { name: 'Part 1' });
    await missing.getByText('What to do: It returned 404 or 410. Fix the URL.').waitFor();
    await missing.getByText('The original image is unavailable.').waitFor();
    await look(page, 'compare-failed-missing');
    await page.keyboard.press('ArrowRight');
    const logo = page.getByRole('dialog', { name: 'Part 2' });
    await logo.getByText('300 × 200 pixels').waitFor();
    expect(await logo.getByRole('img', { name: 'Original' }).isVisible()).toBe(true);
    expect(await logo.getByText(/Convert it first/).isVisible()).toBe(true);
    await look(page, 'compare-failed-shown');
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('ArrowRight');
    await page.getByRole('dialog', { name: 'Part 3' }).waitFor();
    await isReady(page);
    const link = await boxOf(page, '.compare-links a >> nth=0');
    const button = await boxOf(page, '.compare-links button');
    expect(Math.abs(link.y + link.height / 2 - button.y - button.height / 2)).toBeLessThan(1.5);
    expect(errors).toEqual([]);
    await close();
  });

  test.each(Object.keys(LOOKS) as (keyof typeof LOOKS)[])(
    'labels lie outside the picture, and axe agrees: %s',
    async (name) => {
      const { page, errors, close } = await browser.open(address(1), LOOKS[name]);
      await page.getByRole('dialog', { name: 'Item 1' }).waitFor();
      await isReady(page);
      const stage = await boxOf(page, '.compare-stage');
      for (const label of ['.compare-label >> nth=0', '.compare-label >> nth=1']) {
        const { y, height, x, width } = await boxOf(page, label);
        expect(y + height).toBeLessThanOrEqual(stage.y);
        expect(x).toBeGreaterThanOrEqual(0);
        expect(x + width).toBeLessThanOrEqual(page.viewportSize()?.width ?? 0);
      }
      expect(await page.locator('.compare-label').first().textContent()).toMatch(/^Before \d.* MB$/);
      await look(page, `compare-${name}`);
      expect(await violations(page)).toEqual([]);
      await page.keyboard.press('1');
      await look(page, `compare-zoomed-in-${name}`);
      await page.goto(address(2));
      await page.getByRole('dialog', { name: 'Item 2' }).waitFor();
      await isReady(page);
      await look(page, `compare-tall-${name}`);
      await page.goto(address(4));
      await page.getByRole('dialog', { name: 'Item 4' }).waitFor();
      await look(page, `compare-failed-${name}`);
      expect(errors).toEqual([]);
      await close();
    },
  );
});
