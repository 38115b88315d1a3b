import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describeInBrowser, START_MS, startBrowser, type TestBrowser } from '../support/browser.ts';

describeInBrowser('the browser of the tests', () => {
  let server: Server;
  let url: string;
  let browser: TestBrowser;
  beforeAll(async () => {
    server = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<h1>Here</h1>'));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await startBrowser();
  }, START_MS);
  afterAll(async () => {
    await browser.close();
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });

  test('is started again when it has crashed', async () => {
    const { page, context } = await browser.open(url);
    const session = await context.newCDPSession(page);
    // Nobody answers.
    await expect(session.send('Browser.crash')).rejects.toThrow('has been closed');
    const again = await browser.open(url);
    await again.page.getByRole('heading', { name: 'Here' }).waitFor();
    await again.close();
  });

  test('is not started again when a page cannot be opened', async () => {
    const { page, close } = await browser.open(url);
    await expect(browser.open('http://127.0.0.1:1')).rejects.toThrow('ERR_');
    await page.getByRole('heading', { name: 'Here' }).waitFor();
    await close();
  });
});
