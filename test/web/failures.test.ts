import { chooseCsv, describeInBrowser, START_MS, sendCsv, startBrowser, type TestBrowser } from '../support/browser.ts';
import { LOOKS, look, violations } from '../support/look.ts';
import { ImageServer, makeImage, ok, status as statusCode } from '../support/servers/image-server.mjs';
import { startTestService, type TestService, uploaded, waitFor } from '../support/service.ts';

const HEADER = 'S. No.,Product Name,Input Image Urls\n';

describeInBrowser('failed images on the page of a job', () => {
  let service: TestService;
  let pictures: ImageServer;
  let browser: TestBrowser;
  beforeAll(async () => {
    [service, pictures, browser] = await Promise.all([startTestService(), ImageServer.start(), startBrowser()]);
    pictures.on('/good.jpg', ok(await makeImage('jpeg', { width: 200, height: 150, quality: 95 })));
    pictures.on('/missing.jpg', statusCode(404));
    pictures.on('/page.jpg', (response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html></html>'),
    );
  }, START_MS);
  afterAll(async () => {
    await browser.close();
    await service.close();
    await pictures.close();
  });

  const failing = (): string => {
    const missing = Array.from({ length: 30 }, (_, n) => `${n},Missing ${n},${pictures.url('/missing.jpg')}?m=${n}`);
    const html = [1, 2].map((n) => `${n},Page ${n},${pictures.url('/page.jpg')}?h=${n}`);
    const unknown = `9,Unknown,http://127.0.0.1:9/9.jpg`;
    const good = [1, 2, 3, 4].map((n) => `${n},Good ${n},${pictures.url('/good.jpg')}?g=${n}`);
    return `${HEADER}${[...missing, ...html, unknown, 'x,Bad,nope', ...good].join('\n')}\n`;
  };

  test('failures have one line for each reason and host, with what to do, and scroll with the keyboard', async () => {
    const { page, errors, close } = await browser.open(service.url);
    await chooseCsv(page, failing());
    const list = page.locator('.errors');
    await list.focus();
    expect(await list.evaluate((element) => element.matches(':focus'))).toBe(true);
    await page.getByLabel(/Skip invalid entries/).check();
    await page.getByRole('button', { name: 'Compress 37 images' }).click();
    const failures = page.getByRole('region', { name: '33 failed images' });
    await failures.waitFor();
    const host = new URL(pictures.origin).host;
    const lines = await failures.locator('summary').allInnerTexts();
    expect(lines.map((line) => line.replaceAll(/\s+/g, ' '))).toEqual([
      `30 Image not found (404) ${host}`,
      `2 Not an image ${host}`,
      '1 Connection failed 127.0.0.1:9',
      '1 Skipped, invalid URL',
    ]);
    expect(await failures.getByText('What to do:').first().isVisible()).toBe(false);
    expect(await page.getByRole('button', { name: 'Retry 33 failed images' }).isVisible()).toBe(true);
    await failures.locator('summary').first().press('Enter');
    await failures.getByText(/What to do: It returned 404 or 410/).waitFor();
    const link = failures.getByRole('link', { name: `${pictures.url('/missing.jpg')}?m=0` });
    expect(await link.getAttribute('href')).toBe(`${pictures.url('/missing.jpg')}?m=0`);
    const items = failures.locator('.failed-list').first();
    await items.focus();
    await page.keyboard.press('End');
    await waitFor(async () => (await items.evaluate((element) => element.scrollTop)) > 0);
    expect(await failures.getByRole('link', { name: 'Download failed rows' }).isVisible()).toBe(true);
    const ground = await page.evaluate(`getComputedStyle(document.querySelector('.failures')).backgroundColor`);
    expect(ground).toBe('rgb(255, 255, 255)');
    expect(errors).toEqual([]);
    await close();
  });

  test.each(Object.entries(LOOKS))('an open group of failures is readable, %s', async (name, options) => {
    const requestId = await uploaded(service.url, failing(), { onInvalidRow: 'skip' });
    const { page, close } = await browser.open(`${service.url}/#/requests/${requestId}`, options);
    await page.getByRole('region', { name: '33 failed images' }).waitFor();
    await page.locator('.failure-group summary').nth(1).click();
    expect(await violations(page)).toEqual([]);
    await look(page, `job-failures-${name}`);
    await close();
  });

  test('a group of failures that is being read stays open when the report comes', async () => {
    const { page, close } = await browser.open(service.url);
    let isReported = false;
    await page.route(/\/api\/status\/[^?]+\?limit=1$/, async (route) => {
      const response = await route.fetch();
      const { report, ...status } = (await response.json()) as { report?: object };
      await route.fulfill({ response, json: isReported ? { ...status, report } : status });
    });
    await sendCsv(page, `${HEADER}1,Mug,${pictures.url('/missing.jpg')}\n2,Cup,${pictures.url('/good.jpg')}\n`);
    const failures = page.getByRole('region', { name: '1 failed image' });
    await failures.locator('summary').press('Enter');
    await failures.getByText('What to do:').waitFor();
    isReported = true;
    await page.getByRole('heading', { name: 'Savings' }).waitFor();
    expect(await failures.getByText('What to do:').isVisible()).toBe(true);
    await close();
  });
});
