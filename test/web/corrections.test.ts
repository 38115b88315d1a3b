import {
  chooseCsv,
  describeInBrowser,
  heading,
  START_MS,
  sendCsv,
  startBrowser,
  type TestBrowser,
} from '../support/browser.ts';
import { LOOKS, look, violations } from '../support/look.ts';
import { ImageServer, makeImage, ok } from '../support/servers/image-server.mjs';
import { startTestService, type TestService, waitFor } from '../support/service.ts';

const HEADER = 'S. No.,Product Name,Input Image Urls\n';

describeInBrowser('correcting URLs of failed images', () => {
  let service: TestService;
  let pictures: ImageServer;
  let browser: TestBrowser;
  beforeAll(async () => {
    [service, pictures, browser] = await Promise.all([startTestService(), ImageServer.start(), startBrowser()]);
    pictures.on('/good.jpg', ok(await makeImage('jpeg', { width: 200, height: 150, quality: 95 })));
  }, START_MS);
  afterAll(async () => {
    await browser.close();
    await service.close();
    await pictures.close();
  });

  const rows = (urls: readonly string[]): string =>
    `${HEADER}${urls.map((url, n) => `${n},Mug ${n + 1},${url}`).join('\n')}\n`;

  test('one is fixed by keyboard: Escape leaves it, an error is below its field, Enter retries it alone', async () => {
    const { page, errors, close } = await browser.open(service.url);
    await sendCsv(page, rows([pictures.url('/a.jpg'), pictures.url('/b.jpg'), pictures.url('/good.jpg')]));
    await page.locator('.failure-group summary').first().press('Enter');
    const fix = page.getByRole('button', { name: 'Fix URL of Mug 1, row 1' });
    const field = page.getByLabel('New URL of Mug 1, row 1');
    await fix.focus();
    await page.keyboard.press('Enter');
    expect(await field.inputValue()).toBe(pictures.url('/a.jpg'));
    await field.press('Escape');
    expect(await fix.evaluate((element) => element.matches(':focus'))).toBe(true);

    await page.keyboard.press('Enter');
    await field.fill('shop.example/a.jpg');
    await field.press('Enter');
    await page.getByText('does not start with http:// or https://').waitFor();
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    expect(await field.evaluate((element) => element.matches(':focus'))).toBe(true);

    await field.fill(pictures.url('/good.jpg?fixed'));
    pictures.on('/good.jpg?fixed', ok(await makeImage('jpeg')));
    await field.press('Enter');
    await heading(page, '2 of 3 images compressed').waitFor();
    const failures = page.getByRole('region', { name: '1 failed image' });
    await failures.waitFor();
    // The focus went on to Stop, and from there to what follows it.
    await waitFor(async () => (await page.evaluate('document.activeElement.textContent')) === 'Retry 1 failed image');
    await failures.locator('summary').first().press('Enter');
    expect(await failures.locator('.failed-item').allInnerTexts()).toMatchObject([expect.stringContaining('Mug 2')]);
    expect(errors).toEqual([]);
    await close();
  });

  test('several are sent together, a skipped one among them, and what the server refuses is at its field', async () => {
    const { page, errors, close } = await browser.open(service.url);
    await chooseCsv(page, rows([pictures.url('/c.jpg'), 'nope', pictures.url('/d.jpg?token=abc')]));
    await page.getByLabel(/Skip invalid entries/).check();
    await page.getByRole('button', { name: 'Compress 2 images' }).click();
    await page.getByRole('region', { name: '2 failed images' }).waitFor();
    for (const group of await page.locator('.failure-group summary').all()) await group.click();
    for (const n of [1, 2, 3]) await page.getByRole('button', { name: `Fix URL of Mug ${n}, row ${n}` }).click();
    const field = (n: number) => page.getByLabel(`New URL of Mug ${n}, row ${n}`);
    expect([await field(2).inputValue(), await field(3).inputValue()]).toEqual(['nope', '']);
    await page.getByText(/is hidden here because it is secret/).waitFor();
    const together = page.getByRole('button', { name: 'Retry 3 images' });
    expect(await together.count()).toBe(3);
    for (const n of [1, 2, 3]) await field(n).fill(`${pictures.url('/good.jpg')}?n=${n}`);
    for (const n of [1, 2, 3]) pictures.on(`/good.jpg?n=${n}`, ok(await makeImage('jpeg')));

    const refused = { field: 'corrections.1.url', message: 'is invalid. That bucket is closed.' };
    await page.route('**/api/retry/*', (route) =>
      route.fulfill({ status: 400, json: { status: 400, code: 'invalid_field', detail: '', errors: [refused] } }),
    );
    await together.first().click();
    await page
      .locator('.fix-form', { has: field(2) })
      .getByText('That bucket is closed.')
      .waitFor();
    expect(await field(2).evaluate((element) => element.matches(':focus'))).toBe(true);
    expect(await page.locator('.fix-form .error-text:not(:empty)').count()).toBe(1);
    await page.unroute('**/api/retry/*');

    await page.getByRole('button', { name: 'Cancel' }).last().click();
    await page.getByRole('button', { name: 'Retry 2 images' }).first().click();
    await page
      .locator('.job-outcome')
      .getByText(/^2 images compressed$/)
      .waitFor();
    expect(errors).toEqual([]);
    await close();
  });

  test('a field looks right in light, dark, on a phone, at 200 % and in forced colours', async () => {
    const { page, close } = await browser.open(service.url);
    const long = `/catalogue/2026/spring/${'very-long-name-'.repeat(8)}1.jpg`;
    await sendCsv(page, rows([long, '/e.jpg', '/f.jpg?token=abc'].map((path) => pictures.url(path))));
    await page.getByRole('region', { name: '3 failed images' }).waitFor();
    const url = page.url();
    await close();
    for (const [name, options] of Object.entries(LOOKS)) {
      const { page: looked, close: end } = await browser.open(url, options);
      await looked.locator('.failure-group summary').first().click();
      await looked.getByRole('button', { name: 'Fix URL of Mug 1, row 1' }).waitFor();
      await look(looked, `corrections-closed-${name}`);
      await looked.getByRole('button', { name: 'Fix URL of Mug 1, row 1' }).click();
      await looked.getByRole('button', { name: 'Fix URL of Mug 3, row 3' }).click();
      await looked.getByLabel('New URL of Mug 3, row 3').fill('ftp://x');
      await looked.getByLabel('New URL of Mug 3, row 3').press('Enter');
      await looked.getByText(/Only http:\/\/ and https/).waitFor();
      expect(await violations(looked)).toEqual([]);
      const overflow = await looked.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect(overflow).toBeLessThanOrEqual(0);
      expect(
        await looked
          .getByText(/Only http:\/\/ and https/)
          .evaluate(
            (element) =>
              element.getBoundingClientRect().bottom -
              (element.closest('.failed-list')?.getBoundingClientRect().bottom ?? 0),
          ),
      ).toBeLessThanOrEqual(1);
      await look(looked, `corrections-open-${name}`);
      await end();
    }
  });
});
