import type { Page } from 'playwright-core';
import { chooseCsv, describeInBrowser, heading, START_MS, startBrowser, type TestBrowser } from '../support/browser.ts';
import { LOOKS, look, violations } from '../support/look.ts';
import { startTestService, type TestService, waitFor } from '../support/service.ts';

const HEADER = 'S. No.,Product Name,Input Image Urls\n';
const csvOf = (url: string): string => `${HEADER}1,Mug,${url}\n`;
const START = /Smaller images/;

/** Drops files on the page as a file manager does. */
const drop = (page: Page, ...files: readonly (readonly [name: string, text: string])[]): Promise<unknown> =>
  page.evaluate(`{
    const transfer = new DataTransfer();
    for (const [name, text] of ${JSON.stringify(files)}) transfer.items.add(new File([text], name, { type: 'text/csv' }));
    const event = (type) => new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true });
    for (const type of ['dragenter', 'dragover', 'drop']) document.querySelector('h1').dispatchEvent(event(type));
  }`);

describeInBrowser('ways back on the page', () => {
  let service: TestService;
  let browser: TestBrowser;
  beforeAll(async () => {
    [service, browser] = await Promise.all([startTestService(), startBrowser()]);
  }, START_MS);
  afterAll(async () => {
    await browser.close();
    await service.close();
  });

  const focused = (page: Page) => page.evaluate('document.activeElement.textContent');

  test('Back leads from the preview to the start, Forward to the preview again, and Back from the job to the start', async () => {
    const { page, errors, close } = await browser.open(service.url);
    await chooseCsv(page, csvOf('http://127.0.0.1:1/a.jpg'), 'one.csv');
    await heading(page, 'one.csv').waitFor();
    expect(await focused(page)).toBe('one.csv');
    await page.goBack();
    await heading(page, START).waitFor();
    expect(await focused(page)).toMatch(START);
    await page.goForward();
    await heading(page, 'one.csv').waitFor();
    await page.getByRole('button', { name: 'Choose a different file' }).click();
    await heading(page, START).waitFor();
    expect(await focused(page)).toMatch(START);

    await page.getByRole('button', { name: 'Try a sample' }).click();
    await page.getByRole('button', { name: /^Compress \d/ }).click();
    await page.getByText('All jobs').waitFor();
    expect(await page.evaluate('document.activeElement.tagName')).toBe('H1');
    await page.goBack();
    await heading(page, START).waitFor();
    expect(errors).toEqual([]);
    await close();
  });

  test('a reload of the preview explains that the file is gone, and shows the start', async () => {
    const { page, errors, close } = await browser.open(service.url);
    await chooseCsv(page, csvOf('http://127.0.0.1:1/a.jpg'));
    await heading(page, 'products.csv').waitFor();
    await page.reload();
    await heading(page, START).waitFor();
    await page.getByText('file was lost when the page reloaded').waitFor();
    await look(page, 'start-file-gone');
    await chooseCsv(page, csvOf('http://127.0.0.1:1/a.jpg'));
    await heading(page, 'products.csv').waitFor();
    expect(await page.getByText('file was lost when the page reloaded').count()).toBe(0);
    expect(errors).toEqual([]);
    await close();
  });

  test('a file dropped on the preview replaces the file, and of several the first is taken, which the page says', async () => {
    const { page, errors, close } = await browser.open(service.url);
    await heading(page, START).waitFor();
    await drop(page, ['first.csv', csvOf('http://127.0.0.1:1/a.jpg')]);
    await heading(page, 'first.csv').waitFor();
    await drop(page, ['second.csv', csvOf('http://127.0.0.1:1/b.jpg')]);
    await heading(page, 'second.csv').waitFor();
    await page.getByText('“second.csv” replaces “first.csv”.').waitFor();
    expect(await focused(page)).toBe('second.csv');
    await drop(page, ['third.csv', csvOf('http://127.0.0.1:1/c.jpg')], ['fourth.csv', HEADER]);
    await page.getByText('Only one file can be opened at a time. This is “third.csv”, the first of 2.').waitFor();
    await look(page, 'preview-one-of-two');
    await page.getByRole('button', { name: 'Compress 1 image' }).waitFor();
    await page.goBack();
    await heading(page, START).waitFor();
    expect(await page.locator('.is-dropping').count()).toBe(0);
    expect(errors).toEqual([]);
    await close();
  });

  test('without a network the sample says so, and nothing red stays when the network is back', async () => {
    const { page, context, errors, close } = await browser.open(service.url);
    await page.getByText('No jobs yet').or(page.locator('.history li').first()).first().waitFor();
    await context.setOffline(true);
    await page.getByRole('button', { name: 'Try a sample' }).click();
    const error = page.locator('.error-text');
    await error.first().waitFor();
    expect(await error.first().textContent()).toMatch(/cannot be reached/);
    await context.setOffline(false);
    await error.first().waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Try a sample' }).click();
    await page.getByRole('button', { name: 'Compress 9 images' }).waitFor();
    expect(errors).toEqual([]);
    await close();
  });

  test.each(Object.entries(LOOKS))('start, preview, errors and columns are accessible: %s', async (name, options) => {
    const { page, errors, close } = await browser.open(service.url, options);
    await heading(page, START).waitFor();
    await page.getByText('File format').click();
    await look(page, `start-${name}`);
    expect(await violations(page)).toEqual([]);

    const rows = Array.from({ length: 60 }, (_, row) => `${row + 1},Mug ${row + 1},ftp://x.example/${row}.jpg`);
    await chooseCsv(page, `${HEADER}${rows.join('\n')}\n`);
    await page.getByRole('heading', { name: '60 errors found' }).waitFor();
    const list = page.getByRole('list', { name: 'Errors by line' });
    await list.focus();
    await page.keyboard.press('End');
    await waitFor(async () => (await page.evaluate("document.querySelector('.errors').scrollTop")) !== 0);
    await look(page, `errors-${name}`);
    expect(await violations(page)).toEqual([]);

    await page.goBack();
    await chooseCsv(page, 'Product,Picture,Price\nMug,https://shop.example/mug.jpg,5\n', 'export.csv');
    await page.getByRole('heading', { name: 'Columns' }).waitFor();
    if (name === 'forced') {
      const width = (chosen: string) =>
        page.evaluate(`getComputedStyle(document.querySelector('.choice:has(input${chosen})')).borderTopWidth`);
      expect([await width(':checked'), await width(':not(:checked)')]).toEqual(['3px', '1px']);
    }
    await look(page, `columns-${name}`);
    expect(await violations(page)).toEqual([]);
    expect(errors).toEqual([]);
    await close();
  });
});
