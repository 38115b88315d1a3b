import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describeInBrowser, heading, START_MS, startBrowser, type TestBrowser } from '../support/browser.ts';
import { LOOKS, look, violations } from '../support/look.ts';
import { startTestService, type TestService } from '../support/service.ts';

const KEY = 'a-key-of-the-shop-0123456789';

describeInBrowser('the page where API_KEYS is set', () => {
  let service: TestService;
  let browser: TestBrowser;
  beforeAll(async () => {
    [service, browser] = await Promise.all([startTestService({ API_KEYS: KEY }), startBrowser()]);
  }, START_MS);
  afterAll(async () => {
    await browser.close();
    await service.close();
  });

  const dialogOf = (page: Page) => page.getByRole('dialog', { name: 'Sign in' });
  const focused = (page: Page) => page.evaluate('document.activeElement.textContent');
  const stores = (page: Page) =>
    page.evaluate('JSON.stringify([{...localStorage}, document.cookie, {...sessionStorage}])');

  test('it asks for a key, rejects a wrong one and keeps a valid one for this tab only', async () => {
    const { page, context, errors, close } = await browser.open(service.url);
    const dialog = dialogOf(page);
    await dialog.getByLabel('API key').fill('wrong');
    await page.keyboard.press('Enter');
    await dialog.getByText('Invalid API key', { exact: true }).waitFor();
    expect(await dialog.getByLabel('API key').getAttribute('autocomplete')).toBe('current-password');
    await dialog.getByLabel('API key').fill(KEY);
    await page.keyboard.press('Enter');
    await page.getByText('No jobs yet').waitFor();
    expect(await focused(page)).toContain('Smaller images');

    await page.getByRole('button', { name: 'Try a sample' }).click();
    await page.getByRole('button', { name: 'Compress 9 images' }).click();
    await heading(page, '9 images compressed').waitFor();
    for (const [name, begin, fileName] of [
      ['Download CSV', 'S. No.', 'Sample products-compressed.csv'],
      ['Download images', 'PK', 'Sample products-images.zip'],
    ] as const) {
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: new RegExp(name) }).click(),
      ]);
      expect((await readFile(await file.path(), 'latin1')).startsWith(begin)).toBe(true);
      expect(file.suggestedFilename()).toBe(fileName);
    }

    await page.reload();
    await heading(page, '9 images compressed').waitFor();
    expect(await stores(page)).toBe(JSON.stringify([{}, '', { 'api-key': KEY }]));
    const other = await context.newPage();
    await other.goto(service.url);
    await dialogOf(other).waitFor();

    await page.getByRole('button', { name: 'Sign out' }).click();
    await dialog.waitFor();
    expect(await stores(page)).toBe(JSON.stringify([{}, '', {}]));
    expect(errors).toEqual([]);
    await close();
  });

  test('who cancels finds a way back in, in the header and in place of the content', async () => {
    const { page, errors, close } = await browser.open(service.url);
    const dialog = dialogOf(page);
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await heading(page, 'Sign in to continue').waitFor();
    expect(await focused(page)).toBe('Sign in to continue');
    expect(await page.getByRole('button', { name: 'Sign in' }).count()).toBe(2);
    const inHeader = page.getByRole('navigation').getByRole('button', { name: 'Sign in' });
    await inHeader.click();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await heading(page, 'Sign in to continue').waitFor();
    expect(await focused(page)).toMatch(/^Sign in/);

    await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
    await dialog.getByLabel('API key').fill(KEY);
    await dialog.getByLabel('Keep me signed in on this device').check();
    await dialog.getByRole('button', { name: 'Sign in' }).click();
    await heading(page, /Smaller images/).waitFor();
    expect(await focused(page)).toContain('Smaller images');
    expect(errors).toEqual([]);
    await close();
  });

  test('a remembered key works in other tabs, and signing out forgets it in all of them', async () => {
    const { page, context, close } = await browser.open(service.url);
    await dialogOf(page).getByLabel('API key').fill(KEY);
    await dialogOf(page).getByLabel('Keep me signed in on this device').check();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    expect(await stores(page)).toBe(JSON.stringify([{ 'api-key': KEY }, '', {}]));
    const other = await context.newPage();
    await other.goto(service.url);
    await heading(other, /Smaller images/).waitFor();
    await other.getByRole('button', { name: 'Sign out' }).click();
    await dialogOf(other).waitFor();
    await dialogOf(page).waitFor();
    expect(await stores(page)).toBe(JSON.stringify([{}, '', {}]));
    await close();
  });

  test.each(Object.entries(LOOKS))(
    'the dialog and what is shown without a key are accessible: %s',
    async (name, options) => {
      const { page, errors, close } = await browser.open(service.url, options);
      await dialogOf(page).getByLabel('API key').fill('wrong');
      await page.keyboard.press('Enter');
      await dialogOf(page).getByText('Invalid API key', { exact: true }).waitFor();
      await look(page, `key-dialog-${name}`);
      expect(await page.evaluate("document.querySelector('dialog').scrollLeft")).toBe(0);
      expect(await violations(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await heading(page, 'Sign in to continue').waitFor();
      await look(page, `signed-out-${name}`);
      expect(await violations(page)).toEqual([]);
      expect(errors).toEqual([]);
      await close();
    },
  );
});
