import { chooseCsv, describeInBrowser, START_MS, startBrowser, type TestBrowser } from '../support/browser.ts';
import { LOOKS, look, violations } from '../support/look.ts';
import { ImageServer, makeImage, ok } from '../support/servers/image-server.mjs';
import { startTestService, type TestService, waitFor } from '../support/service.ts';

describeInBrowser('the list of jobs', () => {
  let service: TestService;
  let pictures: ImageServer;
  let browser: TestBrowser;
  beforeAll(async () => {
    pictures = await ImageServer.start();
    pictures.on('/good.jpg', ok(await makeImage('jpeg', { width: 90, height: 60 })));
    pictures.on('/held.jpg', () => undefined);
    service = await startTestService();
    browser = await startBrowser();
  }, START_MS);
  afterAll(async () => {
    await browser.close();
    await service.close();
    await pictures.close();
  });

  const send = async (name: string, path: string): Promise<void> => {
    const body = new FormData();
    const url = pictures.url(path);
    body.set('file', new Blob([`S. No.,Product Name,Input Image Urls\n1,Mug,"${url}?1,${url}?2"\n`]), `${name}.csv`);
    expect((await fetch(`${service.url}/api/upload`, { method: 'POST', body })).status).toBe(202);
  };

  test('lives: names, progress, search, filter, another tab, deleting by keyboard', async () => {
    for (const n of [1, 2, 3, 4, 5, 6, 7]) await send(`Catalogue ${n}`, '/good.jpg');
    await send('Held offers', '/held.jpg');
    const { page, context, errors } = await browser.open(service.url, { viewport: { width: 1280, height: 800 } });
    const rows = page.locator('.history li');
    await rows.nth(7).waitFor();
    const eighth = await rows.nth(7).boundingBox();
    expect((eighth?.y ?? 800) + (eighth?.height ?? 0)).toBeLessThanOrEqual(800);
    await page.locator('.history li', { hasText: 'Held offers' }).locator('.history-bar').waitFor();
    await look(page, 'jobs-light');
    expect(await violations(page)).toEqual([]);

    const other = await context.newPage();
    await other.goto(service.url);
    await other.locator('.history li').nth(7).waitFor();
    await page.bringToFront();

    await page.getByRole('searchbox').fill('OFFERS');
    await waitFor(async () => (await rows.count()) === 1);
    await page.getByRole('searchbox').fill('');
    await rows.nth(7).waitFor();
    await page.getByRole('button', { name: 'Completed', exact: true }).click();
    await waitFor(async () => (await rows.count()) === 7);
    await page.getByRole('button', { name: 'All', exact: true }).click();
    await rows.nth(7).waitFor();

    await page.getByRole('button', { name: 'Delete Held offers' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: /Held offers/ }).waitFor();
    await look(page, 'jobs-delete');
    await page.getByRole('button', { name: 'Delete job' }).click();
    await waitFor(async () => (await rows.count()) === 7);
    expect(await page.evaluate('document.activeElement.className')).toBe('history-entry');

    await other.bringToFront();
    await other.evaluate("dispatchEvent(new Event('focus'))");
    await waitFor(async () => (await other.locator('.history li').count()) === 7);
    expect(errors).toEqual([]);
    await context.close();
  });

  test.each(Object.entries(LOOKS))('looks right: %s', async (name, options) => {
    const { page, errors, close } = await browser.open(service.url, options);
    const rows = page.locator('.history li');
    await rows.first().waitFor();
    if (name === 'phone') {
      const second = await rows.nth(1).boundingBox();
      expect((second?.y ?? 844) + (second?.height ?? 0)).toBeLessThanOrEqual(844);
    }
    const title = await page.getByRole('heading', { name: 'Recent jobs' }).boundingBox();
    expect((title?.y ?? 0) + (title?.height ?? 0)).toBeLessThanOrEqual(page.viewportSize()?.height ?? 0);
    await look(page, `jobs-${name}`);
    expect(await violations(page)).toEqual([]);
    expect(errors).toEqual([]);
    await close();
  });

  test('a page of another filter that comes late is not shown', async () => {
    for (const n of [8, 9, 10, 11]) await send(`Catalogue ${n}`, '/good.jpg');
    const { page, errors, close } = await browser.open(service.url);
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route(/after=/, async (route) => {
      await held;
      await route.continue();
    });
    await page.getByRole('button', { name: 'Show more' }).click();
    await page.getByRole('button', { name: 'Stopped', exact: true }).click();
    await page.getByText('No job matches.').waitFor();
    const late = page.waitForResponse(/after=/);
    release();
    await (await late).finished();
    await page.evaluate('new Promise((then) => requestAnimationFrame(() => requestAnimationFrame(then)))');
    expect(await page.locator('.history li').count()).toBe(0);
    expect(errors).toEqual([]);
    await close();
  });

  test('an address that does not exist has a way back', async () => {
    const { page, close } = await browser.open(`${service.url}/requests/xyz`);
    await look(page, 'jobs-lost');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('link', { name: 'Go to your jobs' }).click();
    await page.locator('#file').waitFor({ state: 'attached' });
    await chooseCsv(page, 'S. No.,Product Name,Input Image Urls\n1,Mug,http://127.0.0.1:1/a.jpg\n');
    await close();
  });
});
