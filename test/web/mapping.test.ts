import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { chooseCsv, describeInBrowser, heading, START_MS, startBrowser, type TestBrowser } from '../support/browser.ts';
import { ImageServer, makeImage, ok } from '../support/servers/image-server.mjs';
import { startTestService, type TestService } from '../support/service.ts';

describeInBrowser('columns on the page', () => {
  let service: TestService;
  let pictures: ImageServer;
  let browser: TestBrowser;
  beforeAll(async () => {
    [service, pictures, browser] = await Promise.all([startTestService(), ImageServer.start(), startBrowser()]);
    const jpeg = await makeImage('jpeg');
    for (const name of ['a', 'b', 'c']) pictures.on(`/${name}`, ok(jpeg));
  }, START_MS);
  afterAll(async () => {
    await browser.close();
    await service.close();
    await pictures.close();
  });

  const compress = (page: Page) => page.getByRole('button', { name: /^Compress/ });
  const column = (page: Page, name: string) => page.getByRole('checkbox', { name: new RegExp(`^${name}`) });
  /** The text fields of the upload that `send` starts, recorded in the page: the browser does not show bodies with files. */
  const fieldsSent = async (page: Page, send: () => Promise<void>): Promise<Record<string, string>> => {
    await page.evaluate(`{
      const original = window.fetch;
      window.fetch = (path, init) => {
        if (path === '/api/upload') window.sent = [...init.body].filter(([, value]) => typeof value === 'string');
        return original(path, init);
      };
    }`);
    await send();
    const sent = await page.waitForFunction('window.sent');
    return Object.fromEntries((await sent.jsonValue()) as [string, string][]);
  };

  test('the image columns of a Shopify export are found, one is unchecked, and the rest is sent', async () => {
    const { page, errors, close } = await browser.open(service.url);
    const csv = readFileSync('test/exports/fixtures/shopify.csv', 'utf8');
    await chooseCsv(page, csv.replaceAll(/https:\/\/images\.example\/[^,\n]*/g, pictures.url('/a')), 'shopify.csv');
    await page.getByText('6 rows, 5 images, 2 rows without an image').waitFor();
    expect(await column(page, 'Image Src').isChecked()).toBe(true);
    expect(await page.getByLabel('Product name').locator('option:checked').textContent()).toBe('Title');
    await column(page, 'Variant Image').uncheck();
    await page.getByText('6 rows, 3 images, 3 rows without an image').waitFor();
    expect(await page.getByRole('cell', { name: 'Row 5' }).count()).toBe(1);
    const sent = await fieldsSent(page, () => compress(page).click());
    expect(sent).toMatchObject({ imageColumns: 'Image Src' });
    expect(sent).not.toHaveProperty('nameColumn');
    await heading(page, '3 images compressed').waitFor();
    expect(errors).toEqual([]);
    await close();
  });

  test('what was found is sent without fields; unchecking all columns and resetting work', async () => {
    const { page, close } = await browser.open(service.url);
    await chooseCsv(page, `SKU,Image\n1,${pictures.url('/a')}\n`);
    await column(page, 'Image').uncheck();
    expect(await page.getByRole('button', { name: 'Choose an image column' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Reset' }).click();
    await page.getByLabel('Write new URLs into the original columns').check();
    const sent = await fieldsSent(page, () => compress(page).click());
    expect(Object.keys(sent).sort()).toEqual(['format', 'output', 'quality']);
    await close();
  });

  test('columns that were not recognized are chosen by hand, also those without a name of their own', async () => {
    const { page, errors, close } = await browser.open(service.url);
    const urls = ['a', 'b', 'c'].map((name) => pictures.url(`/${name}`));
    await chooseCsv(page, `Catalogue\nCode,What,File,File,"File, back"\nA1,Mug,${urls.join(',')}\n`, 'list.csv');
    await page.getByText('Choose one here').waitFor();
    expect(await page.getByRole('button', { name: 'Choose an image column' }).isDisabled()).toBe(true);
    expect(await page.getByRole('heading', { name: /error/ }).count()).toBe(0);
    await column(page, 'File \\(column 4\\)').check();
    await column(page, 'File, back').check();
    await page.getByLabel('Product name').selectOption('What');
    await page.getByLabel('Serial number or SKU').selectOption('None');
    await page.getByText('1 row, 2 images').waitFor();
    await compress(page).and(page.locator(':enabled')).waitFor();
    const sent = await fieldsSent(page, () => compress(page).click());
    expect(sent).toMatchObject({ imageColumns: '#4,#5', nameColumn: 'What', serialColumn: 'none' });
    await heading(page, '2 images compressed').waitFor();
    expect(await page.locator('.tile-completed').count()).toBe(2);
    expect(errors).toEqual([]);
    await close();
  });
});
