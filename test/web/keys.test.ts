import { readFile } from 'node:fs/promises';
import { describeInBrowser, heading, START_MS, startBrowser, type TestBrowser } from '../support/browser.ts';
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

  test('it asks for a key, rejects a wrong one and keeps a valid one for this tab only', async () => {
    const { page, context, errors, close } = await browser.open(service.url);
    const dialog = page.getByRole('dialog', { name: 'API key' });
    await dialog.getByLabel('Key').fill('wrong');
    await page.keyboard.press('Enter');
    await dialog.getByText('Invalid API key.').waitFor();
    await dialog.getByLabel('Key').fill(KEY);
    await page.keyboard.press('Enter');
    await page.getByText('No jobs yet').waitFor();

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
    expect(await page.evaluate('JSON.stringify([{...localStorage}, document.cookie, {...sessionStorage}])')).toBe(
      JSON.stringify([{}, '', { 'api-key': KEY }]),
    );
    const other = await context.newPage();
    await other.goto(service.url);
    await other.getByRole('dialog', { name: 'API key' }).waitFor();

    await page.getByRole('button', { name: 'Sign out' }).click();
    await dialog.waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await page
      .getByText(/API key|Authorization/)
      .first()
      .waitFor();
    expect(errors).toEqual([]);
    await close();
  });
});
