import { readFile } from 'node:fs/promises';
import {
  chooseCsv,
  describeInBrowser,
  heading,
  START_MS,
  sendCsv,
  startBrowser,
  type TestBrowser,
} from '../support/browser.ts';
import { csvOf } from '../support/csv.ts';
import { failThen, ImageServer, makeImage, ok, slow, status as statusCode } from '../support/servers/image-server.mjs';
import { startTestService, statusOf, type TestService, upload, waitFor } from '../support/service.ts';

const HEADER = 'S. No.,Product Name,Input Image Urls\n';
/** Of the page as it opens, and of all until the downloads. */
const MOST_BYTES = { opened: 130_000, whole: 150_000 };

describeInBrowser('the page in a browser', () => {
  let service: TestService;
  let pictures: ImageServer;
  let browser: TestBrowser;
  let jpeg: Buffer;
  beforeAll(async () => {
    [service, pictures, browser] = await Promise.all([startTestService(), ImageServer.start(), startBrowser()]);
    jpeg = await makeImage('jpeg', { width: 200, height: 150, quality: 95 });
    pictures.on('/good.jpg', ok(jpeg));
  }, START_MS);
  afterAll(async () => {
    await browser.close();
    await service.close();
    await pictures.close();
  });

  const idOf = (url: string): string => /#\/requests\/([0-9a-f-]{36})$/.exec(url)?.[1] ?? '';

  test('the sample works from one click to CSV and ZIP, offline, and the page weighs less than 130 kB', async () => {
    const closed = await startTestService({ ALLOW_PRIVATE_NETWORKS: '', PUBLIC_URL: 'http://sample.invalid' });
    const { page, errors, transferred, close } = await browser.open(closed.url);
    await page.getByText('No jobs yet').waitFor();
    await page.evaluate('document.fonts.ready');
    const opened = await transferred();
    expect(opened).toBeGreaterThan(80_000);
    expect(opened).toBeLessThan(MOST_BYTES.opened);
    await page.getByRole('button', { name: 'Try a sample' }).click();
    await page.getByRole('button', { name: 'Compress 9 images' }).waitFor();
    expect(await page.getByRole('row').count()).toBe(7);
    await page.getByRole('button', { name: 'Compress 9 images' }).click();
    await heading(page, '9 images compressed').waitFor();
    await page.locator('.tile-completed').nth(8).waitFor();
    expect(await page.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('100');

    await page.getByRole('button', { name: /Brass Pendant Lamp/ }).click();
    const dialog = page.getByRole('dialog', { name: 'Brass Pendant Lamp' });
    await dialog.getByText(/^Before 4\d\d KB/).waitFor();
    for (const name of ['Before', 'After']) {
      const picture = dialog.getByRole('img', { name });
      await waitFor(() => picture.evaluate((image: { naturalWidth?: number }) => (image.naturalWidth ?? 0) > 100));
    }
    await dialog.getByRole('slider').focus();
    await page.keyboard.press('Home');
    expect(await dialog.getByRole('slider').inputValue()).toBe('0');
    await dialog.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('dialog', { name: /Art Print Duo/ }).waitFor();
    await page.keyboard.press('Escape');

    const [csv] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download CSV' }).click(),
    ]);
    expect(csv.suggestedFilename()).toBe('Sample products-compressed.csv');
    const lines = (await readFile(await csv.path(), 'utf8')).trim().split('\r\n');
    expect(lines).toHaveLength(7);
    expect(lines[1]).toMatch(/\/processed_images\/[0-9a-f-]{36}\.jpg$/);
    const [zip] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: /ZIP/ }).click()]);
    expect((await readFile(await zip.path())).subarray(0, 4).toString('latin1')).toBe('PK\x03\x04');

    expect(await transferred()).toBeLessThan(MOST_BYTES.whole);
    expect(errors).toEqual([]);
    await page.getByRole('link', { name: 'All jobs' }).click();
    await page.getByRole('link', { name: /9 images/ }).click();
    await heading(page, '9 images compressed').waitFor();
    await close();
    await closed.close();
  });

  test('more outputs are chosen with the options, and opened from the comparison', async () => {
    const { page, errors, close } = await browser.open(service.url);
    await chooseCsv(page, `${HEADER}1,Mug,${pictures.url('/good.jpg')}\n`);
    await page.getByText('More options').click();
    await page.getByLabel('More outputs of each image').fill('webp:50:1600, gif:1');
    await page.getByRole('button', { name: 'Compress 1 image' }).click();
    await page.getByText(/outputs must be up to 5 outputs/).waitFor();
    await page.getByLabel('More outputs of each image').fill('WebP:50:100, avif:45:80');
    await page.getByLabel('Background of transparent images in JPEG').fill('#204060');
    await page.getByRole('button', { name: 'Compress 1 image' }).click();
    await heading(page, '1 image compressed').waitFor();
    await page.getByText(/JPEG, quality 50, and 2 more outputs/).waitFor();
    const requestId = new URL(page.url()).hash.split('/').at(-1) ?? '';
    expect((await statusOf(service.url, requestId)).options).toMatchObject({ background: '#204060' });
    await page.getByRole('button', { name: /Mug/ }).click();
    const [opened] = await Promise.all([
      page.context().waitForEvent('page'),
      page.getByRole('link', { name: /^WebP 100 × 75, / }).click(),
    ]);
    expect(opened.url()).toMatch(/\/processed_images\/[0-9a-f-]{36}\.webp$/);
    await page.getByRole('link', { name: /^AVIF 80 × 60, / }).waitFor();
    expect(errors).toEqual([]);
    await close();
  });

  test('errors of an invalid CSV are shown with their lines, as the server reports them, and nothing is uploaded', async () => {
    const { page, errors, close } = await browser.open(service.url);
    const posts: string[] = [];
    page.on('request', (request) => request.method() === 'POST' && posts.push(request.url()));
    const bad = `${HEADER}1,A,ftp://x.example/a.jpg\n2,<b>B</b>,nope\n3,C,${pictures.url('/good.jpg')}\n`;
    const rejected = (await (await upload(service.url, bad)).json()) as { errors: { line: number; message: string }[] };
    expect(rejected.errors).toHaveLength(2);

    await chooseCsv(page, bad);
    await page.getByRole('heading', { name: '2 errors found' }).waitFor();
    const shown = await page.locator('.errors li').allTextContents();
    expect(shown).toEqual(rejected.errors.map(({ line, message }) => `Line ${line}Input Image Urls: ${message}`));
    expect(await page.getByRole('cell', { name: '<b>B</b>' }).count()).toBe(1);
    expect(await page.getByRole('button', { name: 'Fix the errors to continue' }).isDisabled()).toBe(true);

    await page.getByLabel(/Skip invalid entries/).check();
    expect(posts).toEqual([]);
    await page.getByRole('button', { name: /^Compress/ }).click();
    await heading(page, '1 image compressed').waitFor();
    expect(posts).toHaveLength(1);
    expect(errors).toEqual([]);
    await close();
  });

  test('an error that only the server can detect is shown after the upload', async () => {
    const strict = await startTestService({ MAX_QUEUED_IMAGES: '1' });
    const { page, close } = await browser.open(strict.url);
    await sendCsv(page, csvOf(pictures.origin, 3));
    await page.getByText(/still queued/).waitFor();
    expect(await page.getByRole('button', { name: 'Compress 3 images' }).isEnabled()).toBe(true);
    await close();
    await strict.close();
  });

  test('a job survives a reload and a lost connection, and can be stopped and completed', async () => {
    for (let n = 0; n < 60; n += 1) pictures.on(`/slow-${n}.jpg`, slow(2_000, ok(jpeg)));
    const { page, context, errors, close } = await browser.open(service.url);
    await sendCsv(page, csvOf(pictures.origin, 60, 'slow'));
    await heading(page, 'Compressing 60 images').waitFor();
    const requestId = idOf(page.url());
    await page.reload();
    await page.locator('.tile-completed').first().waitFor();
    expect(idOf(page.url())).toBe(requestId);

    await context.setOffline(true);
    await page.getByText('Connection lost').waitFor();
    await context.setOffline(false);
    await page.getByText('Connection lost').waitFor({ state: 'detached' });

    await page.getByRole('button', { name: 'Stop' }).click();
    const rest = page.getByRole('button', { name: /^Compress the remaining/ });
    const all = heading(page, '60 images compressed');
    await rest.or(all).first().waitFor();
    // All of them may have been in flight already.
    const isStopped = await rest.isVisible();
    if (isStopped) await rest.click();
    await all.waitFor();
    expect((await statusOf(service.url, requestId)).status).toBe(isStopped ? 'completed' : 'cancelled');
    expect(errors).toEqual([]);
    await close();
  });

  test('failed images are shown with their reason and can be retried', async () => {
    pictures.on('/late.jpg', failThen(1, statusCode(404), ok(jpeg)));
    const { page, errors, close } = await browser.open(service.url);
    const long = 'A very long name of a product '.repeat(8);
    await sendCsv(page, `${HEADER}1,${long},${pictures.url('/late.jpg')}\n2,Good,${pictures.url('/good.jpg')}\n`);
    await heading(page, '1 of 2 images compressed').waitFor();
    const failures = page.getByRole('region', { name: '1 failed image' });
    await failures.getByText('Image not found').waitFor();
    expect(await failures.textContent()).toContain('has no image at this URL (status 404)');
    const download = async (name: string) => {
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name, exact: true }).click(),
      ]);
      return readFile(await file.path());
    };
    const rows = (await download('Download failed rows')).toString('utf8').trim().split('\r\n');
    expect(rows).toHaveLength(2);
    expect(rows[1]).toContain('source_not_found');
    expect((await download('Download XLSX')).subarray(0, 2).toString('latin1')).toBe('PK');
    await page.getByRole('button', { name: 'Retry 1 failed image' }).click();
    await heading(page, '2 images compressed').waitFor();
    expect(await failures.count()).toBe(0);
    await waitFor(async () => (await page.locator('.tile-completed').count()) === 2);
    expect(errors).toEqual([]);
    await close();
  });

  test('a CSV can be dropped and pasted', async () => {
    const { page, close } = await browser.open(service.url);
    const csv = `${HEADER}1,Dropped,${pictures.url('/good.jpg')}\n`;
    // As a string, because browser types are not available here.
    const file = `new File([${JSON.stringify(csv)}], 'dropped.csv', { type: 'text/csv' })`;
    const transfer = await page.evaluateHandle(
      `(() => { const data = new DataTransfer(); data.items.add(${file}); return data; })()`,
    );
    await page.dispatchEvent('main', 'drop', { dataTransfer: transfer });
    await heading(page, 'dropped.csv').waitFor();
    await page.getByRole('button', { name: 'Choose a different file' }).click();
    await page.getByRole('button', { name: 'Paste rows' }).click();
    await page.getByLabel(/Paste CSV text/).fill('S. No.\tName\tUrls\n1\tPasted\thttps://a.example/1.jpg');
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByText('separated by tabs').waitFor();
    expect(await page.getByRole('cell', { name: 'Pasted' }).count()).toBe(1);
    await close();
  });

  test('nothing is wider than a phone screen', async () => {
    pictures.on('/missing.jpg', statusCode(404));
    const { page, close } = await browser.open(service.url, { viewport: { width: 360, height: 740 }, hasTouch: true });
    const excess = () => page.evaluate('document.documentElement.scrollWidth - innerWidth');
    await page.locator('.history-entry').first().waitFor();
    expect(await excess()).toBeLessThanOrEqual(0);
    const long = `Unbreakable${'x'.repeat(120)}`;
    await chooseCsv(page, `${HEADER}1,${long},"${pictures.url('/good.jpg')}, nope"\n`, `${long}.csv`);
    await page.getByRole('heading', { name: '1 error found' }).waitFor();
    expect(await excess()).toBeLessThanOrEqual(0);
    await page.getByRole('button', { name: 'Choose a different file' }).click();
    await sendCsv(page, `${HEADER}1,${long},${pictures.url('/good.jpg')} ${pictures.url('/missing.jpg')}?${long}\n`);
    await heading(page, '1 of 2 images compressed').waitFor();
    await page.getByRole('region', { name: '1 failed image' }).waitFor();
    expect(await excess()).toBeLessThanOrEqual(0);
    await page.locator('.tile-completed button').tap();
    await page.getByRole('dialog').waitFor();
    expect(await excess()).toBeLessThanOrEqual(0);
    await close();
  });
});
