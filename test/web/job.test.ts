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
import { LOOKS, look, violations } from '../support/look.ts';
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

  test('stopping is a state, in a second tab too, and the focus goes from Stop to what follows', async () => {
    const { page, context, errors, close } = await browser.open(service.url);
    const { waiting, release } = held('/stopping.jpg');
    const rows = Array.from({ length: 60 }, (_, n) => `${n},S${n},${pictures.url('/stopping.jpg')}?s=${n}`);
    await sendCsv(page, `${HEADER}${rows.join('\n')}\n`);
    await waitFor(async () => waiting.length > 0);
    const focused = () => page.evaluate('document.activeElement.textContent.trim()');
    await page.getByRole('button', { name: 'Stop' }).focus();
    await page.keyboard.press('Enter');
    await page.locator('.pill', { hasText: 'Stopping…' }).waitFor();
    expect(await focused()).toBe('Stopping…');
    expect(await page.title()).toMatch(/^Stopping… · /);
    const second = await context.newPage();
    await second.goto(page.url());
    await second.locator('.pill', { hasText: 'Stopping…' }).waitFor();
    await second.close();

    release();
    await page.locator('.pill', { hasText: 'Stopped' }).waitFor();
    expect(await focused()).toMatch(/^Compress the remaining \d+ images$/);
    await page.keyboard.press('Enter');
    await heading(page, '60 images compressed').waitFor();
    await waitFor(async () => (await focused()) === 'Download CSV');
    expect(errors).toEqual([]);
    await close();
  });

  test('an error of an action goes away when the connection is back', async () => {
    const { page, context, close } = await browser.open(service.url);
    const { waiting, release } = held('/lost.jpg');
    await sendCsv(page, `${HEADER}1,A,${pictures.url('/lost.jpg')}\n`);
    await waitFor(async () => waiting.length > 0);
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    await context.setOffline(true);
    await page.getByRole('button', { name: 'Stop' }).click();
    const error = page.getByText('The service cannot be reached');
    await error.waitFor();
    expect(await page.getByRole('button', { name: 'Stop' }).getAttribute('aria-disabled')).toBeNull();
    await context.setOffline(false);
    await error.waitFor({ state: 'detached' });
    release();
    await heading(page, '1 image compressed').waitFor();
    await close();
  });

  test('a job is renamed in its place: Enter saves, Escape does not, and an error keeps what was typed', async () => {
    const { page, close } = await browser.open(service.url);
    await sendCsv(page, `${HEADER}1,A,${pictures.url('/good.jpg')}\n`);
    const title = page.locator('h1');
    const rename = page.getByRole('button', { name: 'Rename' });
    const field = page.getByLabel('Name of the job');
    const isFocused = (one: typeof rename) => one.evaluate((element) => element.matches(':focus'));
    await rename.click();
    await field.fill('Autumn catalogue');
    await field.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Autumn catalogue' }).waitFor();
    expect(await isFocused(rename)).toBe(true);
    expect(await page.title()).toContain('Autumn catalogue');

    await rename.click();
    await field.fill('Not this');
    await field.press('Escape');
    expect(await title.textContent()).toBe('Autumn catalogue');
    expect(await isFocused(rename)).toBe(true);

    await page.route('**/api/requests/*', (route) => route.abort());
    await rename.click();
    await field.fill('Nor this');
    await field.press('Enter');
    await page.getByText('The service cannot be reached').waitFor();
    expect([await field.inputValue(), await isFocused(field)]).toEqual(['Nor this', true]);
    await page.unroute('**/api/requests/*');
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Autumn catalogue' }).waitFor();
    await close();
  });

  test('savings have one figure, their distribution, and what stands out can be opened', async () => {
    const flat = await makeImage('jpeg', { width: 300, height: 200, quality: 20 });
    pictures.on('/small.jpg', ok(flat));
    const { page, close } = await browser.open(service.url);
    await sendCsv(page, `${HEADER}1,Large,${pictures.url('/good.jpg')}\n2,Small,${pictures.url('/small.jpg')}\n`);
    const savings = page.getByRole('region', { name: 'Savings' });
    await savings.getByText(/saved, −\d+%/).waitFor();
    await savings.getByRole('table', { name: 'Images by saving' }).waitFor();
    await savings.getByText('1 image kept the original, which was smaller').click();
    const small = savings.getByRole('link', { name: 'Small' });
    await small.waitFor();
    await waitFor(async () =>
      /^#\/requests\/[0-9a-f-]{36}\/images\/\d+$/.test((await small.getAttribute('href')) ?? ''),
    );
    await look(page, 'job-savings');
    expect(await violations(page)).toEqual([]);
    await small.click();
    await page.getByRole('dialog', { name: 'Small' }).waitFor();
    await close();
  });

  test('the link of a job is copied', async () => {
    const { page, context, close } = await browser.open(service.url);
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await sendCsv(page, `${HEADER}1,A,${pictures.url('/good.jpg')}\n`);
    await heading(page, '1 image compressed').waitFor();
    await page.getByRole('button', { name: 'Copy link' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(page.url());
    await close();
  });

  test('forced colours show the progress bar', async () => {
    const { page, close } = await browser.open(service.url, LOOKS.forced);
    await sendCsv(page, `${HEADER}1,A,${pictures.url('/good.jpg')}\n2,B,${pictures.url('/missing.jpg')}\n`);
    await heading(page, '1 of 2 images compressed').waitFor();
    const style = (selector: string, name: string) =>
      page.evaluate(`getComputedStyle(document.querySelector('${selector}')).${name}`);
    expect(await style('.bar', 'borderTopStyle')).toBe('solid');
    expect(await style('.bar-done', 'backgroundColor')).not.toBe(await style('.bar', 'backgroundColor'));
    expect(await style('.bar-failed', 'backgroundImage')).toContain('gradient');
    await close();
  });
});
