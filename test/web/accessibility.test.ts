import {
  chooseCsv,
  describeInBrowser,
  heading,
  START_MS,
  sendCsv,
  startBrowser,
  type TestBrowser,
} from '../support/browser.ts';
import { violations } from '../support/look.ts';
import { ImageServer, makeImage, ok, status } from '../support/servers/image-server.mjs';
import { startTestService, type TestService } from '../support/service.ts';

const HEADER = 'S. No.,Product Name,Input Image Urls\n';

describeInBrowser('accessibility of the page', () => {
  let service: TestService;
  let pictures: ImageServer;
  let browser: TestBrowser;
  beforeAll(async () => {
    [service, pictures, browser] = await Promise.all([startTestService(), ImageServer.start(), startBrowser()]);
    pictures.on('/good.jpg', ok(await makeImage('jpeg')));
    pictures.on('/missing.jpg', status(404));
  }, START_MS);
  afterAll(async () => {
    await browser.close();
    await service.close();
    await pictures.close();
  });

  test.each(['light', 'dark'] as const)('axe finds no violations in %s mode', async (colorScheme) => {
    const { page, close } = await browser.open(service.url, { colorScheme, reducedMotion: 'reduce' });
    await page
      .getByText(/No jobs yet|images/)
      .first()
      .waitFor();
    await page.getByText('File format').click();
    expect(await violations(page)).toEqual([]);

    await chooseCsv(page, `${HEADER}1,A,ftp://x.example/a.jpg\n2,B,${pictures.url('/good.jpg')}\n`);
    await page.getByRole('heading', { name: '1 error found' }).waitFor();
    await page.getByText('Notify a webhook (optional)').click();
    expect(await violations(page)).toEqual([]);

    await page.getByRole('button', { name: 'Choose a different file' }).click();
    await sendCsv(page, `${HEADER}1,A,${pictures.url('/good.jpg')}\n2,B,${pictures.url('/missing.jpg')}\n`);
    await page.getByRole('heading', { name: '1 failed image' }).waitFor();
    expect(await violations(page)).toEqual([]);

    await page.getByRole('button', { name: /Compare before and after/ }).click();
    await page.getByRole('dialog').waitFor();
    expect(await violations(page)).toEqual([]);
    await close();
  });

  test('everything works with the keyboard, and the focus follows the view', async () => {
    const { page, close } = await browser.open(service.url);
    const focused = () => page.evaluate('document.activeElement.textContent.trim()');
    const tabTo = async (name: string): Promise<void> => {
      for (let presses = 0; presses < 40 && (await focused()) !== name; presses += 1) await page.keyboard.press('Tab');
      expect(await focused()).toBe(name);
      await page.keyboard.press('Enter');
    };
    await page.getByRole('button', { name: 'Try a sample' }).waitFor();
    await tabTo('Try a sample');
    await page.getByRole('button', { name: 'Compress 9 images' }).waitFor();
    expect(await focused()).toBe('Sample products.csv');
    await tabTo('Compress 9 images');
    await heading(page, '9 images compressed').waitFor();
    expect(await page.evaluate('document.activeElement.tagName')).toBe('H1');

    const tile = page.getByRole('button', { name: /Brass Pendant Lamp/ });
    await tile.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('slider').focus();
    await page.keyboard.press('ArrowLeft');
    expect(await page.getByRole('slider').inputValue()).toBe('49');
    await page.keyboard.press('Escape');
    expect(await tile.evaluate((element) => element.matches(':focus'))).toBe(true);
    await close();
  });
});
