import type { Page } from 'playwright-core';
import { describeInBrowser, heading, START_MS, startBrowser, type TestBrowser } from '../support/browser.ts';
import { LOOKS, look, violations } from '../support/look.ts';
import { ImageServer, makeImage, ok } from '../support/servers/image-server.mjs';
import { startTestService, type TestService, uploaded, waitFor } from '../support/service.ts';

/** In place of the browser's: says yes or no when it is asked, and keeps what is shown. */
const notifications = (answer: 'granted' | 'denied' | 'throws'): string => `
  globalThis.asked = 0;
  globalThis.shown = [];
  globalThis.Notification = class extends EventTarget {
    static permission = 'default';
    static async requestPermission() {
      asked += 1;
      return (this.permission = '${answer}');
    }
    constructor(title, options) {
      super();
      if ('${answer}' === 'throws') throw new TypeError('Illegal constructor.');
      if (Notification.permission === 'granted') shown.push([title, options.body]);
    }
  };`;
const IN_THE_BACKGROUND = "Object.defineProperty(document, 'hidden', { value: true })";

describeInBrowser('a notification of the end of a job', () => {
  let service: TestService;
  let pictures: ImageServer;
  let browser: TestBrowser;
  /** Answers the held request of the job's image, and of those that follow. */
  let release: () => void;
  let jobs = 0;
  let jpeg: Buffer;
  beforeAll(async () => {
    jpeg = await makeImage('jpeg', { width: 60, height: 40 });
    [service, pictures, browser] = await Promise.all([startTestService(), ImageServer.start(), startBrowser()]);
  }, START_MS);
  afterEach(() => release());
  afterAll(async () => {
    await browser.close();
    await service.close();
    await pictures.close();
  });

  const running = async (page: Page): Promise<void> => {
    const path = `/held-${++jobs}.jpg`;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    pictures.on(path, (response, attempt, request) => {
      void released.then(() => ok(jpeg)(response, attempt, request));
    });
    const csv = `S. No.,Product Name,Input Image Urls\n1,Mug,${pictures.url(path)}\n`;
    const requestId = await uploaded(service.url, csv, { name: 'Spring' });
    await page.goto(`${service.url}/#/requests/${requestId}`);
    await heading(page, 'Compressing 1 image').waitFor();
  };
  const box = (page: Page) => page.getByRole('checkbox', { name: 'Notify me when finished' });
  const valueIn = (page: Page, name: 'asked' | 'shown') => page.evaluate(name);

  test('is asked for when it is wanted, survives a reload, and comes once, in the background', async () => {
    const { page, errors, close } = await browser.open('about:blank');
    await page.addInitScript(notifications('granted'));
    await running(page);
    expect(await valueIn(page, 'asked')).toBe(0);
    await box(page).focus();
    await page.keyboard.press('Space');
    await waitFor(async () => (await valueIn(page, 'asked')) === 1);
    expect(await box(page).isChecked()).toBe(true);
    await page.addInitScript("Notification.permission = 'granted'");
    await page.reload();
    await waitFor(() => box(page).isChecked());
    await page.evaluate(IN_THE_BACKGROUND);
    release();
    await heading(page, '1 image compressed').waitFor();
    await waitFor(async () => ((await valueIn(page, 'shown')) as unknown[]).length > 0);
    expect(await valueIn(page, 'shown')).toEqual([['Spring', '1 image compressed']]);
    expect(await box(page).isVisible()).toBe(false);
    await page.reload();
    await heading(page, '1 image compressed').waitFor();
    expect(await valueIn(page, 'shown')).toEqual([]);
    expect(errors).toEqual([]);
    await close();
  });

  test('does not come to who did not want it, or sees the page', async () => {
    const { page, close } = await browser.open('about:blank');
    await page.addInitScript(notifications('granted'));
    await running(page);
    await page.evaluate(IN_THE_BACKGROUND);
    release();
    await heading(page, '1 image compressed').waitFor();
    expect(await valueIn(page, 'shown')).toEqual([]);
    await running(page);
    await page.reload();
    await box(page).check();
    release();
    await heading(page, '1 image compressed').waitFor();
    expect(await valueIn(page, 'shown')).toEqual([]);
    await close();
  });

  test.each([
    ['denied', 'Notifications are blocked.', 1],
    ['throws', 'This browser does not show notifications', 0],
  ] as const)('a browser where it is %s says so', async (answer, text, times) => {
    const { page, close } = await browser.open('about:blank');
    await page.addInitScript(notifications(answer));
    await running(page);
    await box(page).click();
    await page.getByRole('alert').filter({ hasText: text }).waitFor();
    expect(await box(page).isChecked()).toBe(false);
    expect(await valueIn(page, 'asked')).toBe(times);
    await close();
  });

  test.each(Object.entries(LOOKS))('is offered with the progress, %s', async (name, options) => {
    const { page, close } = await browser.open('about:blank', options);
    await running(page);
    await box(page).focus();
    await look(page, `notify-${name}`);
    expect(await violations(page)).toEqual([]);
    await close();
  });
});
