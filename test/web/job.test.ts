import type { ServerResponse } from 'node:http';
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
import { ImageServer, makeImage, ok, status as statusCode } from '../support/servers/image-server.mjs';
import { startTestService, type TestService, waitFor } from '../support/service.ts';

const HEADER = 'S. No.,Product Name,Input Image Urls\n';

describeInBrowser('the page of a job', () => {
  let service: TestService;
  let pictures: ImageServer;
  let browser: TestBrowser;
  let jpeg: Buffer;
  beforeAll(async () => {
    [service, pictures, browser] = await Promise.all([startTestService(), ImageServer.start(), startBrowser()]);
    jpeg = await makeImage('jpeg', { width: 200, height: 150, quality: 95 });
    pictures.on('/good.jpg', ok(jpeg));
    pictures.on('/missing.jpg', statusCode(404));
  }, START_MS);
  afterAll(async () => {
    await browser.close();
    await service.close();
    await pictures.close();
  });

  /** Images that are sent once `release` is called; those asked for later are sent at once. */
  const held = (path: string) => {
    const waiting: ServerResponse[] = [];
    let open = false;
    pictures.on(path, (response, attempt, request) => {
      if (open) ok(jpeg)(response, attempt, request);
      else waiting.push(response);
    });
    return {
      waiting,
      release: (): void => {
        open = true;
        for (const response of waiting.splice(0)) ok(jpeg)(response, 1, response.req);
      },
    };
  };
  const statOf = (page: Awaited<ReturnType<TestBrowser['open']>>['page'], name: string) =>
    page.locator('.stat', { has: page.locator(`dt:text-is("${name}")`) });

  test('what is skipped at the upload is not counted, not failed and not retried', async () => {
    const { page, errors, close } = await browser.open(service.url);
    const urls = ['nope', 'ftp://x.example/1.jpg', ...[1, 2, 3].map((n) => `${pictures.url('/good.jpg')}?n=${n}`)];
    await chooseCsv(page, `${HEADER}${urls.map((url, n) => `${n},P${n},${url}`).join('\n')}\n`);
    await page.getByLabel(/Skip invalid entries/).check();
    await page.getByRole('button', { name: 'Compress 3 images' }).click();
    await heading(page, '3 images compressed').waitFor();
    await page.getByText('Completed, 2 skipped').waitFor();
    expect(await page.locator('.progress-percent').textContent()).toBe('100%');
    expect(await page.title()).toMatch(/^100% · /);
    expect(await statOf(page, 'Skipped').textContent()).toContain('2 invalid URLs'.replace(' ', ''));
    expect(await statOf(page, 'Failed').textContent()).toBe('Failed0');
    await page.getByRole('link', { name: 'Download CSV' }).waitFor();
    expect(await page.getByRole('button', { name: /Retry|remaining/ }).count()).toBe(0);
    expect(await page.getByRole('region', { name: /failed/ }).count()).toBe(0);
    expect(errors).toEqual([]);
    await close();
  });

  test('a stopped and a failed job are not done, and a later run has its own speed', async () => {
    const { page, errors, close } = await browser.open(service.url);
    const { waiting, release } = held('/held.jpg');
    const fast = Array.from({ length: 20 }, (_, n) => `${n},F${n},${pictures.url('/good.jpg')}?f=${n}`);
    const slow = Array.from({ length: 60 }, (_, n) => `${n},S${n},${pictures.url('/held.jpg')}?s=${n}`);
    await sendCsv(page, `${HEADER}${[...fast, ...slow].join('\n')}\n`);
    await waitFor(async () => waiting.length > 0);
    await page.getByRole('button', { name: 'Stop' }).click();
    release();
    await page.locator('.pill', { hasText: 'Stopped' }).waitFor();
    const percent = Number(/^(\d+)%$/.exec((await page.locator('.progress-percent').textContent()) ?? '')?.[1]);
    expect(percent).toBeGreaterThanOrEqual(25);
    expect(percent).toBeLessThan(100);
    expect(await page.title()).toMatch(new RegExp(`^Stopped at ${percent}% · `));
    expect(await page.getByRole('progressbar').getAttribute('aria-valuenow')).toBe(String(percent));
    expect(await statOf(page, 'Not processed').isVisible()).toBe(true);

    await page.getByRole('button', { name: /^Compress the remaining/ }).click();
    await heading(page, '80 images compressed').waitFor();
    expect(await page.title()).toMatch(/^100% · /);

    await page.goto(service.url);
    await sendCsv(page, `${HEADER}1,A,${pictures.url('/missing.jpg')}\n`);
    await heading(page, 'The image failed').waitFor();
    expect(await page.title()).toMatch(/^Failed · /);
    expect(await page.locator('.progress-percent').textContent()).toBe('0%');
    expect(errors).toEqual([]);
    await close();
  });

  test('the time left is hidden until it means something', async () => {
    const { page, close } = await browser.open(service.url);
    const { waiting, release } = held('/unknown.jpg');
    await sendCsv(
      page,
      csvOf(pictures.origin, 12, 'unknown').replaceAll(/unknown-\d+\.jpg/g, (name) => `unknown.jpg?${name}`),
    );
    await waitFor(async () => waiting.length > 0);
    await statOf(page, 'Compressed').waitFor();
    expect(await statOf(page, 'Time left').isVisible()).toBe(false);
    release();
    await heading(page, '12 images compressed').waitFor();
    expect(await statOf(page, 'Duration').isVisible()).toBe(true);
    await close();
  });
});
