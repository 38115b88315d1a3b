import { describeInBrowser, START_MS, startBrowser, type TestBrowser } from '../support/browser.ts';
import { LOOKS, look, violations } from '../support/look.ts';
import { ImageServer, makeImage, ok, status } from '../support/servers/image-server.mjs';
import { finished, startTestService, type TestService, uploaded, waitFor } from '../support/service.ts';

const ROWS = [
  ['Red mug', 'small'],
  ['Blue mug', 'large'],
  ['Lamp', 'missing'],
  ['Red vase', 'middle'],
] as const;

describeInBrowser('the tools of the gallery', () => {
  let service: TestService;
  let pictures: ImageServer;
  let browser: TestBrowser;
  let address: string;
  beforeAll(async () => {
    [service, pictures, browser] = await Promise.all([startTestService(), ImageServer.start(), startBrowser()]);
    for (const [name, width] of [
      ['small', 100],
      ['middle', 400],
      ['large', 900],
    ] as const) {
      pictures.on(`/${name}.jpg`, ok(await makeImage('jpeg', { width, height: width, quality: 95 })));
    }
    pictures.on('/missing.jpg', status(404));
    const rows = ROWS.map(([name, file], n) => `${n},${name},${pictures.url(`/${file}.jpg`)}\n`);
    const requestId = await uploaded(service.url, `S. No.,Product Name,Input Image Urls\n${rows.join('')}`);
    await finished(service.url, requestId);
    address = `${service.url}/#/requests/${requestId}`;
  }, START_MS);
  afterAll(async () => {
    await browser.close();
    await service.close();
    await pictures.close();
  });

  test('images are filtered, searched and sorted, and the comparison walks through those that are shown', async () => {
    const { page, errors, close } = await browser.open(address);
    await page.locator('.tile-completed').first().waitFor();
    const names = () => page.locator('.tile-name').allTextContents();
    const shows = (...expected: string[]) => waitFor(async () => (await names()).join() === expected.join());
    await shows('Red mug', 'Blue mug', 'Lamp', 'Red vase');
    await page.getByRole('button', { name: 'Failed', exact: true }).click();
    await shows('Lamp');
    await page.getByRole('button', { name: 'Done', exact: true }).click();
    await shows('Red mug', 'Blue mug', 'Red vase');
    await page.getByLabel('Sort by').selectOption('Largest file');
    await shows('Blue mug', 'Red vase', 'Red mug');
    await page.getByRole('searchbox', { name: 'Search products' }).fill('RED');
    await shows('Red vase', 'Red mug');
    await page.getByText('2 of 4', { exact: true }).waitFor();
    await page.getByRole('button', { name: /^Red vase/ }).click();
    await page.getByRole('dialog', { name: 'Red vase' }).getByText('4 of 4').waitFor();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('dialog', { name: 'Red mug' }).getByText('1 of 4').waitFor();
    expect(page.url()).toBe(`${address}/images/1`);
    await page.keyboard.press('Escape');
    await shows('Red vase', 'Red mug');
    await page.getByRole('searchbox', { name: 'Search products' }).fill('none such');
    await page.getByText('0 of 4: none match').waitFor();
    expect(errors).toEqual([]);
    await close();
  });

  test('the new URL is copied, and one picture is downloaded', async () => {
    const { page, close } = await browser.open(`${service.url}/`, {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await page.goto(`${address}/images/2`);
    const dialog = page.getByRole('dialog', { name: 'Blue mug' });
    await dialog.getByRole('button', { name: 'Copy new URL' }).click();
    await dialog.getByText('Copied').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toMatch(/\/processed_images\/[0-9a-f-]{36}\.jpg$/);
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      dialog.getByRole('link', { name: 'Download' }).click(),
    ]);
    expect(file.suggestedFilename()).toBe('Blue-mug.jpg');
    await close();
  });

  test.each(Object.keys(LOOKS) as (keyof typeof LOOKS)[])('axe finds nothing in them: %s', async (name) => {
    const { page, close } = await browser.open(address, LOOKS[name]);
    await page.locator('.tile-completed').first().waitFor();
    await page.evaluate("document.querySelector('.gallery').scrollIntoView()");
    await page.getByRole('button', { name: 'Done', exact: true }).click();
    await waitFor(async () => (await page.locator('.tile').count()) === 3);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    await look(page, `gallery-tools-${name}`);
    expect(await violations(page)).toEqual([]);
    await close();
  });
});
