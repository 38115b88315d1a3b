import type { Page } from 'playwright-core';
import { describeInBrowser, heading, START_MS, startBrowser, type TestBrowser } from '../support/browser.ts';
import { LOOKS, look, violations } from '../support/look.ts';
import { ImageServer, makeImage, ok } from '../support/servers/image-server.mjs';
import { type Answer, answer, WebhookReceiver } from '../support/servers/webhook-receiver.ts';
import { finished, startTestService, type TestService, uploaded, waitFor } from '../support/service.ts';

describeInBrowser('the webhook of a job', () => {
  let service: TestService;
  let pictures: ImageServer;
  let browser: TestBrowser;
  beforeAll(async () => {
    [service, pictures, browser] = await Promise.all([startTestService(), ImageServer.start(), startBrowser()]);
    pictures.on('/mug.jpg', ok(await makeImage('jpeg', { width: 600, height: 400 })));
  }, START_MS);
  const receivers: WebhookReceiver[] = [];
  afterAll(async () => {
    await browser.close();
    await service.close();
    await pictures.close();
    for (const receiver of receivers) await receiver.close();
  });
  const receive = async (...script: Answer[]): Promise<WebhookReceiver> => {
    const receiver = await WebhookReceiver.start(...script);
    receivers.push(receiver);
    return receiver;
  };

  const send = (webhookUrl: string): Promise<string> =>
    uploaded(service.url, `S. No.,Product Name,Input Image Urls\n1,Mug,${pictures.url('/mug.jpg')}\n`, { webhookUrl });
  const panelOf = (page: Page) => page.getByRole('region', { name: 'Webhook' });
  const address = (requestId: string): string => `${service.url}/#/requests/${requestId}`;

  test('is announced while the job runs, follows each attempt, and is sent again with the focus kept', async () => {
    const receiver = await receive(answer(500, 'no disk'), answer(410), answer(204));
    const release = pictures.hold();
    const requestId = await send(receiver.url('/hook').replace('//', '//shop:secret@'));
    const { page, errors, close } = await browser.open(address(requestId));
    await page.getByText(/will be sent when the job finishes · http.*\*\*\*.*hook/).waitFor();
    const panel = panelOf(page);
    expect(await panel.count()).toBe(0);
    await look(page, 'webhook-running');
    release();

    await panel.getByText('Retrying', { exact: true }).waitFor();
    expect(await panel.locator('.webhook-facts').textContent()).toMatch(
      /^HTTP 500 · \d\d:\d\d:\d\d · next attempt \d\d:\d\d:\d\d$/,
    );
    const resend = panel.getByRole('button', { name: 'Resend' });
    // The next attempt is due in a few seconds.
    expect(await resend.getAttribute('aria-disabled')).toBe('true');
    await look(page, 'webhook-retrying');
    await panel.getByText('Endpoint gone (410)', { exact: true }).waitFor();
    expect(await panel.textContent()).not.toContain('secret');

    await resend.focus();
    await page.keyboard.press('Enter');
    await panel.getByText('Delivered', { exact: true }).waitFor();
    expect(await resend.evaluate((element) => element.matches(':focus'))).toBe(true);
    expect(await panel.getByRole('status').textContent()).toBe('Webhook: delivered, HTTP 204');
    await panel.getByText('3 attempts', { exact: true }).click();
    const attempts = await panel.getByRole('listitem').allTextContents();
    expect(attempts.map((text) => /HTTP \d{3}/.exec(text)?.[0])).toEqual(['HTTP 204', 'HTTP 410', 'HTTP 500']);
    expect(attempts[2]).toMatch(/\d+ ms.*no disk$/);
    expect(receiver.received).toHaveLength(3);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(errors).toEqual([]);
    await close();
  });

  test('a refusal to send again is shown in place, and nothing is asked when nothing is to be sent', async () => {
    let end = (): void => undefined;
    const held: Answer = (...call) => {
      end = () => answer(204)(...call);
    };
    const receiver = await receive(answer(204), held);
    const requestId = await send(receiver.url());
    await finished(service.url, requestId);
    const { page, close } = await browser.open(service.url);
    await page.clock.install();
    let asked = 0;
    page.on('request', (request) => {
      if (request.url().endsWith(`/api/deliveries/${requestId}`)) asked += 1;
    });
    await page.goto(address(requestId));
    const panel = panelOf(page);
    await panel.getByText('Delivered', { exact: true }).waitFor();
    const before = asked;
    await page.clock.runFor(300_000);
    expect(asked).toBe(before);

    // From elsewhere, so that this page does not know.
    await fetch(`${service.url}/api/deliveries/${requestId}/redeliver`, { method: 'POST' });
    await receiver.count(2);
    await panel.getByRole('button', { name: 'Resend' }).click();
    await panel.getByRole('alert').getByText('The webhook is being sent right now.').waitFor();
    await panel.getByText('Sending…', { exact: true }).waitFor();
    expect(await panel.getByRole('button', { name: 'Resend' }).getAttribute('aria-disabled')).toBe('true');
    end();
    await waitFor(async () => {
      await page.clock.runFor(1_000);
      return (await panel.getByText('Delivered', { exact: true }).count()) === 1;
    });
    expect(receiver.received).toHaveLength(2);
    await close();
  });

  test('without a webhook there is none', async () => {
    const requestId = await send('');
    await finished(service.url, requestId);
    const { page, close } = await browser.open(address(requestId));
    await heading(page, '1 image compressed').waitFor();
    await page.getByRole('heading', { name: 'Savings' }).waitFor();
    expect(await panelOf(page).count()).toBe(0);
    await close();
  });

  describe('in each look', () => {
    let requestId: string;
    beforeAll(async () => {
      const page = `<html><body>${'The upstream server did not respond in time. '.repeat(8)}</body></html>`;
      const receiver = await receive(answer(502, page), answer(204));
      requestId = await send(receiver.url('/hooks/catalogue-images/compressed?shop=lighting-and-ceramics'));
      await receiver.count(2);
    });

    test.each(Object.keys(LOOKS) as (keyof typeof LOOKS)[])('the attempts fit, and axe agrees: %s', async (name) => {
      const { page, errors, close } = await browser.open(address(requestId), LOOKS[name]);
      const panel = panelOf(page);
      await panel.getByText('Delivered', { exact: true }).waitFor();
      await panel.getByText('2 attempts', { exact: true }).click();
      await panel.getByText('502', { exact: false }).first().waitFor();
      await panel.scrollIntoViewIfNeeded();
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      await look(page, `webhook-${name}`);
      expect(await violations(page)).toEqual([]);
      expect(errors).toEqual([]);
      await close();
    });
  });
});
