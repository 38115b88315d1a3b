import { describeInBrowser, heading, START_MS, startBrowser, type TestBrowser } from '../support/browser.ts';
import { look, violations } from '../support/look.ts';
import { ImageServer, makeImage, ok } from '../support/servers/image-server.mjs';
import { startTestService, type TestService, waitFor } from '../support/service.ts';

const HEADER = 'S. No.,Product Name,Input Image Urls\n';

describeInBrowser('deleting the job that is shown', () => {
  let service: TestService;
  let pictures: ImageServer;
  let browser: TestBrowser;
  beforeAll(async () => {
    [service, pictures, browser] = await Promise.all([startTestService(), ImageServer.start(), startBrowser()]);
    pictures.on('/good.jpg', ok(await makeImage('jpeg')));
    pictures.on('/held.jpg', () => undefined);
  }, START_MS);
  afterAll(async () => {
    await browser.close();
    await service.close();
    await pictures.close();
  });

  /** @returns the id of the request */
  const send = async (path: string, name?: string): Promise<string> => {
    const csv = `${HEADER}1,Mug,${pictures.url(path)}\n`;
    const form = new FormData();
    form.set('file', new Blob([csv]), `${name}.csv`);
    const plain = { body: csv, headers: { 'Content-Type': 'text/csv' } };
    const sent = name === undefined ? plain : { body: form };
    const answer = await fetch(`${service.url}/api/upload`, { method: 'POST', ...sent });
    expect(answer.status).toBe(202);
    return ((await answer.json()) as { requestId: string }).requestId;
  };
  const statusOf = async (id: string) => (await fetch(`${service.url}/api/status/${id}`)).status;

  test('asks, stops it, and leads to the list, which says so; Cancel and an error leave it', async () => {
    const id = await send('/held.jpg', 'Spring offers');
    const { page, errors, close } = await browser.open(service.url);
    await page.goto(`${service.url}/#/requests/${id}`);
    await heading(page, 'Spring offers').waitFor();
    const remove = page.getByRole('button', { name: 'Delete', exact: true });
    const dialog = page.getByRole('dialog', { name: 'Delete “Spring offers”?' });
    const isFocused = () => remove.evaluate((element) => element.matches(':focus'));
    await remove.press('Enter');
    await dialog.getByText('It is still running and will be stopped.').waitFor();
    await look(page, 'job-delete');
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect([await isFocused(), await statusOf(id)]).toEqual([true, 200]);

    await page.route('**/api/requests/*', (route) => route.abort());
    await remove.press('Enter');
    await dialog.getByRole('button', { name: 'Delete job' }).click();
    await page.getByText('The service cannot be reached').waitFor();
    expect([await isFocused(), await remove.textContent(), await statusOf(id)]).toEqual([true, 'Delete', 200]);
    await page.unroute('**/api/requests/*');

    await remove.press('Enter');
    await page.goBack();
    await dialog.waitFor({ state: 'detached' });
    await page.goForward();
    await heading(page, 'Spring offers').waitFor();
    await remove.press('Enter');
    await dialog.getByRole('button', { name: 'Delete job' }).press('Enter');
    await page.getByRole('status').getByText('“Spring offers” was deleted.').waitFor();
    expect(await page.evaluate('document.activeElement.tagName')).toBe('H1');
    expect(await statusOf(id)).toBe(404);
    await page.getByText('No jobs yet.').waitFor();
    await look(page, 'job-deleted');
    expect(await violations(page)).toEqual([]);
    await page.reload();
    await page.getByText('No jobs yet.').waitFor();
    expect(await page.getByText('was deleted').count()).toBe(0);
    expect(errors).toEqual([]);
    await close();
  });

  test('a job without a name has the same one in the list, its heading, the tab and the question', async () => {
    await send('/good.jpg');
    const { page, close } = await browser.open(service.url);
    const name = (await page.locator('.history-name').first().textContent()) ?? '';
    expect(name).toMatch(/^Job from \d/);
    await page.locator('.history-entry').first().click();
    await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
    await waitFor(async () => (await page.title()) === `100% · ${name}`);
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page
      .getByRole('dialog', { name: `Delete “${name}”?` })
      .getByRole('button', { name: 'Cancel' })
      .click();
    await close();
  });
});
