import { describeInBrowser, heading, START_MS, startBrowser, type TestBrowser } from '../support/browser.ts';
import { LOOKS, look, violations } from '../support/look.ts';
import { startTestService, type TestService } from '../support/service.ts';

/** Much less than the 1.9 MB of the reference before (decision 0062). */
const MOST_BYTES = 100_000;

describeInBrowser('the reference at /docs', () => {
  let service: TestService;
  let browser: TestBrowser;
  beforeAll(async () => {
    [service, browser] = await Promise.all([startTestService(), startBrowser()]);
  }, START_MS);
  afterAll(async () => {
    await browser.close();
    await service.close();
  });

  test.each(Object.entries(LOOKS))('nothing is inaccessible and nothing overflows: %s', async (name, options) => {
    const { page, errors, transferred, close } = await browser.open(`${service.url}/docs`, options);
    await heading(page, 'API reference').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    const ground = await page.evaluate('getComputedStyle(document.body).backgroundColor');
    if (name === 'dark') expect(ground).not.toBe('rgb(255, 255, 255)');
    await look(page, `reference-${name}`);
    await page.goto(`${service.url}/docs#upload`);
    await look(page, `reference-upload-${name}`);
    // On these it takes a minute with everything open, whose colours and names are the same.
    const isNarrow = name === 'phone' || name === 'zoomed';
    if (isNarrow) expect(await violations(page)).toEqual([]);
    await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
    if (!isNarrow) expect(await violations(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await page.goto(`${service.url}/docs#status`);
    await look(page, `reference-open-${name}`);
    expect(await transferred()).toBeLessThan(MOST_BYTES);
    expect(errors).toEqual([]);
    await close();
  });

  test('every call is reached from the list by keyboard, and the way back leads to the page', async () => {
    const { page, errors, close } = await browser.open(`${service.url}/docs`);
    const { paths } = (await (await fetch(`${service.url}/docs/openapi.json`)).json()) as {
      paths: Record<string, Record<string, { operationId: string }>>;
    };
    const ids = Object.values(paths).flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId));
    for (const id of ids) {
      await page
        .getByRole('navigation', { name: 'Calls' })
        .getByRole('link', { name: id, exact: false })
        .first()
        .waitFor();
      await page.locator(`a[href="#${id}"]`).first().focus();
      await page.keyboard.press('Enter');
      await page.locator(`#${id}:target`).waitFor();
    }
    await page.getByText('Python: upload, follow, fetch').click();
    await page.getByText('def multipart(fields, csv)').waitFor();
    await page.getByRole('link', { name: 'Back to the app' }).click();
    await heading(page, /Smaller images/).waitFor();
    expect(errors).toEqual([]);
    await close();
  });
});
